import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { adamOf } from "../seq2seq/adam";
import { vocabulariesOf } from "../seq2seq/batches";
import { saveCheckpoint, type Checkpoint } from "../seq2seq/checkpoint";
import { measureConfidence } from "../seq2seq/confidence";
import { evaluatePairs, type Evaluation } from "../seq2seq/evaluate";
import { seq2seq } from "../seq2seq/model";
import type { EpochRecord } from "../seq2seq/records";
import { train } from "../seq2seq/train";
import type { Pair } from "../text/pairs";
import { input, usageError, UsageError, userPath } from "./command";
import { readCheckpoint } from "./model";
import { pairsOfAllEpochs, readData, type Data, type Settings } from "./train-data";

/** A training that can be run: all of it but where it goes. */
export interface Job {
  settings: Settings;
  data: Data;
  /** All that is learnt from. */
  pairs: readonly Pair[];
  checkpoint: Checkpoint;
  /** What was done of it so far. */
  progress: Progress;
}

/** How far a training has come; it is kept in the checkpoint. */
interface Progress {
  /** The epochs that are done. */
  history: EpochRecord[];
  /** Whether the training is over, and the model has the weights of its best epoch. */
  finished?: boolean;
  /** The result of the test, which comes last. */
  test?: Omit<Evaluation, "mistakes">;
}

/** A training from the beginning. */
export function newJob(settings: Settings, data: Data): Job {
  const pairs = pairsOfAllEpochs(data, settings.epochs);
  const vocabularies = vocabulariesOf(pairs, settings.vocabularies);
  const model = input(
    () =>
      seq2seq({
        sourceVocabSize: vocabularies.source.size,
        targetVocabSize: vocabularies.target.size,
        ...settings,
      }),
    "train",
  );
  const lengths = pairs.map(({ target }) => vocabularies.target.split(target).length);
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  // Room for an answer a little longer than all that were seen.
  const maxLength = longest + Math.ceil(longest / 4);
  const checkpoint = { model, vocabularies, maxLength };
  return { settings, data, pairs, checkpoint, progress: { history: [] } };
}

/** The training whose checkpoint is in a folder. */
export async function resumedJob(out: string): Promise<Job> {
  const checkpoint = await readCheckpoint(out, { resume: true });
  const about: { settings?: Settings } & Partial<Progress> = checkpoint.about ?? {};
  const { settings, ...done } = about;
  if (!settings) {
    throw new UsageError(`${out}: the checkpoint was not written by "npm run train".`);
  }
  const data = readData(settings);
  const pairs = pairsOfAllEpochs(data, settings.epochs);
  return { settings, data, pairs, checkpoint, progress: { history: [], ...done } };
}

/** Trains, saves after each epoch, tests, and returns the exit status. */
export async function runJob(job: Job, out: string): Promise<number> {
  const { settings, data, pairs, checkpoint, progress } = job;
  if (progress.test) {
    console.log(`${out}: this training is over, nothing is left to do.`);
    return 0;
  }
  const count = typeof data.train === "function" ? settings.pairs : data.train.length;
  console.log(
    `${count} pairs an epoch, ${data.validation.length} to validate, ` +
      `${data.test.length} to test; a model of ${checkpoint.model.countParams()} parameters`,
  );
  console.log(tokensLine(job));
  if (settings.sentences && settings.test === undefined) writeTest(job, out);
  const save = () =>
    saveCheckpoint(userPath(out), { ...checkpoint, about: { settings, ...progress } });
  const interrupted = !progress.finished && (await trainJob(job, save));
  progress.finished = !interrupted;
  // Saved after each part: Ctrl-C in the next one loses nothing.
  await save();
  const { validation } = data;
  checkpoint.confidence = await measureConfidence(checkpoint, { train: pairs, validation });
  await save();
  if (interrupted) {
    console.log(`Saved in ${out}. To go on: npm run train -- --resume --out ${out}`);
    return 130;
  }
  const { mistakes, ...test } = await evaluatePairs(checkpoint, data.test);
  progress.test = test;
  await save();
  if (settings.sentences) {
    const { bleu, chrf, bleuTokenizer } = test;
    console.log(`test: BLEU ${bleu.toFixed(2)} (${bleuTokenizer}), chrF ${chrf.toFixed(2)}`);
  }
  console.log(
    `test: exact match ${(100 * test.exactMatch).toFixed(2)} % ` +
      `(${test.count - mistakes.length} of ${test.count}), loss ${test.loss.toFixed(4)}`,
  );
  console.log(`Saved in ${out}.`);
  return 0;
}

/** What the texts are cut into, how much of the held-out ones is unknown, and how long it takes. */
function tokensLine({ settings, data, checkpoint }: Job): string {
  const sides = (["source", "target"] as const).map((side) => {
    const vocabulary = checkpoint.vocabularies[side];
    const encoded = [...data.validation, ...data.test].map((pair) => vocabulary.encode(pair[side]));
    const all = encoded.reduce((sum, { ids }) => sum + ids.length, 0);
    const unknown = encoded.reduce((sum, one) => sum + one.unknown.length, 0);
    const share = ((100 * unknown) / Math.max(1, all)).toFixed(1);
    return `${side}: ${vocabulary.kind}, ${vocabulary.size} of them, ${share} % of those held out unknown`;
  });
  return `${sides.join("; ")}; ${settings.epochs} epochs`;
}

/** Writes the held-out sentences beside the checkpoint, with the columns of the file they are from. */
function writeTest({ settings, data }: Job, out: string): void {
  const lines = data.test.map(({ source, target }) =>
    (settings.sentences?.reverse ? [target, source] : [source, target]).join("\t"),
  );
  writeFileSync(join(userPath(out), "test.tsv"), `${lines.join("\n")}\n`);
}

/** Trains to the end, or until it is interrupted; returns whether it was. */
async function trainJob(
  { settings, data, checkpoint, progress }: Job,
  save: () => Promise<void>,
): Promise<boolean> {
  const { model, vocabularies } = checkpoint;
  const onEpochEnd = async (epoch: EpochRecord) => {
    progress.history.push(epoch);
    await save();
  };
  // A model that has taken a step has the optimizer it goes on with.
  const resume = adamOf(model) !== undefined;
  try {
    const result = await train(
      model,
      { ...data, vocabularies },
      { ...settings, resume, onEpochEnd },
    );
    return result.interrupted;
  } catch (error) {
    throw usageError(error);
  }
}
