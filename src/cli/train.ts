import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { attentionKinds } from "../layers/decoder";
import { dateRecipe, worldRecipe } from "../seq2seq/recipe";
import { input, number, required, runCommand, UsageError, userPath } from "./command";
import { readData, type Settings } from "./train-data";

const help = `Trains a sequence-to-sequence model with attention and writes it into a folder.

  npm run train -- --data dates|dates-world|FILE.tsv --out DIR [options]
  npm run train -- --resume --out DIR

  --data dates        English dates, drawn from the seed: "3 May 2008" → 2008-05-03
  --data dates-world  dates in Chinese, French, German, Spanish and Japanese
  --data FILE.tsv     pairs of your own: source, tab, target on each line (further columns are
                      ignored); a tenth is held out to validate, and a tenth to test
  --out DIR           where the checkpoint goes; it is written after every epoch
  --resume            go on with a training that was stopped, with the options it had (the best
                      epoch is then the best of those after the stop)
  --overwrite         write over the checkpoint that --out has already

Data and model
  --pairs N           dates drawn anew for each epoch (default ${dateRecipe.pairs})
  --embedding-dim N   length of a character's embedding (default ${dateRecipe.embeddingDim})
  --hidden-dim N      length of the hidden state (default ${dateRecipe.hiddenDim})
  --layers N          GRU layers in the encoder and in the decoder (default 1)
  --dropout RATE      share of the embeddings dropped in training (default 0)
  --attention KIND    how it scores: additive, dot or general; or none, to see what attention is
                      good for (default additive)

Training
  --epochs N          times through all pairs (default ${dateRecipe.epochs}; ${worldRecipe.epochs} for dates-world)
  --batch-size N      pairs a step (default ${dateRecipe.batchSize})
  --learning-rate R   Adam's step size at the start; it falls to 0 (default ${dateRecipe.learningRate})
  --workers N         threads that learn together, at most one a core: pays for large
                      batches and small models (default 1)
  --patience N        stop after N epochs without a lower validation loss (default: never)
  --seed N            of data, initial weights, order and dropout (default ${dateRecipe.seed})
  -h, --help          this help

Ctrl-C stops within a step and saves what was learnt. At the end the model is tested on pairs it has
not seen. The exit status is 0, 2 when an option or a file is wrong, and 130 after Ctrl-C.
`;

const text = { type: "string" } as const;

void runCommand({
  help,
  options: {
    data: text,
    out: text,
    resume: { type: "boolean" },
    overwrite: { type: "boolean" },
    pairs: text,
    "embedding-dim": text,
    "hidden-dim": text,
    layers: text,
    dropout: text,
    attention: text,
    epochs: text,
    "batch-size": text,
    "learning-rate": text,
    workers: text,
    patience: text,
    seed: text,
  },
  async run(values, positionals) {
    if (positionals.length > 0) {
      throw new UsageError(`"${positionals[0]}" belongs to no option. See --help.`);
    }
    const out = required(values, "out");
    if (values.resume) {
      checkResumeAlone(values);
      const { resumedJob, runJob } = await import("./train-job");
      return runJob(await resumedJob(out), out);
    }
    if (!values.overwrite && existsSync(join(userPath(out), "checkpoint.json"))) {
      throw new UsageError(
        `${out}: there is a checkpoint already. Go on with --resume, or replace it with --overwrite.`,
      );
    }
    const settings = readSettings(values);
    const data = readData(settings);
    input(() => mkdirSync(userPath(out), { recursive: true }), out);
    // Loaded only here: TensorFlow takes half a second, and --help and mistakes should not wait.
    const { newJob, runJob } = await import("./train-job");
    return runJob(newJob(settings, data), out);
  },
});

function checkResumeAlone(values: Record<string, unknown>): void {
  const extra = Object.keys(values).find((name) => name !== "resume" && name !== "out");
  if (extra) {
    throw new UsageError(
      `--resume goes on with the options the training had; leave --${extra} out.`,
    );
  }
}

function readSettings(values: Record<string, unknown>): Settings {
  const attention = attentionKinds.find((kind) => kind === (values.attention ?? "additive"));
  if (!attention) {
    throw new UsageError(
      `--attention is "${values.attention}"; it must be one of ${attentionKinds.join(", ")}.`,
    );
  }
  const count = (name: string, byDefault: number) => number(values, name, byDefault, { min: 1 });
  const data = required(values, "data");
  const { epochs } = data === "dates-world" ? worldRecipe : dateRecipe;
  return {
    data,
    pairs: count("pairs", dateRecipe.pairs),
    embeddingDim: count("embedding-dim", dateRecipe.embeddingDim),
    hiddenDim: count("hidden-dim", dateRecipe.hiddenDim),
    numLayers: count("layers", 1),
    dropoutRate: number(values, "dropout", 0, { min: 0, below: 1, whole: false }),
    attention,
    epochs: count("epochs", epochs),
    batchSize: count("batch-size", dateRecipe.batchSize),
    learningRate: number(values, "learning-rate", dateRecipe.learningRate, {
      above: 0,
      whole: false,
    }),
    ...(values.workers === undefined ? {} : { workers: count("workers", 1) }),
    ...(values.patience === undefined ? {} : { patience: count("patience", 1) }),
    seed: number(values, "seed", dateRecipe.seed, { min: 0 }),
  };
}
