import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { attentionKinds } from "../layers/decoder";
import { dateRecipe, type Recipe, worldRecipe } from "../seq2seq/recipe";
import { sentenceRecipe } from "../seq2seq/sentence-recipe";
import { input, number, required, runCommand, UsageError, userPath } from "./command";
import { readData, type Settings } from "./train-data";
import { FILE_OPTIONS, lookInto, MAX_LENGTH, type FileSettings } from "./train-file";

const forSentences = sentenceRecipe(1);

const help = `Trains a sequence-to-sequence model with attention and writes it into a folder.

  npm run train -- --data dates|dates-world|FILE.tsv --out DIR [options]
  npm run train -- --resume --out DIR

  --data dates        English dates, drawn from the seed: "3 May 2008" → 2008-05-03
  --data dates-world  dates in Chinese, French, German, Spanish and Japanese
  --data FILE.tsv     pairs of your own: source, tab, target on each line (further columns are
                      ignored); a tenth is held out to validate, and a tenth to test
                      (of sentences at most 1,000 and 2,000 sources)
  --out DIR           where the checkpoint goes; it is written after every epoch
  --resume            go on with a training that was stopped, with the options it had (the best
                      epoch is then the best of those after the stop)
  --overwrite         write over the checkpoint that --out has already

A file of your own
  If most of its texts have two words or more, it is read as sentences, as Tatoeba and Anki have
  them: normalised, without repeated lines; and it is trained with a recipe for sentences.
  --plain             take the texts as they stand, even if they look like sentences
  --reverse           the second column is the source: French → English from English, French
  --max-length N      leave out sentences with more than N words (default ${MAX_LENGTH})
  --tokens KIND       what the texts are cut into: characters or words (default: words for
                      sentences with spaces between words, otherwise characters); or spaced, for
                      texts with a space between all tokens
  --source-tokens KIND, --target-tokens KIND
                      the same for one side
  --vocabulary N      keep the N most frequent words a side (default 8000)
  --min-count N       keep words that come at least N times (default 2 for sentences)
  --test FILE.tsv     test with these pairs, not with a part of --data; their sources, and of
                      sentences their targets too, are left out of the training

Data and model (defaults for sentences in brackets)
  --pairs N           dates drawn anew for each epoch (default ${dateRecipe.pairs})
  --embedding-dim N   length of a token's embedding (default ${dateRecipe.embeddingDim}) [${forSentences.embeddingDim}]
  --hidden-dim N      length of the hidden state (default ${dateRecipe.hiddenDim}) [${forSentences.hiddenDim}]
  --layers N          GRU layers in the encoder and in the decoder (default 1)
  --dropout RATE      share of the embeddings, and for sentences also of the decoder's states, that
                      is dropped in training (default 0) [${forSentences.dropoutRate}]
  --attention KIND    how it looks at the source: additive (default), dot, scaledDot, general,
                      localMonotonic, localPredictive or multiHead (of 4 heads: --hidden-dim has
                      to be a multiple of 4); uniform or none, to compare with

Training
  --epochs N          times through all pairs (default ${dateRecipe.epochs}; ${worldRecipe.epochs} for dates-world)
                      [${sentenceRecipe(1e9).epochs} to ${sentenceRecipe(1).epochs}: the more pairs, the fewer]
  --batch-size N      pairs a step (default ${dateRecipe.batchSize}) [${forSentences.batchSize}]
  --learning-rate R   Adam's step size at the start; it falls to 0 (default ${dateRecipe.learningRate}) [${forSentences.learningRate}]
  --workers N         threads that learn together, at most one a core; on two cores a
                      second one gains little (default 1)
  --patience N        stop after N epochs without a lower validation loss (default: never)
  --seed N            of data, initial weights, order and dropout (default ${dateRecipe.seed})
  -h, --help          this help

Ctrl-C stops within a step and saves what was learnt. At the end the model is tested on pairs it has
not seen; those of sentences are written to DIR/test.tsv. All pairs of a source, and of a target
where they are sentences, are on the same side of that split. The exit status is 0, 2 when an option
or a file is wrong, and 130 after Ctrl-C.
`;

const text = { type: "string" } as const;

void runCommand({
  help,
  options: {
    data: text,
    out: text,
    resume: { type: "boolean" },
    overwrite: { type: "boolean" },
    plain: { type: "boolean" },
    reverse: { type: "boolean" },
    "max-length": text,
    tokens: text,
    "source-tokens": text,
    "target-tokens": text,
    vocabulary: text,
    "min-count": text,
    test: text,
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
    const data = required(values, "data");
    const { summary, pairs, ...file } = fileSettings(data, values);
    const settings = readSettings(values, data, file);
    const split = readData(settings, pairs);
    // Loaded only here: TensorFlow takes half a second, and --help and mistakes should not wait.
    const { newJob, runJob } = await import("./train-job");
    const job = newJob(settings, split);
    input(() => mkdirSync(userPath(out), { recursive: true }), out);
    if (summary) console.log(summary);
    return runJob(job, out);
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

function readSettings(
  values: Record<string, unknown>,
  data: string,
  { recipe, ...file }: FileSettings,
): Settings {
  const attention = attentionKinds.find((kind) => kind === (values.attention ?? "additive"));
  if (!attention) {
    throw new UsageError(
      `--attention is "${values.attention}"; it must be one of ${attentionKinds.join(", ")}.`,
    );
  }
  const count = (name: string, byDefault: number) => number(values, name, byDefault, { min: 1 });
  const byDefault: Recipe & { dropoutRate?: number } = {
    ...(data === "dates-world" ? worldRecipe : dateRecipe),
    ...recipe,
  };
  const dropoutRate = number(values, "dropout", byDefault.dropoutRate ?? 0, {
    min: 0,
    below: 1,
    whole: false,
  });
  return {
    data,
    ...file,
    ...(values.test === undefined ? {} : { test: String(values.test) }),
    pairs: count("pairs", byDefault.pairs),
    embeddingDim: count("embedding-dim", byDefault.embeddingDim),
    hiddenDim: count("hidden-dim", byDefault.hiddenDim),
    numLayers: count("layers", 1),
    dropoutRate,
    ...(recipe ? { outputDropoutRate: dropoutRate } : {}),
    attention,
    epochs: count("epochs", byDefault.epochs),
    batchSize: count("batch-size", byDefault.batchSize),
    learningRate: number(values, "learning-rate", byDefault.learningRate, {
      above: 0,
      whole: false,
    }),
    ...(values.workers === undefined ? {} : { workers: count("workers", 1) }),
    ...(values.patience === undefined ? {} : { patience: count("patience", 1) }),
    seed: number(values, "seed", byDefault.seed, { min: 0 }),
  };
}

function fileSettings(data: string, values: Record<string, unknown>): FileSettings {
  if (data !== "dates" && data !== "dates-world") return lookInto(data, values);
  const option = FILE_OPTIONS.find((name) => values[name] !== undefined);
  if (option) throw new UsageError(`--${option} is for a file of your own, not for ${data}.`);
  return {};
}
