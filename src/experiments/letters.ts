import { Random } from "../random";
import type { Pair } from "../text/pairs";

/** In which order the letters are to be written: as they stand, or from the last to the first. */
export type LetterOrder = "kept" | "reversed";

/** Letters to write in capitals, and the source position (from 0) of each letter of the target. */
export interface LetterPair extends Pair {
  alignment: number[];
}

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

/** All letters, as a pair to make the vocabularies of. */
export const allLetters: Pair = {
  source: LETTERS.join(""),
  target: LETTERS.join("").toUpperCase(),
};

/**
 * Draws rows of letters, none of them twice in a row: `"cab"` is to become `"CAB"` or, reversed,
 * `"BAC"`. Nothing can be guessed, so a model must keep or find every letter.
 * @param options How many, in which order, from how many letters to how many, from which seed.
 * @throws RangeError when a length is no whole number from 1 to 26.
 */
export function drawLetters(options: {
  count: number;
  order: LetterOrder;
  shortest: number;
  longest: number;
  seed: number;
}): LetterPair[] {
  const { count, order, shortest, longest, seed } = options;
  for (const [name, length] of Object.entries({ shortest, longest })) {
    if (Number.isInteger(length) && length >= 1 && length <= LETTERS.length) continue;
    throw new RangeError(`drawLetters: ${name} is ${length}; it is a whole number from 1 to 26.`);
  }
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const source = random.shuffle(LETTERS).slice(0, random.integer(shortest, longest));
    const alignment = [...source.keys()];
    if (order === "reversed") alignment.reverse();
    const target = alignment.map((j) => source[j].toUpperCase()).join("");
    return { source: source.join(""), target, alignment };
  });
}
