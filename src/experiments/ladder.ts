import { tf } from "../backend";
import type { AttentionKind } from "../layers/decoder";
import { MultiHeadAttention } from "../layers/multi-head-attention";
import { encodePairs, padRows, teacherForcing, vocabulariesOf } from "../seq2seq/batches";
import { translate, type Translator } from "../seq2seq/decode";
import { attentionModel, decoderOf, encoderOf, seq2seq } from "../seq2seq/model";
import { train } from "../seq2seq/train";
import { START } from "../text/vocabulary";
import { allLetters, drawLetters, type LetterOrder, type LetterPair } from "./letters";
import { sideBySide, type SideBySideOptions } from "./side-by-side";

/** One rung of the ladder: a kind of attention, trained from one seed. */
export interface LadderJob {
  attention: AttentionKind;
  order: LetterOrder;
  /** Draws the initial weights, the rows of letters and the order of the batches. */
  seed: number;
  /** Leaves the attention's own parameters as they were drawn; false unless given. */
  frozen?: boolean;
  /** The size of the hidden state, and how many steps to take, where they are not the recipe's. */
  hiddenDim?: number;
  steps?: number;
}

/** What is the same for all rungs. */
export const ladderRecipe = {
  embeddingDim: 32,
  hiddenDim: 64,
  halfWidth: 3,
  heads: 4,
  /** The lengths that are trained on. */
  shortest: 2,
  longest: 10,
  /** The lengths that are measured. */
  lengths: [4, 7, 10, 13, 16],
  rowsPerLength: 100,
  steps: 560,
  batchSize: 32,
  learningRate: 0.005,
} as const;

/** A row that all rungs of an order are shown. */
const EXAMPLE_LENGTH = 10;

/** What became of a rung. */
export interface LadderResult {
  /** How many numbers the model has, and how many of them training changes. */
  parameters: number;
  trained: number;
  /** The mean loss of the last epoch, in nats a letter. */
  loss: number;
  seconds: number;
  byLength: LadderScore[];
  /** Where it looks on one row, under teacher forcing. */
  example: LadderMap;
}

/** A row and where a rung looks while it writes it. */
export interface LadderMap {
  source: string[];
  target: string[];
  /** `[target][source]`; with several heads their mean. */
  weights: number[][];
  /** With several heads, the same of each head. */
  heads?: number[][][];
}

/** How well rows of one length are written. */
export interface LadderScore {
  length: number;
  /** The share of rows that are right in every letter. */
  exactMatch: number;
  /** The share of the attention that lies on the letter to be written, under teacher forcing. */
  onIt: number;
  /** The same, its two neighbours included. */
  nearIt: number;
}

/**
 * Trains and measures rungs, two at a time unless told otherwise.
 * @returns The results in the order of the jobs.
 * @throws Error when a job fails or it is interrupted, as `sideBySide` does.
 */
export function climbLadder(
  jobs: readonly LadderJob[],
  options: SideBySideOptions<LadderResult> = {},
): Promise<LadderResult[]> {
  return sideBySide(__filename, jobs, options);
}

/** Trains and measures one rung; `sideBySide` calls it. */
export async function run(job: LadderJob): Promise<LadderResult> {
  const { order, seed } = job;
  const { shortest, longest, batchSize, learningRate } = ladderRecipe;
  const rung = newRung(job);
  const epochs = 8; // the rows are drawn anew for each
  const count = Math.ceil((job.steps ?? ladderRecipe.steps) / epochs) * batchSize;
  const draw = (epoch: number) =>
    drawLetters({ count, order, shortest, longest, seed: 1000 * (seed + 1) + epoch });
  const options = { epochs, batchSize, learningRate, seed, progress: null };
  const { history, seconds } = await train(rung.model, { ...rung, train: draw }, options);
  const byLength: LadderScore[] = [];
  for (const length of ladderRecipe.lengths) byLength.push(await measure(rung, order, length));
  const trained = rung.model.trainableWeights.reduce((sum, weight) => sum + weight.read().size, 0);
  return {
    parameters: rung.model.countParams(),
    trained,
    loss: history[history.length - 1].loss,
    seconds,
    byLength,
    example: exampleOf(rung, order),
  };
}

/** A model as the job wants it, not yet trained. */
export function newRung({ attention, seed, frozen, hiddenDim }: LadderJob): Translator {
  const { embeddingDim, halfWidth, heads } = ladderRecipe;
  const vocabularies = vocabulariesOf([allLetters]);
  const model = seq2seq({
    sourceVocabSize: vocabularies.source.size,
    targetVocabSize: vocabularies.target.size,
    embeddingDim,
    hiddenDim: hiddenDim ?? ladderRecipe.hiddenDim,
    attention,
    halfWidth,
    heads,
    seed,
  });
  if (frozen) decoderOf(model).attention!.trainable = false;
  return { model, vocabularies, maxLength: 40 };
}

async function measure(rung: Translator, order: LetterOrder, length: number): Promise<LadderScore> {
  const count = ladderRecipe.rowsPerLength;
  const rows = drawLetters({ count, order, shortest: length, longest: length, seed: length });
  const answers = await translate(
    rung,
    rows.map((row) => row.source),
    { batchSize: count },
  );
  const right = answers.filter(({ text }, i) => text === rows[i].target).length;
  return { length, exactMatch: right / count, ...alignmentOf(rung, rows) };
}

/** How much of the attention lies where it should; the rows are of one length. */
function alignmentOf({ model, vocabularies }: Translator, rows: readonly LetterPair[]) {
  const maps = tf.tidy(() => {
    const { xs } = teacherForcing(encodePairs(rows, vocabularies));
    const looks = attentionModel(model).predict(xs, { batchSize: rows.length }) as tf.Tensor3D;
    return looks.arraySync();
  });
  const sums = { onIt: 0, nearIt: 0 };
  rows.forEach(({ alignment }, row) =>
    alignment.forEach((right, i) => {
      const weights = maps[row][i];
      sums.onIt += weights[right];
      sums.nearIt += [right - 1, right, right + 1].reduce((sum, j) => sum + (weights[j] ?? 0), 0);
    }),
  );
  const letters = rows.length * rows[0].alignment.length;
  return { onIt: sums.onIt / letters, nearIt: sums.nearIt / letters };
}

/** The map of one row, step by step; with several heads, that of each head too. */
function exampleOf({ model, vocabularies }: Translator, order: LetterOrder): LadderMap {
  const length = EXAMPLE_LENGTH;
  const [row] = drawLetters({ count: 1, order, shortest: length, longest: length, seed: 7 });
  const decoder = decoderOf(model);
  const { attention } = decoder;
  return tf.tidy(() => {
    const [{ source, target }] = encodePairs([row], vocabularies);
    const [outputs, mask, ...start] = encoderOf(model).apply(padRows([source])) as tf.Tensor[];
    const memory = decoder.remember(outputs as tf.Tensor3D, mask as tf.Tensor2D);
    const weights: number[][] = [];
    const heads: number[][][] = Array.from({ length: ladderRecipe.heads }, () => []);
    let states = start as tf.Tensor2D[];
    [START, ...target].slice(0, length).forEach((last, position) => {
      if (attention instanceof MultiHeadAttention) {
        const looks = attention.headWeights(states[states.length - 1], memory).arraySync()[0];
        looks.forEach((look, head) => heads[head].push(look));
      }
      const step = decoder.step(tf.tensor1d([last], "int32"), states, memory, position);
      weights.push(...step.weights.arraySync());
      states = step.states;
    });
    const map = { source: [...row.source], target: [...row.target], weights };
    return attention instanceof MultiHeadAttention ? { ...map, heads } : map;
  });
}
