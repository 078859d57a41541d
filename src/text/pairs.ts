/** One example to learn from: a source text and the target text it should become. */
export interface Pair {
  source: string;
  target: string;
}

/**
 * The pairs in a file of two tab-separated columns, source and target.
 *
 * Further columns, blank lines, a byte order mark and Windows line ends are passed over; the
 * spaces inside a column are kept.
 * @param text The whole file.
 * @param fileName Named in error messages, as in `pairs.tsv:12`.
 * @throws Fails with an Error when a line has no tab or an empty column, or when there is no pair
 *   at all.
 */
export function parsePairs(text: string, fileName: string): Pair[] {
  const pairs: Pair[] = [];
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  lines.forEach((line, index) => {
    if (line.trim() === "") return;
    const where = `${fileName}:${index + 1}`;
    const [source, target] = line.split("\t");
    if (target === undefined) {
      throw new Error(`${where}: no tab in "${line}". Write source, a tab, target on each line.`);
    }
    if (source.trim() === "" || target.trim() === "") {
      const empty = source.trim() === "" ? "source (first column)" : "target (second column)";
      throw new Error(`${where}: the ${empty} is empty. Fill it in or delete the line.`);
    }
    pairs.push({ source, target });
  });
  if (pairs.length === 0) {
    throw new Error(`${fileName}: no pairs in it. Write source, a tab, target on each line.`);
  }
  return pairs;
}
