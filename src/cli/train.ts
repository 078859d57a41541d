import { mkdirSync } from "node:fs";
import { drawDates } from "../data/dates";
import { languages } from "../data/words";
import { vocabulariesOf } from "../seq2seq/batches";
import { saveCheckpoint, type Checkpoint } from "../seq2seq/checkpoint";
import { evaluatePairs, measureConfidence } from "../seq2seq/evaluate";
import { seq2seq } from "../seq2seq/model";
import { dateRecipe, type Recipe } from "../seq2seq/recipe";
import { splitPairs, type PairSplit } from "../seq2seq/split";
import { train, type EpochRecord } from "../seq2seq/train";
import type { Pair } from "../text/pairs";
import { characters } from "../text/vocabulary";
import { input, number, readPairs, required, runCommand, UsageError, userPath } from "./command";
import { readCheckpoint } from "./model";

const help = `Trains a sequence-to-sequence model with attention and writes it into a folder.

  npm run train -- --data dates|dates-world|FILE.tsv --out DIR [options]
  npm run train -- --resume --out DIR

  --data dates        English dates, drawn from the seed: "3 May 2008" → 2008-05-03
  --data dates-world  dates in Chinese, French, German, Spanish and Japanese
  --data FILE.tsv     pairs of your own: source, tab, target on each line (further columns are
                      ignored); a tenth is held out to validate, and a tenth to test
  --out DIR           where the checkpoint goes; it is written after every epoch
  --resume            go on with a training that was stopped, with the options it had

Data and model
  --pairs N           pairs drawn for dates (default ${dateRecipe.pairs})
  --embedding-dim N   length of a character's embedding (default ${dateRecipe.embeddingDim})
  --hidden-dim N      length of the hidden state (default ${dateRecipe.hiddenDim})
  --layers N          GRU layers in the encoder and in the decoder (default 1)
  --dropout RATE      share of the embeddings dropped in training (default 0)
  --attention KIND    additive, or none to see what attention is good for (default additive)

Training
  --epochs N          times through all pairs (default ${dateRecipe.epochs})
  --batch-size N      pairs a step (default ${dateRecipe.batchSize})
  --learning-rate R   Adam's step size at the start; it falls to 0 (default ${dateRecipe.learningRate})
  --patience N        stop after N epochs without a lower validation loss (default: never)
  --seed N            of data, initial weights, order and dropout (default ${dateRecipe.seed})
  -h, --help          this help

Ctrl-C stops within a step and saves what was learnt. At the end the model is tested on pairs it has
not seen. The exit status is 0, 2 when an option or a file is wrong, and 130 after Ctrl-C.
`;

/** All that a training depends on; it is kept in the checkpoint, for --resume. */
interface Settings extends Recipe {
  data: string;
  numLayers: number;
  dropoutRate: number;
  attention: "additive" | "none";
  patience?: number;
}

const text = { type: "string" } as const;

void runCommand({
  help,
  options: {
    data: text,
    out: text,
    resume: { type: "boolean" },
    pairs: text,
    "embedding-dim": text,
    "hidden-dim": text,
    layers: text,
    dropout: text,
    attention: text,
    epochs: text,
    "batch-size": text,
    "learning-rate": text,
    patience: text,
    seed: text,
  },
  async run(values, positionals) {
    if (positionals.length > 0) {
      throw new UsageError(`"${positionals[0]}" belongs to no option. See --help.`);
    }
    const out = required(values, "out");
    const job = values.resume ? await resumedJob(out, values) : newJob(readSettings(values));
    input(() => mkdirSync(userPath(out), { recursive: true }), out);
    return runJob(job, out);
  },
});

interface Job {
  settings: Settings;
  split: PairSplit;
  checkpoint: Checkpoint;
  resume: boolean;
}

function newJob(settings: Settings): Job {
  const split = readData(settings);
  const vocabularies = vocabulariesOf(split.train);
  const model = seq2seq({
    sourceVocabSize: vocabularies.source.size,
    targetVocabSize: vocabularies.target.size,
    ...settings,
  });
  const longest = Math.max(...split.train.map(({ target }) => characters(target).length));
  // Room for an answer a little longer than all that were seen.
  const maxLength = longest + Math.ceil(longest / 4);
  return { settings, split, checkpoint: { model, vocabularies, maxLength }, resume: false };
}

async function resumedJob(out: string, values: Record<string, unknown>): Promise<Job> {
  const extra = Object.keys(values).find((name) => name !== "resume" && name !== "out");
  if (extra) {
    throw new UsageError(
      `--resume goes on with the options the training had; leave --${extra} out.`,
    );
  }
  const checkpoint = await readCheckpoint(out, { resume: true });
  const settings = checkpoint.about?.settings as Settings | undefined;
  if (!settings) {
    throw new UsageError(`${out}: the checkpoint was not written by "npm run train".`);
  }
  return { settings, split: readData(settings), checkpoint, resume: true };
}

function readSettings(values: Record<string, unknown>): Settings {
  const { attention = "additive" } = values;
  if (attention !== "additive" && attention !== "none") {
    throw new UsageError(`--attention is "${attention}"; it must be additive or none.`);
  }
  const count = (name: string, byDefault: number) => number(values, name, byDefault, { min: 1 });
  return {
    data: required(values, "data"),
    pairs: count("pairs", dateRecipe.pairs),
    embeddingDim: count("embedding-dim", dateRecipe.embeddingDim),
    hiddenDim: count("hidden-dim", dateRecipe.hiddenDim),
    numLayers: count("layers", 1),
    dropoutRate: number(values, "dropout", 0, { min: 0, below: 1, whole: false }),
    attention,
    epochs: count("epochs", dateRecipe.epochs),
    batchSize: count("batch-size", dateRecipe.batchSize),
    learningRate: number(values, "learning-rate", dateRecipe.learningRate, {
      min: 0,
      whole: false,
    }),
    ...(values.patience === undefined ? {} : { patience: count("patience", 1) }),
    seed: number(values, "seed", dateRecipe.seed, { min: 0 }),
  };
}

function readData({ data, pairs, seed }: Settings): PairSplit {
  if (data === "dates") return drawSplit(["en"], pairs, seed);
  if (data === "dates-world") {
    return drawSplit(
      languages.filter((language) => language !== "en"),
      pairs,
      seed,
    );
  }
  const all = readPairs(data);
  return input(() => splitPairs(all, { seed }), data);
}

/** Dates of three different sets of days. */
function drawSplit(chosen: (typeof languages)[number][], pairs: number, seed: number): PairSplit {
  const draw = (split: keyof PairSplit, count: number): Pair[] =>
    drawDates({ languages: chosen, split, count, seed });
  return {
    train: draw("train", pairs),
    validation: draw("validation", HELD_OUT / 4),
    test: draw("test", HELD_OUT),
  };
}

/** Dates drawn for the test; a quarter as many watch the training. */
const HELD_OUT = 2000;

async function runJob({ settings, split, checkpoint, resume }: Job, out: string): Promise<number> {
  const { model, vocabularies } = checkpoint;
  console.log(
    `${split.train.length} pairs to learn from, ${split.validation.length} to validate, ` +
      `${split.test.length} to test; a model of ${model.countParams()} parameters`,
  );
  const history = [...((checkpoint.about?.history as EpochRecord[] | undefined) ?? [])];
  const save = (more: Partial<Checkpoint["about"]> = {}) =>
    saveCheckpoint(userPath(out), { ...checkpoint, about: { settings, history, ...more } });
  const result = await train(
    model,
    { ...split, vocabularies },
    {
      ...settings,
      resume,
      onEpochEnd: async (epoch) => {
        history.push(epoch);
        await save();
      },
    },
  );
  checkpoint.confidence = await measureConfidence(checkpoint, split.validation);
  if (result.interrupted) {
    await save();
    console.log(`Saved in ${out}. To go on: npm run train -- --resume --out ${out}`);
    return 130;
  }
  const { mistakes, ...test } = await evaluatePairs(checkpoint, split.test);
  await save({ test });
  console.log(
    `test: exact match ${(100 * test.exactMatch).toFixed(2)} % ` +
      `(${test.count - mistakes.length} of ${test.count}), loss ${test.loss.toFixed(4)}`,
  );
  console.log(`Saved in ${out}.`);
  return 0;
}
