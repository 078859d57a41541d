import { drawDates } from "../data/dates/dates";
import type { Split } from "../data/dates/splits";
import { languages, type Language } from "../data/dates/words";
import type { AttentionKind } from "../layers/decoder";
import type { Recipe } from "../seq2seq/recipe";
import { splitPairs } from "../seq2seq/split";
import type { Pair } from "../text/pairs";
import { input, readPairs } from "./command";

/** All that a training depends on; it is kept in the checkpoint, for --resume. */
export interface Settings extends Recipe {
  data: string;
  numLayers: number;
  dropoutRate: number;
  attention: AttentionKind;
  workers?: number;
  patience?: number;
}

/** What is trained with: dates drawn from the seed, anew for each epoch, or the user's pairs. */
export interface Data {
  train: readonly Pair[] | ((epoch: number) => readonly Pair[]);
  validation: readonly Pair[];
  test: readonly Pair[];
}

/** All pairs that a training learns from: those of every epoch, where they are drawn. */
export function pairsOfAllEpochs({ train }: Data, epochs: number): readonly Pair[] {
  if (typeof train !== "function") return train;
  return Array.from({ length: epochs }, (_, index) =>
    // Without what else is known of a date, which takes ten times the memory.
    train(index + 1).map(({ source, target }) => ({ source, target })),
  ).flat();
}

export function readData({ data, pairs, seed }: Settings): Data {
  if (data === "dates") return drawnData(["en"], pairs, seed);
  if (data === "dates-world") {
    const others = languages.filter((language) => language !== "en");
    return drawnData(others, pairs, seed);
  }
  const all = readPairs(data);
  return input(() => splitPairs(all, { seed }), data);
}

/** How many dates are drawn to watch the training with, and for the test, at the most. */
const VALIDATION = 500;
const TEST = 2000;

/** Dates of three different sets of days. */
function drawnData(chosen: readonly Language[], pairs: number, seed: number): Data {
  const draw = (split: Split, count: number, drawSeed: number) =>
    drawDates({ languages: chosen, split, count, seed: drawSeed });
  return {
    // Far apart, so that runs with seeds side by side do not share their epochs.
    train: (epoch) => draw("train", pairs, 1000 * seed + epoch),
    validation: draw("validation", Math.min(VALIDATION, pairs), seed),
    test: draw("test", Math.min(TEST, pairs), seed),
  };
}
