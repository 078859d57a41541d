import { drawDates } from "../data/dates";
import { languages, type Language } from "../data/words";
import type { Recipe } from "../seq2seq/recipe";
import { splitPairs, type PairSplit } from "../seq2seq/split";
import { input, readPairs } from "./command";

/** All that a training depends on; it is kept in the checkpoint, for --resume. */
export interface Settings extends Recipe {
  data: string;
  numLayers: number;
  dropoutRate: number;
  attention: "additive" | "none";
  patience?: number;
}

/** The pairs to train with: drawn from the seed, or from the user's file. */
export function readData({ data, pairs, seed }: Settings): PairSplit {
  if (data === "dates") return drawSplit(["en"], pairs, seed);
  if (data === "dates-world") {
    const others = languages.filter((language) => language !== "en");
    return drawSplit(others, pairs, seed);
  }
  const all = readPairs(data);
  return input(() => splitPairs(all, { seed }), data);
}

/** How many dates are drawn to watch the training with, and for the test, at the most. */
const VALIDATION = 500;
const TEST = 2000;

/** Dates of three different sets of days. */
function drawSplit(chosen: readonly Language[], pairs: number, seed: number): PairSplit {
  const draw = (split: keyof PairSplit, count: number) =>
    drawDates({ languages: chosen, split, count, seed });
  return {
    train: draw("train", pairs),
    validation: draw("validation", Math.min(VALIDATION, pairs)),
    test: draw("test", Math.min(TEST, pairs)),
  };
}
