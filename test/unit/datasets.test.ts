import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import {
  characters,
  dateForms,
  drawDates,
  handwrittenDates,
  type Language,
  languages,
  parsePairs,
  Random,
  readNumbers,
  splitOf,
} from "attention-lab";
import { dateOfDay, dayOfDate, isIsoDate } from "attention-lab/dist/data/dates/calendar";
import { DateForm } from "attention-lab/dist/data/dates/form";
import { sampleFiles } from "attention-lab/dist/data/samples";
import { wordsOf } from "attention-lab/dist/data/dates/words";

const folder = join(__dirname, "../../datasets");
const textOf = (name: string): string => readFileSync(join(folder, name), "utf8");

describe("datasets/README.md", () => {
  const readme = textOf("README.md").replace(/^```[^]*?^```$/gm, "");

  it("has one title, and a chapter for each data set of its first table", () => {
    const headings = (level: string) =>
      [...readme.matchAll(new RegExp(`^${level} (.*)$`, "gm"))].map(([, title]) => title);
    assert.deepEqual(headings("#"), ["Datasets"]);
    const rows = [...readme.matchAll(/^\| \[(.*?)\]\(#/gm)].map(([, title]) => title);
    assert.deepEqual(rows, headings("##"));
  });

  it("names files and folders that exist", () => {
    const named = readme.matchAll(/(?<=[` ])((?:datasets|src|samples|dates)\/[\w./-]+)/g);
    const paths = [...new Set(Array.from(named, ([path]) => path))];
    assert.ok(paths.length > 10, `${paths}`);
    for (const path of paths) {
      const root = /^(src|datasets)\//.test(path) ? join(folder, "..") : folder;
      assert.ok(existsSync(join(root, path)), `${path} is missing`);
    }
  });
});

/** How the hand-written lines name the weekdays, Sunday first. */
const weekdayNames: Record<Language, RegExp[]> = {
  en: words("sun(day)? mon(day)? tue(s|sday)? wed(s|nesday)? thur?s?(day)? fri(day)? sat(urday)?"),
  fr: words("dim(anche)? lun(di)? mar(di)? mer(credi)? jeu(di)? ven(dredi)? sam(edi)?"),
  de: words(
    "so|sonntag mo(ntag)? di(enstag)? mi(ttwoch)? do(nnerstag)? fr(eitag)? sa(mstag)?|sonnabend",
  ),
  // In Spanish "mar" is Tuesday before a day, and March before a year.
  es: words(
    "dom(ingo)? lun(es)? mar(tes|(?=\\.?\\s\\d\\d?\\s)) mi[eé](rcoles)? jue(ves)? vie(rnes)? s[aá]b(ado)?",
  ),
  zh: [..."日一二三四五六"].map(
    (name) => new RegExp(`(星期|周|礼拜)${name === "日" ? "[日天]" : name}`),
  ),
  ja: [..."日月火水木金土"].map((name) => new RegExp(`${name}曜|[(（]${name}[)）・]`)),
};

function words(names: string): RegExp[] {
  return names.split(" ").map((name) => new RegExp(`(?<!\\p{L})(${name})(?!\\p{L})`, "iu"));
}

describe("the hand-written test dates", () => {
  for (const language of languages) {
    const lines = textOf(`dates/handwritten/${language}.tsv`).trimEnd().split("\n");
    const pairs = handwrittenDates(language);

    it(`are at least 100 in ${language}, all different, each with its kind of source`, () => {
      assert.ok(pairs.length >= 100);
      assert.equal(new Set(pairs.map(({ source }) => source)).size, pairs.length);
      for (const line of lines) assert.match(line, /^[^\t]+\t\d{4}-\d\d-\d\d\t[^\t]+$/);
      for (const { source } of pairs) assert.ok(characters(source).length <= 40, source);
    });

    it(`mean dates that exist, with the weekday they name, in ${language}`, () => {
      let weekdays = 0;
      for (const { source, target } of pairs) {
        assert.ok(isIsoDate(target), `${source} ${target}`);
        const named = weekdayNames[language].flatMap((name, at) => (name.test(source) ? [at] : []));
        const { weekday } = dateOfDay(dayOfDate(target));
        if (named.length > 0) assert.deepEqual(named, [weekday], `${source} ${target}`);
        weekdays += named.length;
      }
      assert.ok(weekdays >= 9, `only ${weekdays} weekdays found in ${language}`);
    });

    it(`keep to the stated rule where numbers are ambiguous, in ${language}`, () => {
      const numeric = /(?<!\d)(\d{1,4}) ?([/.-]) ?(\d{1,2}) ?\2 ?(\d{1,4})(?!\d)/;
      let checked = 0;
      for (const { source, target } of pairs) {
        const [, first, separator, second, third] = numeric.exec(source) ?? [];
        if (first === undefined || /['’]\d|[a-z令平昭]\.?\d/i.test(source)) continue;
        const monthFirst = language === "en" && separator === "/";
        assert.equal(readNumbers([first, second, third], monthFirst), target, source);
        checked++;
      }
      assert.ok(checked >= 9, `only ${checked} lines of bare numbers found in ${language}`);
    });
  }

  it("are never seen in training: neither their dates nor their sources", () => {
    const byHand = languages.flatMap(handwrittenDates);
    const sources = new Set(byHand.map(({ source }) => source));
    for (const { target } of byHand) assert.equal(splitOf(target), "test");
    const drawn = [
      ...drawDates({ count: 10_000, seed: 21, split: "train" }),
      ...drawDates({ count: 10_000, seed: 22, split: "validation", languages }),
    ];
    for (const { source } of drawn) assert.ok(!sources.has(source), source);
  });
});

describe("the texts that are no date", () => {
  it("are at least 60, each with its kind, and none is drawn as a date", () => {
    const texts = parsePairs(textOf("dates/handwritten/not-dates.tsv"), "not-dates.tsv");
    assert.ok(texts.length >= 60);
    const sources = new Set(drawDates({ count: 5_000, seed: 31, languages }).map((p) => p.source));
    for (const { source } of texts) assert.ok(!sources.has(source), source);
  });
});

describe("the samples", () => {
  for (const { name, text } of sampleFiles()) {
    it(`${name} is drawn again byte for byte`, () => {
      assert.equal(text, textOf(`samples/${name}`));
      assert.ok(parsePairs(text, name).length >= 300);
    });
  }
});

/** Takes the first of everything, as Intl does. */
class FirstChoice extends Random {
  override next(): number {
    return 0;
  }
}

describe("what Intl writes", () => {
  const days = Array.from({ length: 12 }, (_, month) => Date.UTC(2003, month, 1 + 2 * month));

  for (const language of languages) {
    it(`has the months and weekdays of the ${language} word list first`, () => {
      const { months, weekdays } = wordsOf(language);
      const part = (time: number, options: Intl.DateTimeFormatOptions, type: string): string =>
        new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" })
          .formatToParts(time)
          .find((found) => found.type === type)!
          .value.replace(/\.$/, "");
      for (let at = 0; at < 12 && !["zh", "ja"].includes(language); at++) {
        const time = Date.UTC(2003, at, 1);
        assert.equal(part(time, { day: "numeric", month: "long" }, "month"), months[at].names[0]);
        assert.equal(part(time, { day: "numeric", month: "short" }, "month"), months[at].short[0]);
      }
      for (let at = 0; at < 7; at++) {
        const time = Date.UTC(2003, 5, 1 + at);
        assert.equal(part(time, { weekday: "long" }, "weekday"), weekdays[at].names[0]);
        assert.equal(part(time, { weekday: "short" }, "weekday"), weekdays[at].short[0]);
      }
    });

    for (const dateStyle of ["full", "long", "medium", "short"] as const) {
      it(`in ${language}, ${dateStyle}, is among the forms`, () => {
        const intl = new Intl.DateTimeFormat(language, { dateStyle, timeZone: "UTC" });
        for (const time of days) {
          const date = dateOfDay(time / 86_400_000);
          const written = dateForms[language].map(([, form]) =>
            new DateForm(form)
              .write(date, wordsOf(language), new FirstChoice(0))
              .map(({ text }) => text)
              .join(""),
          );
          assert.ok(written.includes(intl.format(time)), intl.format(time));
        }
      });
    }
  }

  it("a form with a placeholder that nobody defined is refused", () => {
    for (const name of ["quarter", "toString"]) {
      assert.throws(() => new DateForm(`{${name}}`), new RegExp(`{${name}} that means nothing`));
    }
  });

  it("gives the Japanese eras the same years", () => {
    const intl = new Intl.DateTimeFormat("ja-u-ca-japanese", {
      dateStyle: "long",
      timeZone: "UTC",
    });
    const form = new DateForm("{令和6}年{m}月{d}日");
    const changes = ["1873-01-01", "1912-07-29", "1912-07-30", "1926-12-24", "1926-12-25"];
    for (const iso of [...changes, "1989-01-07", "1989-01-08", "2019-04-30", "2019-05-01"]) {
      const date = dateOfDay(dayOfDate(iso));
      const written = form.write(date, wordsOf("ja"), new FirstChoice(0));
      const expected = intl.format(new Date(`${iso}T00:00:00Z`));
      assert.equal(written.map(({ text }) => text).join(""), expected);
    }
  });
});
