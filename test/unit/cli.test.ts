import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { drawDates, type Pair, Stretches, vocabulariesOf } from "attention-lab";
import type * as TrainData from "../../src/dist/cli/train-data";
import type * as TrainJob from "../../src/dist/cli/train-job";
import { letterPairs } from "./seq2seq-helpers";

const programs = join(dirname(require.resolve("attention-lab")), "cli");
const folder = mkdtempSync(join(tmpdir(), "cli-"));
after(() => rmSync(folder, { recursive: true }));

interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program in `folder`; `interrupt` sends Ctrl-C's signal when stderr has that text. */
function run(
  program: string,
  args: string[],
  { stdin = "", interrupt }: { stdin?: string; interrupt?: RegExp } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(programs, `${program}.js`), ...args], {
      cwd: folder,
    });
    let interrupted = false;
    const outcome: Outcome = { status: null, stdout: "", stderr: "" };
    child.stdout.on("data", (data) => (outcome.stdout += data));
    child.stderr.on("data", (data) => {
      outcome.stderr += data;
      if (!interrupt?.test(outcome.stderr) || interrupted) return;
      interrupted = true;
      child.kill("SIGINT");
    });
    child.on("close", (status) => resolve({ ...outcome, status }));
    child.stdin.end(stdin);
  });
}

const tiny = ["--hidden-dim", "8", "--embedding-dim", "6", "--batch-size", "8"];
const training = [...tiny, "--learning-rate", "0.03", "--epochs", "3"];

function write(name: string, content: string): void {
  writeFileSync(join(folder, name), content);
}

/** Sentences of English and French, as Anki has them: two have two translations. */
function sentenceLines(): string[] {
  const nouns = { cat: "chat", dog: "chien", bird: "oiseau", boy: "garçon", king: "roi" };
  const verbs = { sees: "voit", hears: "entend", likes: "aime" };
  const lines: string[] = [];
  for (const [who, qui] of Object.entries(nouns)) {
    for (const [does, fait] of Object.entries(verbs)) {
      for (const [whom, que] of Object.entries(nouns)) {
        lines.push(`The ${who} ${does} a ${whom}.\tLe ${qui} ${fait} un ${que}.\tCC-BY`);
      }
    }
  }
  lines.push("The cat sees a cat.\tUn chat est vu\u00a0!\tCC-BY", lines[3], "");
  lines.push("The cat sees a dog, and it hears a bird, and a king.\tLe chat voit un chien.");
  return lines;
}

/** The outcome of training a tiny model into the folder `model`, on which the other tests run. */
let trained: Outcome;
before(async () => {
  const lines = letterPairs(60).map(({ source, target }) => `${source}\t${target}`);
  write("pairs.tsv", lines.join("\n"));
  write("eng-fra.tsv", sentenceLines().join("\r\n"));
  writeFileSync(join(folder, "latin1.tsv"), Buffer.from("caf\u00e9\tb\n", "latin1"));
  write("few.tsv", "ab\tAB\nc\tD\n");
  write("empty.tsv", "");
  const numbered = Array.from("abcdefghijklmnopqrst", (a, i) => `${i}\t${a}\t${i + 100}\t${a}${a}`);
  write("numbered.tsv", numbered.join("\n"));
  write("bad.tsv", `${"A line\n".repeat(8)}${sentenceLines().slice(0, 30).join("\n")}`);
  write("no-tab.tsv", "ab\tAB\ncd CD\n");
  mkdirSync(join(folder, "folder"));
  trained = await run("train", ["--data", "pairs.tsv", "--out", "model", ...training]);
  const reversed = ["--reverse", "--max-length", "6", "--min-count", "1", "--dropout", "0.1"];
  const args = ["--data", "eng-fra.tsv", "--out", "fra-eng", ...reversed, ...tiny, "--epochs", "8"];
  sentences = await run("train", [...args, "--learning-rate", "0.03"]);
});

/** The outcome of training on sentences, French to English, into the folder `fra-eng`. */
let sentences: Outcome;

test("a file of sentences is seen to be one: words, BLEU and chrF, the held-out rows kept", () => {
  assert.equal(sentences.status, 0, sentences.stderr);
  assert.match(
    sentences.stdout,
    /^eng-fra\.tsv: 76 pairs of sentences; left out: 1 that came twice, 1 with more than 6 words\n/,
  );
  assert.match(sentences.stdout, /\ntest: BLEU [\d.]+ \(13a\), chrF [\d.]+\ntest: exact match/);
  const { about, vocabularies } = checkpoint("fra-eng");
  assert.equal(vocabularies.source.kind, "words");
  assert.ok(vocabularies.source.tokens.includes("garçon"));
  const { batchSize, seed, epochs } = about.settings as TrainData.Settings;
  assert.deepEqual([batchSize, seed, epochs], [8, 1, 8]);
  const rows = readFileSync(join(folder, "fra-eng", "test.tsv"), "utf8")
    .trim()
    .split("\n");
  assert.equal(rows.length, about.test.count);
  for (const row of rows) assert.match(row, /^The [^\t]*\t(Le|Un) /, "in the columns of the file");
});

test("evaluate and predict read sentences as the training did", async () => {
  const model = ["--model", "fra-eng"];
  const [json, text, raw, tidy] = await Promise.all([
    run("evaluate", [...model, "--data", "fra-eng/test.tsv", "--json"]),
    run("evaluate", [...model, "--data", "fra-eng/test.tsv"]),
    run("predict", [...model, "Le  garc\u0327on\u00a0voit un roi. ", "--json"]),
    run("predict", [...model, "Le garçon voit un roi.", "--json"]),
  ]);
  assert.equal(json.status, 0, json.stderr);
  const { bleu, chrf } = JSON.parse(json.stdout);
  const { about } = checkpoint("fra-eng");
  assert.deepEqual([bleu, chrf], [about.test.bleu, about.test.chrf]);
  assert.ok(bleu > 1, `BLEU ${bleu}`);
  assert.match(
    text.stdout,
    /^BLEU +[\d.]+ \(sacreBLEU's, tokenizer 13a\)\nchrF +[\d.]+\nexact match/,
  );
  assert.equal(raw.stdout, tidy.stdout);
  assert.deepEqual(JSON.parse(tidy.stdout).source, ["Le", "garçon", "voit", "un", "roi", "."]);
});

test("tokens, vocabulary and test file are the user's to choose", async () => {
  write("test.tsv", "The cat sees a dog.\tLe chat voit un chien.\nA cat.\tUn chat.\n");
  const chosen = ["--tokens", "words", "--target-tokens", "characters", "--vocabulary", "9"];
  const args = ["--data", "eng-fra.tsv", "--out", "chosen", "--test", "test.tsv", ...chosen];
  const { status, stderr, stdout } = await run("train", [...args, ...tiny, "--epochs", "1"]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^eng-fra.*\n\d+ pairs an epoch, \d+ to validate, 2 to test/);
  assert.match(
    stdout,
    /\nsource: words, 9 of them, [1-9][\d.]* % of those held out unknown; target: ch/,
  );
  const { vocabularies, about } = checkpoint("chosen");
  assert.equal(vocabularies.source.tokens.length, 9);
  assert.ok(Array.isArray(vocabularies.target), "a list of characters");
  assert.equal(about.test.count, 2);
  assert.equal(existsSync(join(folder, "chosen", "test.tsv")), false);
});

test("sentences may be taken for plain pairs; Tatoeba's numbers are never sources", async () => {
  const train = (...args: string[]) => run("train", [...args, ...tiny, "--epochs", "1"]);
  const [plain, numbered] = await Promise.all([
    train("--data", "eng-fra.tsv", "--out", "plain", "--plain"),
    train("--data", "numbered.tsv", "--out", "numbered"),
  ]);
  assert.match(plain.stdout, /^eng-fra\.tsv: 78 plain pairs, .*\n.*\nsource: characters, /);
  assert.equal(checkpoint("plain").about.settings.sentences, undefined);
  assert.match(numbered.stdout, /^numbered\.tsv: 20 pairs of sentences\n/);
  assert.match(readFileSync(join(folder, "numbered", "test.tsv"), "utf8"), /^(\w\t\w\w\n)+$/);
});

test("sentences of the test share no target with those trained on, other pairs may", async () => {
  const { readData } = (await import(join(programs, "train-data.js"))) as typeof TrainData;
  const settings = checkpoint("fra-eng").about.settings as TrainData.Settings;
  const pairs = Array.from({ length: 200 }, (_, i) => ({
    source: `s ${i}`,
    target: `t ${i >> 1}`,
  }));
  const shared = (about: TrainData.Settings) => {
    const { train, validation, test: held } = readData(about, pairs);
    const targets = new Set([...(train as Pair[]), ...validation].map(({ target }) => target));
    return held.filter(({ target }) => targets.has(target)).length;
  };
  assert.equal(shared(settings), 0);
  assert.ok(shared({ ...settings, sentences: undefined }) > 0);
});

test("a few unusable lines are left out, and train says where they are", async () => {
  write("some-bad.tsv", ["no tab", "a b\t", ...sentenceLines()].join("\n"));
  const args = ["--data", "some-bad.tsv", "--out", "some-bad", ...tiny, "--epochs", "1"];
  const { stdout } = await run("train", args);
  const where = /2 unusable \(some-bad\.tsv:1: no tab in "no tab"; some-bad\.tsv:2: the second/;
  assert.match(stdout.split("\n")[0], where);
  const evaluated = await run("evaluate", ["--model", "fra-eng", "--data", "some-bad.tsv"]);
  assert.equal(evaluated.status, 0);
  assert.match(evaluated.stderr, /some-bad\.tsv: left out 2 unusable: some-bad\.tsv:1: no tab/);
});

test("train tells what it does, tests the model and writes a checkpoint", () => {
  const { status, stdout, stderr } = trained;
  assert.equal(status, 0, stderr);
  assert.match(
    stdout,
    /^pairs\.tsv: 60 plain pairs, their texts taken as they stand\n\d+ pairs an/,
  );
  assert.match(stdout, /\n\d+ pairs an epoch, \d+ to validate, \d+ to test; a model of \d+ par/);
  assert.match(
    stdout,
    /\nsource: characters, 8 of them, 0\.0 % .*; target: characters, 8 of .*; 3 epochs\n/,
  );
  assert.match(
    stdout,
    /test: exact match [\d.]+ % \(\d+ of \d+\), loss [\d.]+\nSaved in model\.\n$/,
  );
  assert.match(stderr, /epoch {2}1 · .*validation.*\n/);
  const { about } = JSON.parse(readFileSync(join(folder, "model", "checkpoint.json"), "utf8"));
  assert.equal(about.settings.data, "pairs.tsv");
  assert.equal(about.history.length, 3);
  assert.equal(typeof about.test.exactMatch, "number");
});

test("train draws dates of two sets", async () => {
  const small = ["--pairs", "16", "--epochs", "1", ...tiny, "--seed", "3"];
  const [english, world] = await Promise.all(
    ["dates", "dates-world"].map((data) => run("train", ["--data", data, "--out", data, ...small])),
  );
  assert.match(english.stdout, /^16 pairs an epoch, 16 to validate, 16 to test/);
  assert.deepEqual([english.status, world.status], [0, 0], english.stderr + world.stderr);
});

test("Ctrl-C saves what was learnt; --resume ends where an uninterrupted training ends", async () => {
  const out = ["--out", "stopped"];
  const stopped = await run("train", ["--data", "pairs.tsv", ...out, ...training], {
    interrupt: /epoch {2}1/,
  });
  assert.equal(stopped.status, 130, stopped.stderr);
  assert.match(
    stopped.stdout,
    /Saved in stopped. To go on: npm run train -- --resume --out stopped/,
  );
  assert.equal((await run("predict", ["--model", "stopped", "ab"])).status, 0);
  const resumed = await run("train", ["--resume", ...out]);
  assert.equal(resumed.status, 0, resumed.stderr);
  const weights = (dir: string) => readFileSync(join(folder, dir, "optimizer.bin"));
  assert.deepEqual(weights("stopped"), weights("model"));
});

/** The `checkpoint.json` of a training that wrote into a folder. */
function checkpoint(dir: string) {
  return JSON.parse(readFileSync(join(folder, dir, "checkpoint.json"), "utf8"));
}

test("what a training learnt is saved before it is tested, whatever happens then", async () => {
  const { newJob, runJob } = (await import(join(programs, "train-job.js"))) as typeof TrainJob;
  const settings = checkpoint("model").about.settings as TrainData.Settings;
  const pairs = letterPairs(20);
  const cut = async (out: string, validation: Pair[]) => {
    const job = newJob({ ...settings, epochs: 1 }, { train: pairs, validation, test: [] });
    await assert.rejects(runJob(job, join(folder, out)), /empty/);
    const { about, confidence } = checkpoint(out);
    return [about.finished, confidence !== undefined, about.test];
  };
  assert.deepEqual(await cut("unsure", []), [true, false, undefined], "before the confidence");
  assert.deepEqual(await cut("untested", pairs), [true, true, undefined], "before the test");
});

test("--resume makes up for a test that was cut off, and does not train on", async () => {
  cpSync(join(folder, "model"), join(folder, "again"), { recursive: true });
  const { about, ...index } = checkpoint("again");
  const { test, ...untested } = about;
  write("again/checkpoint.json", JSON.stringify({ ...index, about: untested }));
  const { status, stderr } = await run("train", ["--resume", "--out", "again"]);
  assert.deepEqual([status, stderr], [0, ""]);
  assert.equal(checkpoint("again").about.test.loss, test.loss);
  assert.equal(checkpoint("again").about.history.length, 3);
});

test("--resume of a training that is over says so, and leaves it as it is", async () => {
  const before = readFileSync(join(folder, "model", "checkpoint.json"));
  const { status, stdout } = await run("train", ["--resume", "--out", "model"]);
  assert.deepEqual([status, stdout], [0, "model: this training is over, nothing is left to do.\n"]);
  assert.deepEqual(readFileSync(join(folder, "model", "checkpoint.json")), before);
});

test("--overwrite replaces a checkpoint; every option reaches the training", async () => {
  const args = ["--data", "pairs.tsv", "--out", "options", ...tiny];
  await run("train", [...args, "--epochs", "1"]);
  const rate = ["--learning-rate", "0.5", "--patience", "1", "--seed", "2", "--epochs", "9"];
  const size = ["--layers", "2", "--dropout", "0.25", "--attention", "none", "--overwrite"];
  const { status, stderr } = await run("train", [...args, ...rate, ...size]);
  assert.equal(status, 0, stderr);
  const { history, settings } = checkpoint("options").about;
  assert.ok(history.length > 1 && history.length < 9, `patience: ${history.length} epochs`);
  assert.equal(settings.seed, 2);
  const model = JSON.parse(readFileSync(join(folder, "options", "model.json"), "utf8"));
  const layers = model.modelTopology.config.layers;
  for (const name of ["encoder", "decoder"]) {
    const { config } = layers.find((layer: { name: string }) => layer.name === name);
    const { num_layers, dropout_rate, hidden_dim, embedding_dim } = config;
    assert.deepEqual([num_layers, dropout_rate, hidden_dim, embedding_dim], [2, 0.25, 8, 6]);
    if (name === "decoder") assert.equal(config.attention, "none");
  }
});

test("a loss that is no number ends the training with one line", async () => {
  const args = ["--data", "pairs.tsv", "--out", "nan", ...tiny, "--learning-rate", "1e30"];
  const { status, stderr } = await run("train", args);
  assert.equal(status, 2);
  assert.match(stderr, /Failed after .*\ntrain: the loss is NaN after \d+ steps: [^\n]*\n$/);
});

test("a training on drawn dates knows the characters of all its epochs", async () => {
  const args = ["--data", "dates-world", "--pairs", "8", "--epochs", "3", ...tiny, "--seed", "3"];
  assert.equal((await run("train", [...args, "--out", "drawn"])).status, 0);
  const languages = ["zh", "fr", "de", "es", "ja"] as const;
  const drawn = [3001, 3002, 3003].map((seed) =>
    drawDates({ languages, split: "train", count: 8, seed }),
  );
  const { vocabularies, confidence } = checkpoint("drawn");
  const [first, all] = [drawn[0], drawn.flat()].map((pairs) => vocabulariesOf(pairs).source.tokens);
  assert.deepEqual(vocabularies.source, all);
  assert.ok(first.length < all.length);
  const sources = drawn.flat().map(({ source }) => source);
  assert.deepEqual(confidence.source.stretches, Stretches.of(sources, 3).toJSON());
});

test("predict answers arguments and lines alike, in their order, and marks doubtful answers", async () => {
  const texts = ["ab", "", "ünlike", "dcba"];
  const [args, lines] = await Promise.all([
    run("predict", ["--model", "model", ...texts]),
    run("predict", ["--model", "model"], { stdin: texts.join("\r\n") + "\r\n" }),
  ]);
  assert.equal(args.status, 0, args.stderr);
  assert.equal(args.stdout, lines.stdout);
  const answers = args.stdout.split("\n");
  assert.equal(answers.length, 5);
  assert.equal(answers[1], "\tuncertain: the text is empty");
  assert.match(answers[2], /^.*\tuncertain: the model has never seen "ü", "n", "l", "i", "k", "e"/);
});

test("--beam finds answers that are at least as probable as the greedy ones here", async () => {
  const all = ["abcd", "dd", "cab", "bbac"];
  const logProbabilities = async (...options: string[]) => {
    const args = ["--model", "model", "--json", ...options, ...all];
    const { status, stdout, stderr } = await run("predict", args);
    assert.equal(status, 0, stderr);
    const lines = stdout.trim().split("\n");
    return lines.reduce((sum, line) => sum + (JSON.parse(line).logProbability as number), 0);
  };
  const [greedy, one, wide] = await Promise.all([
    logProbabilities(),
    logProbabilities("--beam", "1"),
    logProbabilities("--beam", "20"),
  ]);
  assert.equal(one, greedy);
  assert.ok(wide > greedy, `${wide}, greedy ${greedy}`);
  const args = ["--model", "model", "--data", "few.tsv", "--beam", "3"];
  assert.match((await run("evaluate", args)).stdout, /^exact match/);
});

test("predict --json gives weights and doubts, --map a page with each source", async () => {
  const { status, stdout, stderr } = await run("predict", [
    "--model",
    "model",
    "--json",
    "--map",
    "maps/page.html",
    "abcd",
  ]);
  assert.equal(status, 0, stderr);
  const { source, weights, logProbability } = JSON.parse(stdout);
  assert.deepEqual(source, ["a", "b", "c", "d"]);
  assert.equal(weights[0].length, 4);
  assert.ok(logProbability < 0);
  assert.match(readFileSync(join(folder, "maps", "page.html"), "utf8"), /abcd/);
});

test("evaluate counts, lists the mistakes, and gives it all as JSON", async () => {
  const [text, json] = await Promise.all([
    run("evaluate", ["--model", "model", "--data", "few.tsv"]),
    run("evaluate", ["--model", "model", "--data", "few.tsv", "--json"]),
  ]);
  assert.deepEqual([text.status, json.status], [0, 0], text.stderr + json.stderr);
  const evaluation = JSON.parse(json.stdout);
  assert.equal(evaluation.count, 2);
  assert.equal(evaluation.exactMatch, 1 - evaluation.mistakes.length / 2);
  const { source, target, answer } = evaluation.mistakes[evaluation.mistakes.length - 1];
  assert.deepEqual([source, target], ["c", "D"]);
  assert.match(text.stdout, new RegExp(`^exact match .*${100 * evaluation.exactMatch}\\.00 %`));
  assert.ok(text.stdout.includes(`  c → ${answer}, not D`), text.stdout);
});

for (const program of ["train", "predict", "evaluate"]) {
  test(`${program} --help says every option, and exits with 0`, async () => {
    const { status, stdout, stderr } = await run(program, ["--help"]);
    assert.deepEqual([status, stderr], [0, ""]);
    const unknown = (await run(program, ["--unknown"])).stderr;
    const options = unknown.match(/--[a-z-]+/g)!.slice(1);
    assert.ok(options.length >= 4, unknown);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 100, `too long: ${line}`);
    for (const option of options) assert.ok(stdout.includes(`${option} `), `${option} is missing`);
  });
}

test("the npm scripts pass everything on, and before npm start say what to do", () => {
  const course = mkdtempSync(join(tmpdir(), "course-"));
  const cli = (root: string, ...args: string[]) =>
    spawnSync(process.execPath, [join(root, "scripts", "cli.mjs"), ...args], { encoding: "utf8" });
  try {
    mkdirSync(join(course, "scripts"));
    cpSync(join("scripts", "cli.mjs"), join(course, "scripts", "cli.mjs"));
    const { status, stdout, stderr } = cli(course, "train", "--help");
    assert.deepEqual([status, stdout], [2, ""]);
    assert.equal(stderr, "The course is not built yet: run npm start first.\n");
  } finally {
    rmSync(course, { recursive: true });
  }
  assert.match(cli(".", "predict", "--help").stdout, /^Runs a trained model on texts/);
  assert.equal(cli(".", "predict", "--model", "nowhere", "ab").status, 2);
});

const wrong: [args: string, message: RegExp][] = [
  [
    "train --data pairs.tsv --out x --epoch 3",
    /^Unknown option "--epoch"\. The options are --data/,
  ],
  ["train --data pairs.tsv --out x --epochs␣ 3", /^Unknown option "--epochs "\./],
  [
    "train --data pairs.tsv --out x --epochs 0",
    /^--epochs is "0"; it must be a whole number of at/,
  ],
  ["train --data pairs.tsv --out x --epochs 2.5", /^--epochs is "2.5"; it must be a whole number/],
  ["train --data pairs.tsv --out x --dropout 1", /^--dropout is "1"; .* from 0 to below 1/],
  [
    "train --data pairs.tsv --out x --attention multiHead --hidden-dim 30",
    /^MultiHeadAttention: heads is 4; .* divides the units .* 30\.$/m,
  ],
  ["train --data eng-fra.tsv --out x --plain --reverse", /^--reverse is for sentences; leave/],
  ["train --data numbered.tsv --out x --plain", /^numbered.tsv: its columns are number, sentence,/],
  ["train --data bad.tsv --out x", /^bad.tsv:1: no tab in "A line"; bad.tsv:2: .* and 5 more\. Wr/],
  ["train --data dates --out x --plain", /^--plain is for a file of your own/],
  ["train --data pairs.tsv --out x --attention luong", /^--attention is "luong"; .*additive/],
  ["train --data pairs.tsv --out x --seed", /^Option '--seed <value>' argument missing/],
  [
    "train --data pairs.tsv --out x --learning-rate 0",
    /^--learning-rate is "0"; it must be a number above 0/,
  ],
  [
    "train --data pairs.tsv --out model",
    /^model: there is a checkpoint already\. Go on with --res/,
  ],
  ["train --data pairs.tsv --out x more", /^"more" belongs to no option/],
  ["train --data pairs.tsv", /^--out is missing/],
  ["train --out x", /^--data is missing/],
  ["train --data pairs.tsv --out pairs.tsv", /^pairs.tsv: this is a file, not a folder/],
  ["train --data nowhere.tsv --out x", /^nowhere.tsv: there is no such file/],
  ["train --data folder --out x", /^folder: this is a folder, not a file/],
  ["train --data empty.tsv --out x", /^empty.tsv: no pairs in it/],
  ["train --data no-tab.tsv --out x", /^no-tab.tsv:2: no tab in "cd CD"/],
  ["train --data few.tsv --out x", /2 different sources are too few/],
  ["train --data latin1.tsv --out x", /^latin1.tsv: this is no text in UTF-8/],
  ["train --data pairs.tsv --out x --tokens word", /^--tokens is "word"; .* characters, words/],
  ["train --data pairs.tsv --out x --source-tokens w", /^--source-tokens is "w"/],
  ["train --data pairs.tsv --out x --vocabulary 99", /^--vocabulary limits words, but/],
  ["train --data eng-fra.tsv --out x --vocabulary 4", /^--vocabulary is "4"; .* at least 5/],
  ["train --data eng-fra.tsv --out x --max-length 0", /^--max-length is "0"/],
  ["train --data eng-fra.tsv --out x --max-length 2", /^eng-fra.tsv: none of its pairs has 1 to 2/],
  ["train --data eng-fra.tsv --out x --test nowhere.tsv", /^nowhere.tsv: there is no such file/],
  ["train --data dates --out x --reverse", /^--reverse is for a file of your own, not for dates/],
  ["train --resume --out folder", /^folder: no checkpoint there/],
  ["train --resume --out model --epochs 3", /^--resume goes on with .*; leave --epochs out/],
  ["predict ab", /^--model is missing/],
  ["predict --model model", /^No text given/],
  ["predict --model model --beam 0 ab", /^--beam is "0"; it must be a whole number of at least 1/],
  ["evaluate --model model --data few.tsv --beam x", /^--beam is "x"; it must be a whole number/],
  ["predict --model nowhere ab", /^nowhere: no checkpoint there/],
  ["evaluate --model model", /^--data is missing/],
  ["evaluate --model folder --data pairs.tsv", /^folder: no checkpoint there/],
  ["evaluate --model model --data nowhere.tsv", /^nowhere.tsv: there is no such file/],
  ["evaluate --model model --data no-tab.tsv", /^no-tab.tsv:2: no tab/],
  ["evaluate --model model --data few.tsv --json=1", /^Option '--json' does not take an argument/],
];

test("what is wrong is told in one line, with exit status 2", async (t) => {
  const outcomes = wrong.map(async ([line, message]) => {
    const [program, ...args] = line.split(" ").map((word) => word.replace("␣", " "));
    return { line, message, ...(await run(program, args)) };
  });
  for (const { line, message, status, stdout, stderr } of await Promise.all(outcomes)) {
    await t.test(line, () => {
      assert.match(stderr, message);
      assert.match(stderr, /^[^\n]+\n$/, "one line");
      assert.deepEqual([status, stdout], [2, ""]);
      assert.equal(existsSync(join(folder, "x")), false, "nothing was written");
    });
  }
});
