import { tf } from "../backend";
import { END, START } from "../text/vocabulary";
import { checkPositiveWhole } from "./check";
import type { Answer } from "./decode";
import { type NextTokens, WORTH_COPYING } from "./decode-rows";
import { startRows } from "./rows";
import { vocabSizesOf } from "./vocab-sizes";

export interface BeamOptions {
  /** How many answers are followed up at the same time. */
  beamWidth: number;
  /**
   * α: how much longer answers are favoured. With 0 the score is the answer's log-probability, of
   * which every token takes some away; 0.6 unless given.
   */
  lengthPenalty?: number;
}

/**
 * Beam search: at each step the `beamWidth` most probable beginnings of an answer are kept, each
 * with its own state of the decoder, where greedy decoding keeps one. One that is ended leaves the
 * beam, and the ended one with the best score wins:
 *
 *     score(Y) = ln P(Y) / lp(Y)        lp(Y) = (5 + |Y|)^α / (5 + 1)^α
 *
 * |Y| counts the tokens, END included. A beginning that can get no better score than the best ended
 * one, however it ends, is given up. With a beam of 1 this is greedy decoding.
 * Sources: Sutskever et al. 2014, arXiv 1409.3215, section 3.2; Wu et al. 2016, arXiv 1609.08144,
 * equation 14.
 * @returns The best answer for each source, not ended only where none ends by `maxLength`.
 * @throws Error when `beamWidth` or `maxLength` is no whole number of at least 1, or `lengthPenalty`
 *   is negative or no number.
 */
export function decodeBeam(
  model: tf.LayersModel,
  sources: readonly (readonly number[])[],
  maxLength: number,
  options: BeamOptions,
): Answer[] {
  const { beamWidth, lengthPenalty = 0.6 } = options;
  checkPositiveWhole("decodeBeam", { beamWidth, maxLength });
  if (!(lengthPenalty >= 0 && lengthPenalty < Infinity)) {
    throw new Error(
      `decodeBeam: lengthPenalty is ${lengthPenalty}; give 0, or a number above it such as 0.6.`,
    );
  }
  if (sources.length === 0) return [];
  const limits = { beamWidth, lengthPenalty, maxLength };
  const beams = sources.map((_, row) => new Beam(limits, row));
  const count = Math.min(beamWidth, vocabSizesOf(model).target);
  tf.tidy(() => {
    const rows = startRows(model, sources);
    for (let length = 1; length <= maxLength + 1; length++) {
      const tokens = Array<number>(rows.count).fill(START);
      for (const { live } of beams) for (const { row, token } of live) tokens[row] = token;
      const next = rows.next(tokens, count);
      for (const beam of beams) beam.extend(next, count);
      const going = beams.filter(({ live }) => live.length > 0);
      if (going.length === 0) break;
      rows.select(arrange(going, rows.count));
    }
  });
  return beams.map((beam) => beam.answer());
}

/** The beginning of an answer, or a whole one: its last token, and what stands before it. */
interface Hypothesis {
  before?: Hypothesis;
  token: number;
  /** ln of the token's probability. */
  logProbability: number;
  /** Where the decoder looked when it chose the token. */
  weights: () => number[];
  /** ln of the probability of all tokens. */
  sum: number;
  length: number;
  /** The decoder's row that has read `before`, and is to read the token next. */
  row: number;
}

const ROOT = { token: START, logProbability: 0, weights: () => [], sum: 0, length: 0 };

/** The search for the answer to one source. */
class Beam {
  /** The beginnings that are followed up; at first the one that has no token yet. */
  live: Hypothesis[];
  /** The decoder's rows that stand for this source. */
  rows: number[];
  /** Of the ended ones the one with the best score. */
  private best?: Hypothesis;
  /** Of those as long as allowed and not ended the most probable one. */
  private cut?: Hypothesis;

  constructor(
    private readonly limits: Required<BeamOptions> & { maxLength: number },
    row: number,
  ) {
    this.live = [{ ...ROOT, row }];
    this.rows = [row];
  }

  /** Goes on by one token, of which `next` offers `count` a row. */
  extend(next: NextTokens, count: number): void {
    if (this.live.length === 0) return;
    const { beamWidth, maxLength } = this.limits;
    const kept = this.live
      .flatMap((before) => extensions(before, next, count))
      .sort((a, b) => b.sum - a.sum)
      .slice(0, beamWidth);
    if (!kept.some(({ sum }) => Number.isFinite(sum))) {
      throw new Error(
        "decodeBeam: the model gives no token a probability, its logits are NaN or infinite. " +
          "Was it trained with too large a learning rate?",
      );
    }
    const ended = kept.filter(({ token }) => token === END);
    const open = kept.filter(({ token }) => token !== END);
    for (const one of ended) if (this.score(one) > this.bestScore) this.best = one;
    const goesOn = kept[0]?.length <= maxLength;
    if (!goesOn) this.cut = open[0];
    this.live = goesOn ? open.filter((one) => this.scoreInReach(one) > this.bestScore) : [];
  }

  private score({ sum, length }: Hypothesis): number {
    return sum / ((5 + length) / 6) ** this.limits.lengthPenalty;
  }

  private get bestScore(): number {
    return this.best ? this.score(this.best) : -Infinity;
  }

  /** No answer that begins so has a better score: its sum can only fall. */
  private scoreInReach({ sum, ...rest }: Hypothesis): number {
    return this.score({ ...rest, sum, length: this.limits.maxLength + 1 });
  }

  answer(): Answer {
    const last = (this.best ?? this.cut)!;
    const all = [];
    for (let one = last; one.before; one = one.before) all.unshift(one);
    const written = all.slice(0, -1); // neither END nor what stands in its place
    return {
      tokens: written.map(({ token }) => token),
      logProbabilities: all.map(({ logProbability }) => logProbability),
      weights: written.map(({ weights }) => weights()),
      ended: this.best !== undefined,
    };
  }
}

/** A hypothesis with each of the tokens that its row offers. */
function extensions(before: Hypothesis, next: NextTokens, count: number): Hypothesis[] {
  const { row } = before;
  return Array.from({ length: count }, (_, i): Hypothesis => {
    const logProbability = next.logProbabilities[row * count + i];
    return {
      before,
      token: next.tokens[row * count + i],
      logProbability,
      weights: () => next.weightsOf(row),
      sum: before.sum + logProbability,
      length: before.length + 1,
      row,
    };
  });
}

/**
 * Gives each hypothesis a row of the decoder.
 * @returns For each row the one it goes on from.
 */
function arrange(beams: readonly Beam[], count: number): number[] {
  const total = beams.reduce((sum, { live }) => sum + live.length, 0);
  const fits = beams.every(({ live, rows }) => live.length <= rows.length);
  if (!fits || total <= WORTH_COPYING * count) {
    let first = 0;
    for (const beam of beams) beam.rows = beam.live.map(() => first++);
    count = first;
  }
  const from = Array.from({ length: count }, (_, row) => row);
  for (const { live, rows } of beams) {
    live.forEach((one, i) => {
      from[rows[i]] = one.row;
      one.row = rows[i];
    });
  }
  return from;
}
