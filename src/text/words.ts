/**
 * The scripts that put no spaces between words. Which characters make up a word there is told by
 * the dictionary of ICU, which `Intl.Segmenter` reads.
 */
const UNSPACED =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
/** What words are written with; U+FFFD stands for a word that is not known. */
const LETTER = "\\p{L}\\p{M}\\p{N}\\ufffd";

/** Letters of the other scripts, with the joiners U+200C and U+200D that Persian and Hindi write. */
const SPACED = `(?:(?![${UNSPACED}])[${LETTER}][\\u200c\\u200d]*)+`;

/** A run of letters of the unspaced scripts, or one of others with the apostrophes inside it. */
const RUN = new RegExp(`[${UNSPACED}]+|${SPACED}(?:['’]${SPACED})*`, "gu");
/** Where a run with apostrophes is cut: `don|'t`, `Tom|'s` as in English, otherwise `l'|eau`. */
const APOSTROPHES = /(?=['’](?:s|m|d|t|re|ve|ll)$)|(?<=['’])(?!(?:s|m|d|t|re|ve|ll)$)/iu;
/** A punctuation mark, or the same one several times, with the spaces around it. */
const MARK = /\s*(\S)\1*\s*|\s+/gu;

const IS_WORD = new RegExp(`[${LETTER}]`, "u");
const ENDS_OPEN = new RegExp(`['’${UNSPACED}]$`, "u");
const BEGINS_CLOSED = new RegExp(`^['’${UNSPACED}]`, "u");

const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

/**
 * The words and punctuation marks of a text, from which `joinWords` makes the same text again.
 *
 * The single space between two words is left out; every other space stays with the mark beside it:
 * `Yes, I don't.` is `Yes`, `, `, `I`, `don`, `'t`, `.`, and `l'eau` is `l'`, `eau`. Chinese,
 * Japanese and Thai are cut by `Intl.Segmenter`, so by the dictionary of the ICU library inside
 * Node: another version of Node may cut a few texts in another way.
 */
export function words(text: string): string[] {
  const tokens: string[] = [];
  let end = 0; // of the last word
  const addGap = (until: number, next?: string) => {
    const gap = text.slice(end, until);
    const last = tokens[tokens.length - 1];
    const spaced = last !== undefined && next !== undefined && spaceBetween(last, next);
    if (!(gap === " " && spaced)) tokens.push(...(gap.match(MARK) ?? []));
  };
  for (const match of text.matchAll(RUN)) {
    const parts = wordsOfRun(match[0]);
    addGap(match.index!, parts[0]);
    tokens.push(...parts);
    end = match.index! + match[0].length;
  }
  addGap(text.length);
  return tokens;
}

/** The text that consists of some words and marks, as `words` cuts them. */
export function joinWords(tokens: readonly string[]): string {
  return tokens
    .map((token, i) => (i > 0 && spaceBetween(tokens[i - 1], token) ? ` ${token}` : token))
    .join("");
}

/** Whether a token that `words` cut is a word, and not a punctuation mark. */
export function isWord(token: string): boolean {
  return IS_WORD.test(token);
}

function wordsOfRun(run: string): string[] {
  if (!BEGINS_CLOSED.test(run)) return run.split(APOSTROPHES);
  return Array.from(segmenter.segment(run), ({ segment }) => segment);
}

/** Whether the space between two tokens goes without saying. */
function spaceBetween(before: string, after: string): boolean {
  const areWords = isWord(before) && isWord(after);
  return areWords && !ENDS_OPEN.test(before) && !BEGINS_CLOSED.test(after);
}
