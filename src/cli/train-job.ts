import { vocabulariesOf } from "../seq2seq/batches";
import { saveCheckpoint, type Checkpoint } from "../seq2seq/checkpoint";
import { measureConfidence } from "../seq2seq/confidence";
import { evaluatePairs } from "../seq2seq/evaluate";
import { seq2seq } from "../seq2seq/model";
import type { EpochRecord } from "../seq2seq/records";
import { train } from "../seq2seq/train";
import { characters } from "../text/vocabulary";
import { UsageError, userPath } from "./command";
import { readCheckpoint } from "./model";
import { readData, type Data, type Settings } from "./train-data";

/** A training that can be run: all of it but where it goes. */
export interface Job {
  settings: Settings;
  data: Data;
  checkpoint: Checkpoint;
  resume: boolean;
}

/** A training from the beginning. */
export function newJob(settings: Settings, data: Data): Job {
  const pairs = data.train(1);
  const vocabularies = vocabulariesOf(pairs);
  const model = seq2seq({
    sourceVocabSize: vocabularies.source.size,
    targetVocabSize: vocabularies.target.size,
    ...settings,
  });
  const longest = Math.max(...pairs.map(({ target }) => characters(target).length));
  // Room for an answer a little longer than all that were seen.
  const maxLength = longest + Math.ceil(longest / 4);
  return { settings, data, checkpoint: { model, vocabularies, maxLength }, resume: false };
}

/** The training whose checkpoint is in a folder. */
export async function resumedJob(out: string): Promise<Job> {
  const checkpoint = await readCheckpoint(out, { resume: true });
  const settings = checkpoint.about?.settings as Settings | undefined;
  if (!settings) {
    throw new UsageError(`${out}: the checkpoint was not written by "npm run train".`);
  }
  return { settings, data: readData(settings), checkpoint, resume: true };
}

/** Trains, saves after each epoch, tests, and returns the exit status. */
export async function runJob(
  { settings, data, checkpoint, resume }: Job,
  out: string,
): Promise<number> {
  const { model, vocabularies } = checkpoint;
  console.log(
    `${data.train(1).length} pairs an epoch, ${data.validation.length} to validate, ` +
      `${data.test.length} to test; a model of ${model.countParams()} parameters`,
  );
  const history = [...((checkpoint.about?.history as EpochRecord[] | undefined) ?? [])];
  const save = (more: Partial<Checkpoint["about"]> = {}) =>
    saveCheckpoint(userPath(out), { ...checkpoint, about: { settings, history, ...more } });
  const result = await train(
    model,
    { ...data, vocabularies },
    {
      ...settings,
      resume,
      onEpochEnd: async (epoch) => {
        history.push(epoch);
        await save();
      },
    },
  );
  checkpoint.confidence = await measureConfidence(checkpoint, {
    train: data.train(1),
    validation: data.validation,
  });
  if (result.interrupted) {
    await save();
    console.log(`Saved in ${out}. To go on: npm run train -- --resume --out ${out}`);
    return 130;
  }
  const { mistakes, ...test } = await evaluatePairs(checkpoint, data.test);
  await save({ test });
  console.log(
    `test: exact match ${(100 * test.exactMatch).toFixed(2)} % ` +
      `(${test.count - mistakes.length} of ${test.count}), loss ${test.loss.toFixed(4)}`,
  );
  console.log(`Saved in ${out}.`);
  return 0;
}
