import assert from "node:assert/strict";
import { before, test } from "node:test";
import {
  type Answer,
  decodeBeam,
  decodeGreedy,
  END,
  evaluatePairs,
  START,
  train,
  translate,
  useFusedKernels,
} from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import { letterPairs, tinyData, tinyModel, tinyTranslator } from "./seq2seq-helpers";

const data = tinyData();
const translator = tinyTranslator(data.vocabularies);
const texts = ["abcd", "d", "ca", "bbb", "dcbadcba"];
const sources = texts.map((text) => data.vocabularies.source.encode(text).ids);

before(async () => {
  // Half trained: it is not sure, so that beams have something to decide.
  const options = { epochs: 5, batchSize: 4, learningRate: 0.02, seed: 1, progress: null };
  await train(translator.model, data, options);
});

const sum = (numbers: number[]) => numbers.reduce((total, value) => total + value, 0);

/** ln P / ((5 + length) / 6)^α, as Wu et al. write it. */
function score({ logProbabilities }: Answer, lengthPenalty: number): number {
  return sum(logProbabilities) / ((5 + logProbabilities.length) / 6) ** lengthPenalty;
}

function assertClose(found: Answer[], expected: Answer[]): void {
  found.forEach((answer, row) => {
    assert.deepEqual(answer.tokens, expected[row].tokens);
    assert.equal(answer.ended, expected[row].ended);
    const numbers = [answer.logProbabilities, ...answer.weights].flat();
    const others = [expected[row].logProbabilities, ...expected[row].weights].flat();
    assert.equal(numbers.length, others.length);
    numbers.forEach((value, i) => assert.ok(Math.abs(value - others[i]) < 1e-5));
  });
}

test("with a beam of 1 it is greedy decoding", () => {
  for (const maxLength of [1, 3, 6]) {
    const greedy = decodeGreedy(translator.model, sources, maxLength);
    for (const lengthPenalty of [0, 1]) {
      const options = { beamWidth: 1, lengthPenalty };
      assertClose(decodeBeam(translator.model, sources, maxLength, options), greedy);
    }
  }
});

/** Every answer of at most `maxLength` tokens and its END, with its tokens' log-probabilities. */
function allAnswers(source: number[], maxLength: number): Answer[] {
  const vocab = data.vocabularies.target.size;
  const answers: Answer[] = [];
  let open: { tokens: number[]; logProbabilities: number[] }[] = [
    { tokens: [], logProbabilities: [] },
  ];
  for (let length = 0; length <= maxLength; length++) {
    const xs = [
      tf.tensor2d(open.map(() => source)),
      tf.tensor2d(open.map(({ tokens }) => [START, ...tokens])),
    ];
    const logits = translator.model.predict(xs) as tf.Tensor3D;
    const last = logits.slice([0, length, 0], [open.length, 1, vocab]).squeeze<tf.Tensor2D>([1]);
    const logProbabilities = tf.logSoftmax(last).arraySync();
    const longer = open.flatMap((one, row) =>
      logProbabilities[row].map((value, token) => ({
        tokens: [...one.tokens, token],
        logProbabilities: [...one.logProbabilities, value],
      })),
    );
    const ends = ({ tokens }: { tokens: number[] }) => tokens[length] === END;
    for (const { tokens, logProbabilities } of longer.filter(ends)) {
      answers.push({ tokens: tokens.slice(0, -1), logProbabilities, weights: [], ended: true });
    }
    open = longer.filter((one) => !ends(one));
  }
  return answers;
}

test("a beam with room for everything finds the best of all answers", () => {
  const maxLength = 3;
  for (const source of sources.slice(0, 3)) {
    const all = allAnswers(source, maxLength);
    assert.equal(all.length, 1 + 7 + 7 ** 2 + 7 ** 3); // of 8 tokens one is END
    for (const lengthPenalty of [0, 0.6, 3]) {
      const options = { beamWidth: 8 ** 3, lengthPenalty };
      const [found] = decodeBeam(translator.model, [source], maxLength, options);
      const best = all.reduce((a, b) =>
        score(a, lengthPenalty) >= score(b, lengthPenalty) ? a : b,
      );
      assert.deepEqual(found.tokens, best.tokens);
      assert.ok(found.ended);
      assert.ok(Math.abs(sum(found.logProbabilities) - sum(best.logProbabilities)) < 1e-5);
    }
  }
});

test("lengthPenalty favours longer answers", () => {
  const lengths = [0, 3, 20].map((lengthPenalty) => {
    const options = { beamWidth: 64, lengthPenalty };
    const answers = decodeBeam(translator.model, sources, 5, options);
    return sum(answers.map(({ tokens }) => tokens.length));
  });
  assert.ok(lengths[0] <= lengths[1] && lengths[1] <= lengths[2], `${lengths}`);
  assert.ok(lengths[0] < lengths[2], `${lengths}`);
});

test("a beam finds answers that are more probable than the greedy ones", () => {
  const pairs = letterPairs(60, 9).map(({ source }) => data.vocabularies.source.encode(source).ids);
  const total = (answers: Answer[]) => sum(answers.map((answer) => score(answer, 0)));
  const greedy = decodeGreedy(translator.model, pairs, 6);
  const beam = decodeBeam(translator.model, pairs, 6, { beamWidth: 8, lengthPenalty: 0 });
  assert.ok(total(beam) > total(greedy), `${total(beam)}, greedy ${total(greedy)}`);
});

test("an answer does not depend on the texts beside it", () => {
  const options = { beamWidth: 3 };
  const together = decodeBeam(translator.model, sources, 6, options);
  const alone = sources.flatMap((source) => decodeBeam(translator.model, [source], 6, options));
  assertClose(together, alone);
});

test("the plain layers find what the fused ones find, for every kind of model", () => {
  for (const attention of ["additive", "dot", "general", "none"] as const) {
    const model = tinyModel(data.vocabularies, { attention, numLayers: 2, resetAfter: true });
    const search = () => decodeBeam(model, sources, 5, { beamWidth: 3 });
    const fused = search();
    useFusedKernels(false);
    assertClose(search(), fused);
    useFusedKernels("auto");
  }
});

test("an answer that does not end is cut off, and one that ends goes before it", () => {
  const longer = decodeGreedy(translator.model, sources, 6).findIndex(({ tokens }) => tokens[1]);
  const source = sources[longer];
  const [cut] = decodeBeam(translator.model, [source], 1, { beamWidth: 1 });
  assert.equal(cut.ended, false);
  assert.equal(cut.tokens.length, 1);
  assert.equal(cut.logProbabilities.length, 2, "what should have been the end has one too");
  const [whole] = decodeBeam(translator.model, [source], 1, { beamWidth: 100 });
  assert.equal(whole.ended, true);
});

test("translate and evaluatePairs take the options of beam search", async () => {
  const options = { beamWidth: 4, lengthPenalty: 0 };
  const translations = await translate(translator, texts, options);
  const answers = decodeBeam(translator.model, sources, 6, options);
  translations.forEach(({ target, logProbability }, row) => {
    assert.deepEqual(
      target,
      answers[row].tokens.map((id) => data.vocabularies.target.decode([id])),
    );
    assert.ok(Math.abs(logProbability - sum(answers[row].logProbabilities)) < 1e-5);
  });
  const pairs = texts.map((source, row) => ({ source, target: translations[row].text }));
  assert.equal((await evaluatePairs(translator, pairs, options)).exactMatch, 1);
  assert.ok((await evaluatePairs(translator, pairs)).exactMatch < 1, "greedy answers differ");
});

test("beams and penalties that make no sense are refused", async () => {
  for (const beamWidth of [0, 1.5, NaN]) {
    const refused = new RegExp(`beamWidth is ${beamWidth}; give a whole number of at least 1`);
    assert.throws(() => decodeBeam(translator.model, sources, 6, { beamWidth }), refused);
    await assert.rejects(translate(translator, texts, { beamWidth }), refused);
  }
  for (const lengthPenalty of [-0.1, NaN, Infinity]) {
    const options = { beamWidth: 2, lengthPenalty };
    await assert.rejects(
      translate(translator, texts, options),
      new RegExp(`lengthPenalty is ${lengthPenalty}; give 0, or a number above it`),
    );
  }
  assert.deepEqual(decodeBeam(translator.model, [], 6, { beamWidth: 2 }), []);
});
