import { characters } from "../text/vocabulary";
import { splitAtSpaces, trimEnd, trimStart } from "./n-grams";

/**
 * How BLEU cuts texts: `"13a"` for languages with spaces between words, `"zh"` for Chinese (each
 * character of its own, all else as 13a), `"char"` each character, whatever the language.
 */
export const bleuTokenizers = ["13a", "zh", "char"] as const;
export type BleuTokenizer = (typeof bleuTokenizers)[number];

/** The tokens of a text, as sacreBLEU cuts it with the tokeniser of that name. */
export function bleuTokens(text: string, tokenizer: BleuTokenizer): string[] {
  const line = trimEnd(text);
  if (tokenizer === "zh") return cutMarks(characters(trimStart(line)).map(spaceChinese).join(""));
  if (tokenizer === "char") return splitAtSpaces(characters(line).join(" "));
  return cutMarks(` ${withoutEntities(line)} `);
}

/** HTML's entities, end-of-line hyphens and marks for skipped segments, in WMT's order. */
function withoutEntities(line: string): string {
  return line
    .replaceAll("<skipped>", "")
    .replaceAll("-\n", "")
    .replaceAll("\n", " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
}

/** Puts spaces around marks: not around apostrophes, nor around . , - inside numbers or words. */
function cutMarks(line: string): string[] {
  const spaced = line
    .replace(/[{-~[-` -&(-+:-@/]/gu, " $& ")
    .replace(/([^0-9])([.,])/gu, "$1 $2 ")
    .replace(/([.,])([^0-9])/gu, " $1 $2")
    .replace(/([0-9])(-)/gu, "$1 $2 ");
  return splitAtSpaces(spaced);
}

/**
 * What counts as Chinese for sacreBLEU: ideographs, and the marks, signs and full-width letters
 * that stand among them. Its range for the ideographs from U+20000 on is written with too few
 * digits: it does not hold them, but everything from U+2001 to U+2A6D. To get the same numbers, so
 * it is here.
 */
const CHINESE =
  /[\u2001-\u2a6d\u2e80-\u2fff\u3000-\u303f\u3100-\u312f\u31a0-\u31bf\u31c0-\u31ef\u3200-\u33ff\u3400-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/u;

function spaceChinese(character: string): string {
  return CHINESE.test(character) ? ` ${character} ` : character;
}

const HAN = /\p{Script=Han}/gu;
const KANA_OR_THAI = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;
const LETTER = /\p{L}/gu;

/**
 * The tokeniser that suits a language, told by its texts: `"zh"` where most letters are Chinese,
 * `"char"` for Japanese and Thai, otherwise `"13a"`.
 */
export function bleuTokenizerFor(texts: readonly string[]): BleuTokenizer {
  const text = texts.join("");
  const count = (kind: RegExp) => text.match(kind)?.length ?? 0;
  const [han, others] = [count(HAN), count(KANA_OR_THAI)];
  if (han + others <= count(LETTER) / 2) return "13a";
  return others > han / 10 ? "char" : "zh";
}
