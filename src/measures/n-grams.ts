/** How often each run of `n` neighbouring tokens occurs; the tokens have no spaces in them. */
export function countNGrams(tokens: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + n <= tokens.length; start++) {
    const gram = tokens.slice(start, start + n).join(" ");
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** How many n-grams two counts have in common, each as often as it is in both. */
export function sharedCount(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): number {
  let shared = 0;
  for (const [gram, count] of a) shared += Math.min(count, b.get(gram) ?? 0);
  return shared;
}

/**
 * Checks what the measures of a whole set of answers are given.
 * @throws Error when there are no answers, not as many lists of references, or an empty list.
 */
export function checkReferences(
  where: string,
  answers: readonly string[],
  references: readonly (readonly string[])[],
): void {
  if (answers.length === 0) throw new Error(`${where}: answers is empty. Give at least one.`);
  if (references.length !== answers.length) {
    throw new Error(
      `${where}: there are ${answers.length} answers, but references for ${references.length}. ` +
        `Give a list of references for each answer.`,
    );
  }
  const without = references.findIndex((list) => list.length === 0);
  if (without >= 0) {
    throw new Error(
      `${where}: references[${without}] is empty. Give at least one for each answer.`,
    );
  }
}

/** What Python's `str.split` takes for white space: other characters than `\s` of JavaScript. */
const WHITE_SPACE =
  "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACES = new RegExp(`[${WHITE_SPACE}]+`, "u");
const SPACES_AT_START = new RegExp(`^[${WHITE_SPACE}]+`, "u");
const SPACES_AT_END = new RegExp(`[${WHITE_SPACE}]+$`, "u");

/** What stands between white space. */
export function splitAtSpaces(text: string): string[] {
  return text.split(SPACES).filter((part) => part !== "");
}

/** The text without the white space at its end. */
export function trimEnd(text: string): string {
  return text.replace(SPACES_AT_END, "");
}

/** The text without the white space at its start. */
export function trimStart(text: string): string {
  return text.replace(SPACES_AT_START, "");
}
