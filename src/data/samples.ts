import { drawDates, type DatePair } from "./dates/dates";
import { languages } from "./dates/words";

/** A file of `datasets/samples`: its name there and its text. */
export interface SampleFile {
  name: string;
  text: string;
}

/**
 * The files of `datasets/samples`, always the same: a draw of English dates, and one of all
 * six languages.
 */
export function sampleFiles(): SampleFile[] {
  const english = drawDates({ count: 400, seed: 1 });
  const world = drawDates({ count: 600, seed: 1, languages });
  return [
    { name: "dates-en.tsv", text: english.map(lineOf).join("") },
    { name: "dates-world.tsv", text: world.map(lineOf).join("") },
  ];
}

/** Source, target, language, form, and where year, month and day of the target come from. */
function lineOf({ source, target, language, form, alignment }: DatePair): string {
  const spans = [0, 5, 8].map((at) => alignment[at].join("-")).join(" ");
  return `${[source, target, language, form, spans].join("\t")}\n`;
}
