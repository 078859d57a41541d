/** Local attention and multi-head attention, and what scaled dot and uniform are for. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Attention,
  type AttentionKind,
  attentionKinds,
  Decoder,
  decodeBeam,
  decodeGreedy,
  decoderOf,
  encoderOf,
  generalScores,
  LocalAttention,
  MultiHeadAttention,
  scaledDotProductScores,
  type Seq2seqArgs,
  softmax,
  START,
  targets,
  tokenLoss,
  train,
  weightedSum,
} from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import {
  assertClose,
  assertDiffer,
  flat,
  ids,
  livelyModel,
  randomiseWeights,
  randomTensor,
  tensors,
} from "./layer-helpers";
import { tinyData, tinyModel } from "./seq2seq-helpers";

const hidden = 4;
const mask = [
  [1, 1, 1, 1, 1, 1],
  [1, 1, 1, 1, 0, 0],
];
const query = randomTensor([2, hidden], 1) as tf.Tensor2D;
const values = randomTensor([2, 6, hidden], 2) as tf.Tensor3D;

function built<Kind extends Attention>(attention: Kind): Kind {
  const shapes = [
    [null, hidden],
    [null, null, hidden],
    [null, null],
  ];
  attention.build(shapes);
  randomiseWeights(attention, 3);
  return attention;
}

function attend(attention: Attention, position?: number) {
  const memory = attention.remember(values, tf.tensor2d(mask));
  const { context, weights } = attention.attend(query, memory, position);
  return { context: context.arraySync(), weights: weights.arraySync() };
}

function kernel(layer: tf.layers.Layer): number[][] {
  return layer.getWeights()[0].arraySync() as number[][];
}

/** A row times a matrix. */
function times(row: number[], matrix: number[][]): number[] {
  return matrix[0].map((_, column) => row.reduce((sum, x, i) => sum + x * matrix[i][column], 0));
}

/** Each row of the batch: its query, its real values, and how much padding follows. */
function rows() {
  return mask.map((row, b) => {
    const length = row.reduce((sum, one) => sum + one, 0);
    return {
      q: query.arraySync()[b],
      real: values.arraySync()[b].slice(0, length),
      padding: Array<number>(row.length - length).fill(0),
    };
  });
}

describe("scaledDot and uniform", () => {
  it("scaledDot is the three steps with the scaled dot product", () => {
    const { weights, context } = attend(
      built(new Attention({ units: hidden, score: "scaledDot" })),
    );
    rows().forEach(({ q, real, padding }, b) => {
      const byHand = softmax(scaledDotProductScores(q, real));
      assertClose(weights[b], [...byHand, ...padding], 1e-6);
      assertClose(context[b], weightedSum(byHand, real), 1e-6);
    });
  });

  it("uniform gives each real position the same, whatever is asked", () => {
    const attention = built(new Attention({ units: hidden, score: "uniform" }));
    assert.equal(attention.countParams(), 0);
    assertClose(attend(attention).weights, [...Array(6).fill(1 / 6), ...Array(4).fill(1 / 4), 0, 0], 1e-6); // prettier-ignore
  });
});

describe("LocalAttention", () => {
  const monotonic = () =>
    built(new LocalAttention({ units: hidden, score: "general", window: "monotonic", halfWidth: 1 })); // prettier-ignore

  it("monotonic sees the general score's softmax over 2D + 1 positions around its own", () => {
    const attention = monotonic();
    for (const position of [0, 2, 5]) {
      const { weights, context } = attend(attention, position);
      rows().forEach(({ q, real }, b) => {
        const seen = real.map((_, j) => j).filter((j) => Math.abs(j - position) <= 1);
        const window = seen.map((j) => real[j]);
        const W = kernel(attention.W!);
        const transposed = W[0].map((_, column) => W.map((row) => row[column]));
        const byHand = window.length > 0 ? softmax(generalScores(q, window, transposed)) : [];
        const expected = Array<number>(6).fill(0);
        seen.forEach((j, i) => (expected[j] = byHand[i]));
        assertClose(weights[b], expected, 1e-6, `weights of position ${position}`);
        weights[b].forEach((weight, j) => {
          if (!seen.includes(j)) assert.equal(Math.abs(weight), 0, "outside it is exactly 0");
        });
        const nothing = Array<number>(hidden).fill(0);
        assertClose(context[b], seen.length ? weightedSum(byHand, window) : nothing, 1e-6);
      });
    }
  });

  it("predictive puts a Gaussian around S·sigmoid(vp·tanh(Wp·query))", () => {
    for (const halfWidth of [1, 2, 4]) {
      const attention = built(
        new LocalAttention({ units: hidden, score: "dot", window: "predictive", halfWidth }),
      );
      const { weights, context } = attend(attention);
      rows().forEach(({ q, real, padding }, b) => {
        const activations = times(q, kernel(attention.Wp!)).map(Math.tanh);
        const [score] = times(activations, kernel(attention.vp!));
        const p = real.length / (1 + Math.exp(-score));
        const inWindow = real.map((_, j) => Math.abs(j + 1 - p) <= halfWidth);
        const exps = real.map((value, j) =>
          inWindow[j] ? Math.exp(value.reduce((sum, x, i) => sum + x * q[i], 0)) : 0,
        );
        const total = exps.reduce((sum, x) => sum + x, 0);
        const sigma = halfWidth / 2;
        const byHand = exps.map(
          (x, j) => (x / total) * Math.exp(-((j + 1 - p) ** 2) / (2 * sigma ** 2)),
        );
        assert.ok(inWindow.some(Boolean), "the window holds something");
        assertClose(weights[b], [...byHand, ...padding], 1e-6);
        assertClose(context[b], weightedSum(byHand, real), 1e-6);
      });
    }
  });

  it("learns where to look: the gradient reaches Wp, vp and the query", () => {
    const attention = built(
      new LocalAttention({ units: hidden, window: "predictive", halfWidth: 2 }),
    );
    const variables = attention.trainableWeights.map((weight) => weight.read() as tf.Variable);
    assert.equal(variables.length, 4 + 2); // W1, W2, its bias, V; Wp, vp
    const loss = () => {
      const memory = attention.remember(values, tf.tensor2d(mask));
      return attention.attend(query, memory).context.square().sum() as tf.Scalar;
    };
    const { grads } = tf.variableGrads(loss, variables);
    for (const [name, gradient] of Object.entries(grads)) {
      assert.ok(flat(gradient.abs().max())[0] > 1e-6, `${name} has a gradient`);
    }
  });

  it("says what is missing or wrong", () => {
    const memory = monotonic().remember(values, tf.tensor2d(mask));
    assert.throws(() => monotonic().attend(query, memory), /target position.*not given/);
    const args = { units: 4, window: "monotonic" } as const;
    for (const halfWidth of [0, 1.5, NaN]) {
      assert.throws(() => new LocalAttention({ ...args, halfWidth }), /halfWidth is (0|1\.5|NaN)/);
    }
    const up = "up" as "monotonic";
    assert.throws(
      () => new LocalAttention({ units: 4, window: up, halfWidth: 1 }),
      /window is "up".*monotonic, predictive/,
    );
  });
});

describe("MultiHeadAttention", () => {
  it("is a scaled dot product for each head, over columns of its own, and Wo", () => {
    for (const heads of [1, 2, 4]) {
      const attention = built(new MultiHeadAttention({ units: hidden, heads }));
      const { weights, context } = attend(attention);
      const memory = attention.remember(values, tf.tensor2d(mask));
      const each = attention.headWeights(query, memory).arraySync();
      const [Wq, Wk, Wv, Wo] = [attention.Wq, attention.Wk, attention.Wv, attention.Wo].map(kernel);
      const d = hidden / heads;
      rows().forEach(({ q, real, padding }, b) => {
        const seen = Array.from({ length: heads }, (_, i) => {
          const own = (row: number[]) => row.slice(i * d, (i + 1) * d);
          const keys = real.map((value) => own(times(value, Wk)));
          const alpha = softmax(scaledDotProductScores(own(times(q, Wq)), keys));
          assertClose(each[b][i], [...alpha, ...padding], 1e-6, `head ${i}`);
          return { alpha, head: weightedSum(alpha, real.map((value) => own(times(value, Wv)))) }; // prettier-ignore
        });
        const joined = seen.flatMap(({ head }) => head);
        assertClose(context[b], times(joined, Wo), 1e-5, "context");
        const mean = real.map((_, j) => seen.reduce((sum, { alpha }) => sum + alpha[j], 0) / heads);
        assertClose(weights[b], [...mean, ...padding], 1e-6, "mean of the heads");
      });
    }
  });

  it("refuses heads that do not divide its units", () => {
    for (const heads of [0, 3, 1.5, NaN]) {
      assert.throws(
        () => new MultiHeadAttention({ units: 4, heads }),
        new RegExp(`heads is ${heads};.*divides.*4`),
      );
    }
    const sizes = { vocabSize: 5, embeddingDim: 3, hiddenDim: 6 };
    assert.throws(() => new Decoder({ ...sizes, attention: "multiHead" }), /heads is 4.*are 6/);
  });
});

/** Each kind that has no fused kernels, with small windows and heads. */
const kinds: Partial<Seq2seqArgs>[] = [
  { attention: "localMonotonic", halfWidth: 1 },
  { attention: "localPredictive", halfWidth: 2 },
  { attention: "multiHead", heads: 2 },
];

for (const kind of kinds) {
  describe(`a model with ${JSON.stringify(kind)}`, () => {
    it("looks at the encoder's outputs, and its weights at the query", () => {
      const decoder = decoderOf(livelyModel(kind));
      const look = (given: tf.Tensor, state: tf.Tensor) =>
        tensors(decoder.apply([ids([[1, 4, 5]]), given, tf.ones([1, 4]), state]));
      const [outputs, state] = [randomTensor([1, 4, hidden], 1), randomTensor([1, hidden], 2)];
      const [logits, weights] = look(outputs, state);
      assertDiffer(look(outputs.mul(-1), state)[0], logits, 1e-3, "logits");
      assertDiffer(look(outputs, state.mul(-1))[1], weights, 1e-3, "weights");
    });

    it("gives every weight a gradient", () => {
      const model = livelyModel(kind);
      const { grads } = tf.variableGrads(() => {
        const inputs = [ids([[4, 5, 6, 7], [6, 4]]), ids([[1, 4, 5, 3], [1, 7]])]; // prettier-ignore
        const logits = model.apply(inputs, { training: true }) as tf.Tensor;
        return tokenLoss(targets([[4, 5, 3, 2], [7, 2]]), logits); // prettier-ignore
      });
      for (const weight of model.trainableWeights) {
        const gradient = grads[(weight.read() as tf.Variable).name];
        assert.ok(flat(gradient.abs().max())[0] > 1e-7, `${weight.originalName} has a gradient`);
      }
    });

    it("frozen, its attention stays as it was drawn while the rest learns", async () => {
      const { train: pairs, vocabularies } = tinyData();
      const model = tinyModel(vocabularies, kind);
      const { attention } = decoderOf(model);
      attention!.trainable = false;
      const weights = () => model.weights.map((weight) => flat(weight.read()));
      const [own, before] = [new Set(attention!.weights), weights()];
      await train(model, { train: pairs, vocabularies }, { epochs: 1, progress: null });
      model.weights.forEach((weight, i) => {
        const moved = weights()[i].some((value, j) => value !== before[i][j]);
        assert.equal(moved, !own.has(weight), weight.originalName);
      });
    });

    it("decodes greedily and by beam what the whole model says, and leaves nothing behind", () => {
      const model = livelyModel(kind);
      const sources = [[4, 5, 6, 7, 8], [6, 4], [5]]; // prettier-ignore
      decodeGreedy(model, sources, 6);
      const before = tf.memory().numTensors;
      const answers = decodeGreedy(model, sources, 6);
      const beams = decodeBeam(model, sources, 6, { beamWidth: 1 });
      decodeBeam(model, sources, 6, { beamWidth: 3 });
      assert.equal(tf.memory().numTensors, before);
      answers.forEach(({ tokens, weights }, i) => {
        const inputs = [ids([sources[i]]), ids([[START, ...tokens]])];
        const encoded = tensors(encoderOf(model).apply(inputs[0]));
        const [logits, looked] = tensors(decoderOf(model).apply([inputs[1], ...encoded]));
        const said = flat(logits.argMax(2));
        assert.deepEqual(said.slice(0, tokens.length), tokens);
        assertClose(weights, looked.slice([0, 0, 0], [1, tokens.length, -1]), 1e-5);
        assert.deepEqual(beams[i].tokens, tokens);
        assertClose(beams[i].weights, weights, 1e-5);
      });
    });

    it("learns", async () => {
      const { train: pairs, vocabularies } = tinyData();
      const model = tinyModel(vocabularies, kind);
      const options = { epochs: 8, batchSize: 4, learningRate: 0.03, progress: null };
      const { history } = await train(model, { train: pairs, vocabularies }, options);
      const [first, last] = [history[0].loss, history[7].loss];
      assert.ok(last < 0.75 * first, `the loss fell from ${first} to ${last}`);
    });
  });
}

it("heads and halfWidth are no wish of the other kinds", () => {
  const sizes = { vocabSize: 5, embeddingDim: 3, hiddenDim: 6 };
  const odd = { heads: 5, halfWidth: 0 };
  const indifferent = attentionKinds.filter((kind) => !/local|multi/.test(kind));
  for (const attention of indifferent) new Decoder({ ...sizes, ...odd, attention });
  const particular: AttentionKind[] = ["localMonotonic", "localPredictive", "multiHead"];
  for (const attention of particular) {
    assert.throws(() => new Decoder({ ...sizes, ...odd, attention }), /halfWidth is 0|heads is 5/);
  }
});
