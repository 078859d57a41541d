/* global AbortController */
// Ours, by the public path: `train`, `translate` and `decodeGreedy` of the package. The argument is
// {"resetAfter": …, "workers": …}.
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import {
  decodeGreedy,
  decoderOf,
  END,
  evaluatePairs,
  seq2seq,
  train,
  translate,
  Vocabulary,
} from "attention-lab";
import { readData, serve, times } from "./common.mjs";

const { version: tfjsVersion } = createRequire(import.meta.url)(
  "@tensorflow/tfjs-node/package.json",
);

const { resetAfter, workers } = JSON.parse(process.argv[2]);

/** The texts whose characters have the ids of some rows. */
function texts(/** @type {number[][]} */ rows, /** @type {Vocabulary} */ vocabulary) {
  return rows.map((row) => row.map((id) => vocabulary.tokens[id]).join(""));
}

/** @returns {import("attention-lab").Pair[]} */
function pairsOf({ sources, targets }, { source, target }) {
  const written = texts(targets, target);
  return texts(sources, source).map((text, i) => ({ source: text, target: written[i] }));
}

/**
 * A training that goes on for one round, one epoch of it, each time it is asked to: between two
 * rounds its `onEpochEnd` waits. A step's time is what passes between two calls of the progress.
 */
class Training {
  /**
   * @param {ReturnType<typeof seq2seq>} model
   * @param {import("attention-lab").TrainingData} data
   * @param {import("./common.mjs").Job} job
   */
  constructor(model, data, job) {
    this.stopping = new AbortController();
    this.start = () => {
      this.ended = train(model, data, {
        epochs: job.rounds,
        batchSize: job.batch,
        learningRate: job.learningRate,
        seed: job.seed,
        workers,
        bucketing: false,
        progress: { step: (step) => this.step(step), epoch() {}, end() {} },
        onEpochEnd: () => this.endRound(),
        signal: this.stopping.signal,
      });
      this.ended.catch((error) => this.fail?.(error));
    };
  }

  /** @returns {Promise<import("./common.mjs").Round>} */
  round() {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.fail = reject;
      this.ms = [];
      this.begun = performance.now();
      this.start();
    });
  }

  step({ stepLoss }) {
    const now = performance.now();
    this.ms.push(now - this.begun);
    this.loss = stepLoss;
    this.begun = now;
  }

  async endRound() {
    const next = new Promise((resolve) => (this.start = () => resolve()));
    this.resolve({ ms: this.ms, loss: this.loss });
    await next;
  }

  /** Ends the training where it waits. */
  async stop() {
    this.stopping.abort();
    this.start();
    await this.ended;
  }
}

class Ours {
  async open(/** @type {import("./common.mjs").Job} */ job) {
    await this.close();
    this.data = readData(job.file);
    const { sourceCharacters, targetCharacters, sourceVocab, targetVocab } = this.data;
    const { embeddingDim, hiddenDim, dropout } = this.data;
    this.vocabularies = {
      source: Vocabulary.fromTexts([sourceCharacters]),
      target: Vocabulary.fromTexts([targetCharacters]),
    };
    this.model = seq2seq({
      sourceVocabSize: sourceVocab,
      targetVocabSize: targetVocab,
      embeddingDim,
      hiddenDim,
      dropoutRate: dropout,
      resetAfter,
      seed: job.seed,
    });
    const pairs = pairsOf(this.data, this.vocabularies);
    const perRound = job.batch * job.steps;
    const rounds = Math.floor(pairs.length / perRound);
    const roundOf = (/** @type {number} */ epoch) => {
      const first = ((epoch - 1) % rounds) * perRound;
      return pairs.slice(first, first + perRound);
    };
    const data = { train: roundOf, vocabularies: this.vocabularies };
    this.training = new Training(this.model, data, job);
    return { parameters: this.model.countParams() };
  }

  async close() {
    await this.training?.stop();
    this.model?.dispose();
  }

  train() {
    return this.training.round();
  }

  /** Greedy decoding of one batch with a step for each target token. */
  async decode(/** @type {import("./common.mjs").Decoding} */ { batch, repeats, path }) {
    const rows = this.data.sources.slice(0, batch);
    const maxLength = this.data.targetTime - 1; // it takes one step more, for END
    const sources = texts(rows, this.vocabularies.source);
    const translator = { model: this.model, vocabularies: this.vocabularies, maxLength };
    const decode = {
      translate: () => translate(translator, sources, { batchSize: batch }),
      decodeGreedy: () => decodeGreedy(this.model, rows, maxLength),
    }[path];
    return this.withoutEnd(async () => ({ ms: await times(repeats, decode) }));
  }

  /** Runs `work` with an END that is never chosen, so that no answer is shorter than the others'. */
  async withoutEnd(/** @type {() => Promise<{ ms: number[] }>} */ work) {
    const { dense } = decoderOf(this.model);
    const [kernel, bias] = dense.getWeights().map((weight) => weight.clone());
    const improbable = bias.bufferSync();
    improbable.set(-1e9, END);
    dense.setWeights([kernel, improbable.toTensor()]);
    try {
      return await work();
    } finally {
      dense.setWeights([kernel, bias]);
    }
  }

  async evaluate() {
    const pairs = pairsOf(this.data.heldOut, this.vocabularies);
    const maxLength = this.data.targetTime;
    const translator = { model: this.model, vocabularies: this.vocabularies, maxLength };
    const { exactMatch } = await evaluatePairs(translator, pairs);
    return { exactMatch };
  }
}

await serve(new Ours(), {
  version: `attention-lab on tfjs-node ${tfjsVersion}`,
  execution: `train() with progress, bucketing off, ${workers} ${workers === 1 ? "worker" : "workers"}`,
  gru: resetAfter ? "reset-after" : "reset-before",
  biases: `GRUs ${resetAfter ? "two" : "one"} each; W1 and V none`,
  masking: "GRU and attention masked; loss over real tokens",
  threads: `${workers} of JavaScript, intra ${process.env.TF_NUM_INTRAOP_THREADS}, ${workers > 1 ? "each on its own" : "inter as many as cores"}`,
});
