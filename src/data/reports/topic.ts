import type { Random } from "../../random";
import type { Names } from "./names";
import type { Values } from "./template";

/** A kind of sentence: what it tells, and the ways to word it. */
export interface SentenceKind {
  kind: string;
  wordings: readonly string[];
}

/** What happened, and the kinds of sentence that tell it. */
export interface News {
  /** What training and test must not share: the two clubs, the town and its temperature … */
  key: string;
  values: Values;
  headline: string;
  /** The kinds that say what the headline needs: all of them stand in the report. */
  facts: readonly SentenceKind[];
  /** Kinds that look like facts and are not the headline's: some of them stand in the report. */
  distractors: readonly SentenceKind[];
}

/** Draws what happened: a match, the weather of a day, the rates of a day. */
export type DrawNews = (random: Random, names: Names) => News;
