import { drawDates } from "../data/dates/dates";
import type { Split } from "../data/dates/splits";
import { languages, type Language } from "../data/dates/words";
import type { AttentionKind } from "../layers/decoder";
import type { Recipe } from "../seq2seq/recipe";
import { splitPairs } from "../seq2seq/split";
import type { Pair } from "../text/pairs";
import type { VocabulariesOptions } from "../seq2seq/batches";
import type { SentencesOptions } from "../text/sentences";
import { input, readPairs } from "./command";

/** All that a training depends on; it is kept in the checkpoint, for --resume. */
export interface Settings extends Recipe {
  data: string;
  numLayers: number;
  dropoutRate: number;
  outputDropoutRate?: number;
  attention: AttentionKind;
  workers?: number;
  patience?: number;
  /** How a file of sentences is read; the texts of another one are taken as they stand. */
  sentences?: SentencesOptions;
  /** What the texts are cut into; characters unless given. */
  vocabularies?: VocabulariesOptions;
  /** The file to test with, in place of a part of `data`. */
  test?: string;
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

/** The pairs that settings stand for; `known` are those of the user's file, where it was read. */
export function readData(settings: Settings, known?: readonly Pair[]): Data {
  const { data, pairs, seed, sentences, test } = settings;
  if (data === "dates") return drawnData(["en"], pairs, seed);
  if (data === "dates-world") {
    const others = languages.filter((language) => language !== "en");
    return drawnData(others, pairs, seed);
  }
  const all = known ?? readPairs(data, sentences);
  const disjointTargets = sentences !== undefined;
  if (test === undefined) {
    const shares = sentences && heldOutShares(all);
    return input(() => splitPairs(all, { seed, disjointTargets, ...shares }), data);
  }
  const testPairs = readPairs(test, sentences && { reverse: sentences.reverse });
  const sources = new Set(testPairs.map(({ source }) => source));
  const targets = new Set(disjointTargets ? testPairs.map(({ target }) => target) : []);
  const others = all.filter(({ source, target }) => !sources.has(source) && !targets.has(target));
  const shares = { validation: heldOutShares(others).validation, test: 0 };
  const split = input(() => splitPairs(others, { seed, disjointTargets, ...shares }), data);
  return { ...split, test: testPairs };
}

/** A tenth of the sources for each, but no more than are needed to measure by. */
function heldOutShares(pairs: readonly Pair[]): { validation: number; test: number } {
  const sources = new Set(pairs.map(({ source }) => source)).size;
  const share = (most: number) => Math.min(0.1, most / sources);
  return { validation: share(MOST_VALIDATION), test: share(MOST_TEST) };
}

const MOST_VALIDATION = 1000;
const MOST_TEST = 2000;

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
