import type { FormTable } from "../form";
import { yearFirstNumbers } from "./numbers";

/** Years of an era: which year it is has to be computed, so more examples are needed to learn it. */
const eras: FormTable = [
  [8, "{令和6}年{m}月{d}日"],
  [2, "{令和6}年{mm}月{dd}日"],
  [2, "{令和 6}年{m}月{d}日"],
  [1, "{令和 6}年 {m}月 {d}日"],
  [1, "{令和 6} 年 {m} 月 {d} 日"],
  [2, "{令和6}年{m}月{d}日({wkd})"],
  [1, "{令和6}年{m}月{d}日{weekday}"],
  [1, "{令和6}年{m}月{d}日 {weekday}"],
  [1, "{令和6}({yyyy})年{m}月{d}日"],
  [1, "{yyyy}({令和6})年{m}月{d}日"],
  [6, "{令和六}年{month}月{dayWords}日"],
  [1, "{令和六}年{month}月{dayWords}日 {weekday}"],
  [2, "{令6}.{m}.{d}"],
  [2, "{令6}年{m}月{d}日"],
  [3, "{R6}.{m}.{d}"],
  [1, "{R06}.{mm}.{dd}"],
  [1, "{R.6}.{m}.{d}"],
  [1, "{R6}/{m}/{d}"],
  [1, "{R6}年{m}月{d}日"],
  [0.5, "{R6}-{m}-{d}"],
  [0.5, "{令和6}年{m}月{d}日 {hm}"],
];

/** How often a form of `eras` is drawn, as a multiple of what it says. */
const MORE_ERAS = 3;

/** How Japanese dates are written: in years of the Common Era and of the country's own eras. */
export const japanese: FormTable = [
  ...yearFirstNumbers,
  ...eras.map(([weight, form]) => [MORE_ERAS * weight, form] as const),
  [8, "{yyyy}年{m}月{d}日"],
  [3, "{yyyy}年{mm}月{dd}日"],
  [2, "{yyyy} 年 {m} 月 {d} 日"],
  [3, "{yyyy}年{m}月{d}日({wkd})"],
  [2, "{yyyy}年{m}月{d}日{weekday}"],
  [1, "{yyyy}年{m}月{d}日 {weekday}"],
  [1, "{yyyy}年{m}月{d}日、{weekday}"],
  [1, "{yyyy}年{m}月{d}日({weekday})"],
  [0.5, "{yyyy}年{m}月{d}日({wkd}・祝)"],
  [1, "{weekday} {yyyy}年{m}月{d}日"],
  [1, "{weekday}、{yyyy}年{m}月{d}日"],
  [1, "{yyyy}/{m}/{d}({wkd})"],
  [1, "{yyyy}.{m}.{d}({wkd})"],
  [2, "{yy}年{m}月{d}日"],
  [0.5, "'{yy}年{m}月{d}日"],
  [5, "{〇〇〇〇}年{month}月{dayWords}日"],
  [1, "{〇〇〇〇}年{month}月{dayWords}日 {weekday}"],
  [2, "{千}年{month}月{dayWords}日"],
  [1, "{yyyy}年{m}月{d}日{hm}"],
  [1, "{yyyy}年{m}月{d}日 {hm}"],
  [0.5, "{yyyy}年{m}月{d}日({wkd}) {hm}"],
  [0.5, "{yyyy}/{m}/{d}({wkd}) {hm}"],
];
