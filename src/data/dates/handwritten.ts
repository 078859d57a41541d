import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parsePairs, type Pair } from "../../text/pairs";
import { datasetsFolder } from "../folder";
import { type Language } from "./words";

/** The test dates of one language that were written by hand: `datasets/dates/handwritten/en.tsv`. */
export function handwrittenDates(language: Language): Pair[] {
  const file = join(datasetsFolder, "dates/handwritten", `${language}.tsv`);
  return parsePairs(readFileSync(file, "utf8"), file);
}
