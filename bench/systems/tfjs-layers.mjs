// The model as a user of tfjs writes it: stock layers, a custom layer for attention, model.fit.
import { performance } from "node:perf_hooks";
import tf from "@tensorflow/tfjs-node";
import { readData, serve, times } from "./common.mjs";

const [START, END] = [1, 2];

/** One step of decoding after the other: attention, [embedding; context], stock GRU cell. */
class AttentionDecoder extends tf.layers.Layer {
  static className = "AttentionDecoder";

  constructor(/** @type {number} */ units) {
    super({});
    this.units = units;
    this.W1 = tf.layers.dense({ units, useBias: false });
    this.W2 = tf.layers.dense({ units });
    this.V = tf.layers.dense({ units: 1, useBias: false });
    this.cell = tf.layers.gruCell({ units, recurrentActivation: "sigmoid" });
  }

  /** @override */
  build(/** @type {number[][]} */ [embedded]) {
    this.W1.build([null, this.units]);
    this.W2.build([null, null, this.units]);
    this.V.build([null, null, this.units]);
    this.cell.build([null, embedded[2] + this.units]);
    // tfjs finds no layers inside of layers: their weights are handed over by hand.
    this._trainableWeights = [this.W1, this.W2, this.V, this.cell].flatMap(
      (layer) => layer.trainableWeights,
    );
    this.built = true;
  }

  /** @override */
  call(/** @type {tf.Tensor[]} */ [embedded, values, mask, state], /** @type {object} */ kwargs) {
    return tf.tidy(() => {
      const memory = this.remember(values, mask);
      const states = tf.unstack(embedded, 1).map((input) => {
        state = this.step(input, state, memory, kwargs);
        return state;
      });
      return tf.stack(states, 1);
    });
  }

  remember(/** @type {tf.Tensor} */ values, /** @type {tf.Tensor} */ mask) {
    return { keys: this.W2.apply(values), values, padding: mask.sub(1).mul(1e9) };
  }

  /**
   * @param {tf.Tensor} input
   * @param {tf.Tensor} state
   * @param {ReturnType<AttentionDecoder["remember"]>} memory
   * @param {object} kwargs
   * @returns {tf.Tensor}
   */
  step(input, state, { keys, values, padding }, kwargs) {
    const query = this.W1.apply(state).expandDims(1);
    const scores = this.V.apply(keys.add(query).tanh()).squeeze([2]);
    const weights = tf.softmax(scores.add(padding));
    const context = tf.matMul(weights.expandDims(1), values).squeeze([1]);
    return this.cell.call([tf.concat([input, context], 1), state], kwargs)[0];
  }

  /** @override */
  computeOutputShape(/** @type {number[][]} */ [embedded]) {
    return [embedded[0], embedded[1], this.units];
  }
}

/** Where the source is not padding: [batch, time]. */
class Mask extends tf.layers.Layer {
  static className = "Mask";

  /** @override */
  call(/** @type {tf.Tensor[]} */ [source]) {
    return tf.tidy(() => source.notEqual(0).cast("float32"));
  }
}

class Seq2seq {
  constructor(/** @type {import("./common.mjs").Data} */ data) {
    const { sourceVocab, targetVocab, embeddingDim, hiddenDim, dropout } = data;
    const { embedding, dense, gru } = tf.layers;
    const drop = () => tf.layers.dropout({ rate: dropout });
    const source = tf.input({ shape: [null] });
    const tokens = tf.input({ shape: [null] });
    const embedded = embedding({ inputDim: sourceVocab, outputDim: embeddingDim, maskZero: true });
    const reader = gru({
      units: hiddenDim,
      recurrentActivation: "sigmoid",
      returnSequences: true,
      returnState: true,
    });
    const [outputs, state] = reader.apply(drop().apply(embedded.apply(source)));
    const values = dense({ units: hiddenDim }).apply(outputs);
    const mask = new Mask({}).apply(source);

    this.embedding = embedding({ inputDim: targetVocab, outputDim: embeddingDim });
    this.decoder = new AttentionDecoder(hiddenDim);
    this.dense = dense({ units: targetVocab, activation: "softmax" });
    const read = drop().apply(this.embedding.apply(tokens));
    const states = this.decoder.apply([read, values, mask, state]);
    this.model = tf.model({ inputs: [source, tokens], outputs: this.dense.apply(states) });
    this.encoder = tf.model({ inputs: source, outputs: [values, mask, state] });
    this.steps = data.targetTime;
  }

  /** The most probable tokens, step by step: `[batch, steps]`. */
  greedy(/** @type {tf.Tensor} */ source) {
    return tf.tidy(() => {
      const [values, mask, first] = this.encoder.predict(source, { batchSize: source.shape[0] });
      const memory = this.decoder.remember(values, mask);
      let state = first;
      let tokens = tf.fill([source.shape[0], 1], START);
      const answer = [];
      for (let t = 0; t < this.steps; t++) {
        const input = this.embedding.apply(tokens).squeeze([1]);
        state = this.decoder.step(input, state, memory, {});
        const chosen = this.dense.apply(state).argMax(1);
        answer.push(chosen);
        tokens = chosen.expandDims(1);
      }
      return tf.stack(answer, 1).arraySync();
    });
  }
}

/** Rows of ids as a tensor, padded with 0. */
function padded(/** @type {number[][]} */ rows, /** @type {number} */ time) {
  return tf.tensor2d(rows.map((row) => [...row, ...Array(time - row.length).fill(0)]));
}

class TfjsLayers {
  async open(/** @type {import("./common.mjs").Job} */ job) {
    this.job = job;
    this.data = readData(job.file);
    this.taken = 0;
    this.seq2seq?.model.dispose();
    this.seq2seq = new Seq2seq(this.data);
    const { model } = this.seq2seq;
    this.optimizer = tf.train.adam();
    model.compile({ optimizer: this.optimizer, loss: "sparseCategoricalCrossentropy" });
    return { parameters: model.countParams() };
  }

  async train() {
    const { batch, steps } = this.job;
    const first = (this.taken * batch) % this.data.sources.length;
    const tensors = this.tensors(first, first + steps * batch);
    const ms = [];
    let loss = NaN;
    let begun = performance.now();
    await this.seq2seq.model.fit(tensors.slice(0, 2), tensors[2], {
      batchSize: batch,
      shuffle: false,
      verbose: 0,
      callbacks: {
        onBatchBegin: () => this.setLearningRate(),
        onBatchEnd: (_, logs) => {
          loss = logs.loss;
          ms.push(performance.now() - begun);
          begun = performance.now();
        },
      },
    });
    tf.dispose(tensors);
    return { ms, loss };
  }

  /** Source, what the decoder reads, and what it should say `[rows, time, 1]`. */
  tensors(/** @type {number} */ from, /** @type {number} */ to) {
    const { sources, targets, sourceTime, targetTime } = this.data;
    const written = targets.slice(from, to);
    const said = written.map((row) => [...row, END]);
    return [
      padded(sources.slice(from, to), sourceTime),
      padded(
        written.map((row) => [START, ...row]),
        targetTime,
      ),
      padded(said, targetTime).expandDims(2),
    ];
  }

  /** Half a cosine; tfjs's own Adam has its rate in a field without a setter. */
  setLearningRate() {
    const progress = this.taken++ / (this.job.steps * this.job.rounds);
    this.optimizer.learningRate = (this.job.learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
  }

  async decode({ batch, repeats }) {
    const source = padded(this.data.sources.slice(0, batch), this.data.sourceTime);
    const ms = await times(repeats, () => this.seq2seq.greedy(source));
    source.dispose();
    return { ms };
  }

  async evaluate() {
    const { sources, targets } = this.data.heldOut;
    const source = padded(sources, this.data.sourceTime);
    const answers = this.seq2seq.greedy(source);
    source.dispose();
    const right = targets.filter((row, i) => `${answers[i]}` === `${[...row, END]}`);
    return { exactMatch: right.length / targets.length };
  }
}

await serve(new TfjsLayers(), {
  version: `tfjs-layers ${tf.version["tfjs-layers"]} on tfjs-node ${tf.version["tfjs-node"]}`,
  execution: "model.fit, stock GRU layer and cell",
  gru: "reset-before",
  biases: "GRUs one each; W1 and V none",
  masking: "GRU and attention masked; the loss needs none (no target is padded)",
  threads: "intra default and inter default",
});
