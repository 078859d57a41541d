import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import {
  additiveScores,
  attentionModel,
  Decoder,
  type DecoderArgs,
  decoderOf,
  Encoder,
  encoderOf,
  SeededDropout,
  type Seq2seqArgs,
  softmax,
  useFusedKernels,
  weightedSum,
} from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import {
  assertClose,
  assertDiffer,
  denseByHand,
  flat,
  gruByHand,
  gruStepByHand,
  ids,
  livelyModel,
  logitsAndWeights,
  numbersOf,
  randomTensor,
  tensors,
  tinyModel,
  tinySizes,
} from "./layer-helpers";

const { sourceVocabSize, targetVocabSize, embeddingDim, hiddenDim } = tinySizes;
const source = () => ids([[4, 5, 6, 7, 8], [6, 4, 4]]); // prettier-ignore
const target = () => ids([[1, 4, 5, 6], [1, 7, 6]]); // prettier-ignore

/** Each form that the model can have. */
const forms: Partial<Seq2seqArgs>[] = [
  {},
  { numLayers: 2 },
  { resetAfter: true },
  { attention: "none" },
  { numLayers: 3, resetAfter: true, attention: "none" },
  { attention: "scaledDot" },
  { attention: "uniform" },
  { numLayers: 2, attention: "localMonotonic", halfWidth: 1 },
  { attention: "localPredictive", halfWidth: 2 },
  { attention: "multiHead", heads: 2 },
];

afterEach(() => useFusedKernels("auto"));

/** One row of a tensor `[batch, …]` as nested numbers. */
function row<T>(tensor: tf.Tensor, index: number): T {
  return (tensor.arraySync() as T[])[index];
}

function embeddingsOf(layer: Encoder | Decoder): number[][] {
  return layer.embedding.getWeights()[0].arraySync() as number[][];
}

describe("Encoder", () => {
  it("is embedding, GRUs on top of each other and dense, as by hand, with each GRU's state", () => {
    for (const resetAfter of [false, true]) {
      const encoder = encoderOf(livelyModel({ numLayers: 2, resetAfter }));
      const [outputs, mask, ...states] = tensors(encoder.apply(source()));
      assert.deepEqual(row(mask, 0), [1, 1, 1, 1, 1]);
      assert.deepEqual(row(mask, 1), [1, 1, 1, 0, 0]);
      assert.equal(states.length, 2);

      const embedded = [4, 5, 6, 7, 8].map((id) => embeddingsOf(encoder)[id]);
      const first = gruByHand(embedded, numbersOf(encoder.grus[0]));
      const second = gruByHand(first, numbersOf(encoder.grus[1]));
      assertClose(row<number[]>(states[0], 0), first[4], 1e-5, "state 1");
      assertClose(row<number[]>(states[1], 0), second[4], 1e-5, "state 2");
      const byHand = second.map((state) => denseByHand(state, encoder.dense));
      assertClose(row<number[][]>(outputs, 0), byHand, 1e-5, "outputs");
    }
  });

  it("takes an initial state for each GRU", () => {
    const encoder = encoderOf(livelyModel({ numLayers: 2 }));
    const [h1, h2] = [randomTensor([1, hiddenDim], 1), randomTensor([1, hiddenDim], 2)];
    const states = tensors(encoder.apply([ids([[4, 5]]), h1, h2])).slice(2);
    const embedded = [4, 5].map((id) => embeddingsOf(encoder)[id]);
    const first = gruByHand(embedded, numbersOf(encoder.grus[0]), { initial: flat(h1) });
    const second = gruByHand(first, numbersOf(encoder.grus[1]), { initial: flat(h2) });
    assertClose(states[0], first[1], 1e-5);
    assertClose(states[1], second[1], 1e-5);
  });

  it("says so when the initial states are not as many as the GRUs", () => {
    const encoder = encoderOf(livelyModel({ numLayers: 2 }));
    assert.throws(
      () => encoder.apply([ids([[4]]), tf.ones([1, hiddenDim])]),
      /numLayers is 2, but 1/,
    );
  });

  it("does not take one call's results for another's, when both are in one model in training", () => {
    const encoder = new Encoder({ vocabSize: sourceVocabSize, embeddingDim, hiddenDim });
    const [tokens, state] = [tf.input({ shape: [null], dtype: "int32" }), tf.input({ shape: [4] })];
    const [plain] = encoder.apply(tokens) as tf.SymbolicTensor[];
    const [started] = encoder.apply([tokens, state]) as tf.SymbolicTensor[];
    const model = tf.model({ inputs: [tokens, state], outputs: [plain, started] });
    const inputs = [source(), randomTensor([2, hiddenDim], 3)];
    const training = tensors(model.apply(inputs, { training: true }));
    tensors(model.predict(inputs)).forEach((output, i) => assertClose(training[i], output, 1e-6));
    assertDiffer(training[0], training[1], 1e-3);
  });
});

describe("Decoder", () => {
  it("looks with the top layer's previous state as the query, and then steps, as by hand", () => {
    for (const [resetAfter, fused] of [
      [false, true],
      [true, true],
      [true, false],
    ]) {
      // prettier-ignore
      useFusedKernels(fused);
      const decoder = decoderOf(livelyModel({ numLayers: 2, resetAfter }));
      const attention = decoder.attention!;
      const values = randomTensor([1, 3, hiddenDim], 4);
      const states = [randomTensor([1, hiddenDim], 5), randomTensor([1, hiddenDim], 6)];
      const tokens = [1, 5, 7];
      const outputs = decoder.apply([ids([tokens]), values, tf.ones([1, 3]), ...states]);
      const [logits, weights] = tensors(outputs);

      const W1 = attention.W1!.getWeights()[0].arraySync() as number[][];
      const [W2, bias] = attention.W2!.getWeights().map((weight) => weight.arraySync());
      const parameters = {
        W1,
        W2: [...(W2 as number[][]), bias as number[]],
        v: flat(attention.V!.getWeights()[0]),
      };
      const rows = row<number[][]>(values, 0);
      const keys = rows.map((value) => [...value, 1]); // the 1 multiplies the bias
      let [bottom, top] = states.map(flat);
      tokens.forEach((token, t) => {
        const alpha = softmax(additiveScores(top, keys, parameters));
        const context = weightedSum(alpha, rows);
        const input = [...embeddingsOf(decoder)[token], ...context];
        bottom = gruStepByHand(input, bottom, numbersOf(decoder.grus[0]));
        top = gruStepByHand(bottom, top, numbersOf(decoder.grus[1]));
        assertClose(row<number[][]>(weights, 0)[t], alpha, 1e-5, `weights of step ${t}`);
        const byHand = denseByHand(top, decoder.dense);
        assertClose(row<number[][]>(logits, 0)[t], byHand, 1e-5, `logits of step ${t}`);
      });
    }
  });

  it("asks with the top layer's state alone", () => {
    const decoder = decoderOf(livelyModel({ numLayers: 2 }));
    const values = randomTensor([1, 3, hiddenDim], 4);
    const [h1, h2, other] = [5, 6, 7].map((seed) => randomTensor([1, hiddenDim], seed));
    const weights = (...states: tf.Tensor[]) =>
      tensors(decoder.apply([ids([[1]]), values, tf.ones([1, 3]), ...states]))[1];
    assertClose(weights(other, h2), weights(h1, h2), 0);
    assertDiffer(weights(h1, other), weights(h1, h2), 1e-3);
  });

  it("without attention is given the encoder's output at the last real token", () => {
    const decoder = decoderOf(livelyModel({ attention: "none" }));
    const values = randomTensor([3, 4, hiddenDim], 4) as tf.Tensor3D;
    const mask = [
      [1, 1, 1, 1],
      [1, 1, 0, 0],
      [0, 1, 1, 0], // padding before the tokens, as some loaders put it
    ];
    const state = randomTensor([3, hiddenDim], 5) as tf.Tensor2D;
    const inputs = [ids([[1], [1], [1]]), values, tf.tensor2d(mask), state];
    const [logits, weights] = tensors(decoder.apply(inputs));
    [3, 1, 2].forEach((last, i) => {
      const expected = [0, 1, 2, 3].map((j) => Number(j === last));
      assert.deepEqual(row<number[][]>(weights, i)[0].map(Math.abs), expected);
      const input = [...embeddingsOf(decoder)[1], ...values.arraySync()[i][last]];
      const h = gruStepByHand(input, state.arraySync()[i], numbersOf(decoder.grus[0]));
      assertClose(row<number[][]>(logits, i)[0], denseByHand(h, decoder.dense), 1e-5);
    });
  });

  for (const form of forms) {
    it(`step by step gives what a whole pass gives, to 1e-5: ${JSON.stringify(form)}`, () => {
      const model = livelyModel(form);
      const [encoder, decoder] = [encoderOf(model), decoderOf(model)];
      const [outputs, mask, ...encoderStates] = tensors(encoder.apply(source()));
      const [logits, weights] = logitsAndWeights(model, [source(), target()]);
      const memory = decoder.remember(outputs as tf.Tensor3D, mask as tf.Tensor2D);
      let states = encoderStates as tf.Tensor2D[];
      (tf.unstack(target(), 1) as tf.Tensor1D[]).forEach((tokens, t) => {
        const step = decoder.step(tokens, states, memory, t);
        states = step.states;
        assert.equal(states.length, form.numLayers ?? 1);
        assertClose(step.logits, tf.unstack(logits, 1)[t], 1e-5, `logits of step ${t}`);
        assertClose(step.weights, tf.unstack(weights, 1)[t], 1e-5, `weights of step ${t}`);
      });
    });
  }

  it("leaves nothing behind from a whole pass but its results, nor does the encoder", () => {
    for (const fused of [true, false]) {
      useFusedKernels(fused);
      const model = livelyModel({ numLayers: 2 });
      const inputs = [source(), target()];
      const before = tf.memory().numTensors;
      const encoded = tensors(encoderOf(model).apply(inputs[0]));
      assert.equal(tf.memory().numTensors, before + 4); // outputs, mask, two states
      const decoded = tensors(decoderOf(model).apply([inputs[1], ...encoded]));
      assert.equal(tf.memory().numTensors, before + 4 + 2); // logits, weights
      tf.dispose([encoded, decoded]);
      assert.equal(tf.memory().numTensors, before);
    }
  });

  it("leaves nothing behind from a step but its results", () => {
    const model = livelyModel({ numLayers: 2 });
    const decoder = decoderOf(model);
    const [outputs, mask, ...states] = tensors(encoderOf(model).apply(source()));
    const memory = decoder.remember(outputs as tf.Tensor3D, mask as tf.Tensor2D);
    const tokens = tf.tensor1d([1, 1], "int32");
    const before = tf.memory().numTensors;
    const step = decoder.step(tokens, states as tf.Tensor2D[], memory);
    assert.equal(tf.memory().numTensors, before + 1 + 2 + 1); // logits, two states, weights
    tf.dispose([step.logits, ...step.states, step.weights]);
    assert.equal(tf.memory().numTensors, before);
  });
});

describe("the five arguments", () => {
  it("numLayers and resetAfter make as many GRUs, with the parameters they have on paper", () => {
    const gru = (features: number, biases: number) =>
      3 * hiddenDim * (features + hiddenDim + biases);
    for (const numLayers of [1, 2, 3]) {
      for (const resetAfter of [false, true]) {
        const model = tinyModel({ numLayers, resetAfter });
        const biases = resetAfter ? 2 : 1;
        const upper = (numLayers - 1) * gru(hiddenDim, biases);
        assert.equal(
          encoderOf(model).countParams(),
          sourceVocabSize * embeddingDim + gru(embeddingDim, biases) + upper + 4 * 4 + 4,
        );
        assert.equal(
          decoderOf(model).countParams(),
          targetVocabSize * embeddingDim +
            (4 * 4 + (4 * 4 + 4) + 4) + // W1, W2 with bias, V
            (gru(embeddingDim + hiddenDim, biases) + upper) +
            (hiddenDim * targetVocabSize + targetVocabSize),
        );
        const twin = tinyModel({ numLayers, resetAfter, attention: "none" });
        assert.equal(model.countParams() - twin.countParams(), 4 * 4 + (4 * 4 + 4) + 4);
        assert.equal(encoderOf(model).grus.length, numLayers);
        assert.equal(decoderOf(model).grus.length, numLayers);
      }
    }
  });

  it("every GRU of the stack is used: other weights in any one give other logits", () => {
    const model = livelyModel({ numLayers: 2 });
    const inputs = [source(), target()];
    const [before] = logitsAndWeights(model, inputs);
    for (const gru of [...encoderOf(model).grus, ...decoderOf(model).grus]) {
      const kept = gru.getWeights().map((weight) => weight.clone());
      gru.setWeights(kept.map((weight) => weight.add(0.3)));
      assertDiffer(logitsAndWeights(model, inputs)[0], before, 1e-4, gru.name);
      gru.setWeights(kept);
    }
    assertClose(logitsAndWeights(model, inputs)[0], before, 0);
  });

  it("dropout acts in training only, and alike for all results of a pass", () => {
    const model = livelyModel({ dropoutRate: 0.5 });
    const plain = livelyModel();
    const inputs = [source(), target()];
    const [first, second] = [1, 2].map(() => model.predict(inputs) as tf.Tensor);
    assertClose(first, second, 0);
    assertClose(first, plain.predict(inputs) as tf.Tensor, 0);
    assert.equal(encoderOf(model).dropout.step, 0);

    const training = () => model.apply(inputs, { training: true }) as tf.Tensor;
    const [third, fourth] = [training(), training()];
    assertDiffer(third, first, 1e-3);
    assertDiffer(third, fourth, 1e-3);
    // One mask a pass: an encoder that tfjs ran once for each of its results would have drawn six.
    assert.equal(encoderOf(model).dropout.step, 2);
    assert.equal(decoderOf(model).dropout.step, 2);
    encoderOf(model).dropout.step = 0;
    decoderOf(model).dropout.step = 0;
    assertClose(training(), third, 0);
  });

  it("dropout of the outputs leaves the attention as it is, and acts in training only", () => {
    const model = livelyModel({ outputDropoutRate: 0.5 });
    const plain = livelyModel();
    const inputs = [source(), target()];
    assertClose(model.predict(inputs) as tf.Tensor, plain.predict(inputs) as tf.Tensor, 0);
    const training = (of: tf.LayersModel) => of.apply(inputs, { training: true }) as tf.Tensor;
    assertDiffer(training(model), training(plain), 1e-3);
    const weights = [model, plain].map((of) => training(attentionModel(of)));
    assertClose(weights[0], weights[1], 0);
    assert.equal(decoderOf(model).args.outputDropoutRate, 0.5);
  });

  it("says which argument is wrong, where, and what it should be", () => {
    const sizes = { vocabSize: 5, embeddingDim: 3, hiddenDim: 4 };
    const wrong: [Partial<DecoderArgs>, RegExp][] = [
      [{ vocabSize: 0 }, /vocabSize is 0/],
      [{ vocabSize: undefined }, /vocabSize is undefined/],
      [{ embeddingDim: 2.5 }, /embeddingDim is 2\.5/],
      [{ hiddenDim: NaN }, /hiddenDim is NaN/],
      [{ numLayers: 0 }, /numLayers is 0/],
      [{ numLayers: "2" as unknown as number }, /numLayers is 2/],
      [{ dropoutRate: 1 }, /dropoutRate is 1/],
      [{ dropoutRate: -0.1 }, /dropoutRate is -0\.1/],
      [{ dropoutRate: NaN }, /dropoutRate is NaN/],
    ];
    for (const [args, message] of wrong) {
      for (const [Layer, name] of [
        [Encoder, /Encoder/],
        [Decoder, /Decoder/],
      ] as const) {
        // prettier-ignore
        const make = () => new Layer({ ...sizes, ...args });
        assert.throws(make, message);
        assert.throws(make, name);
      }
    }
    const luong = "luong" as "none";
    assert.throws(
      () => new Decoder({ ...sizes, attention: luong }),
      /"luong".*additive, dot, .*multiHead, none/,
    );
  });

  it("says so when the encoder has another number of layers than the decoder", () => {
    const encoder = new Encoder({ vocabSize: 9, embeddingDim, hiddenDim, numLayers: 1 });
    const decoder = new Decoder({ vocabSize: 8, embeddingDim, hiddenDim, numLayers: 2 });
    const tokens = tf.input({ shape: [null], dtype: "int32" });
    const encoded = encoder.apply(tokens) as tf.SymbolicTensor[];
    assert.throws(() => decoder.apply([tokens, ...encoded]), /Decoder.*numLayers.*2.*1/s);
  });
});

describe("what does not fit is refused, and says so", () => {
  it("an encoder of another hiddenDim names both", () => {
    const encoder = new Encoder({ vocabSize: 9, embeddingDim, hiddenDim: 6 });
    const decoder = new Decoder({ vocabSize: 8, embeddingDim, hiddenDim });
    const message = /hiddenDim is 4.*encoder's is 6/;
    const tokens = tf.input({ shape: [null], dtype: "int32" });
    const encoded = encoder.apply(tokens) as tf.SymbolicTensor[];
    assert.throws(() => decoder.apply([tokens, ...encoded]), message);
    assert.throws(() => decoder.apply([target(), ...tensors(encoder.apply(source()))]), message);
  });

  it("a target without steps, on either path", () => {
    const model = tinyModel();
    const encoded = tensors(encoderOf(model).apply(source()));
    for (const fused of [true, false]) {
      useFusedKernels(fused);
      const empty = tf.zeros([2, 0], "int32");
      assert.throws(
        () => decoderOf(model).apply([empty, ...encoded]),
        /Decoder.*no steps.*\[2,0\]/,
      );
    }
  });
});

describe("SeededDropout", () => {
  const drop = (dropout: SeededDropout) =>
    dropout.apply(tf.ones([20, 50]), { training: true }) as tf.Tensor;

  it("drops its share and divides the rest, so that the mean stays", () => {
    const values = flat(drop(new SeededDropout({ rate: 0.25, seed: 1 })));
    const dropped = values.filter((value) => value === 0).length;
    assert.ok(Math.abs(dropped / values.length - 0.25) < 0.05, `${dropped} of ${values.length}`);
    const kept = values.filter((value) => value !== 0);
    assertClose(kept, kept.map(() => 1 / 0.75), 1e-6); // prettier-ignore
  });

  it("draws other masks at each step and seed, and the same ones again for the same two", () => {
    const [a, b] = [1, 1].map((seed) => new SeededDropout({ rate: 0.5, seed }));
    const masks = [drop(a), drop(a), drop(a)];
    assertDiffer(masks[0], masks[1], 1);
    assertDiffer(masks[1], masks[2], 1);
    b.step = 2;
    assertClose(drop(b), masks[2], 0);
    assertDiffer(drop(new SeededDropout({ rate: 0.5, seed: 2 })), masks[0], 1);
  });

  it("has no pattern from one step to the next: masks agree by chance alone", () => {
    const dropout = new SeededDropout({ rate: 0.5, seed: 0 });
    const masks = Array.from({ length: 8 }, () => flat(drop(dropout)));
    for (const [i, mask] of masks.entries()) {
      for (const other of masks.slice(i + 1)) {
        const agree = mask.filter((value, k) => value === other[k]).length / mask.length;
        assert.ok(Math.abs(agree - 0.5) < 0.08, `masks agree on a share of ${agree}`); // 5 sigma
      }
    }
  });
});
