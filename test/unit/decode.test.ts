import assert from "node:assert/strict";
import { before, test } from "node:test";
import {
  type Answer,
  bleu,
  characterAccuracy,
  chrf,
  type Confidence,
  decodeGreedy,
  encodePairs,
  evaluatePairs,
  measureConfidence,
  START,
  Stretches,
  train,
  translate,
  UNKNOWN,
  useFusedKernels,
  vocabulariesOf,
} from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import { letterPairs, tinyData, tinyModel, tinyTranslator } from "./seq2seq-helpers";
import { countNatives } from "./native-helpers";

const data = tinyData();
const translator = tinyTranslator(data.vocabularies);

before(async () => {
  const options = { epochs: 6, batchSize: 4, learningRate: 0.03, seed: 1, progress: null };
  await train(translator.model, data, options);
});

/** Greedy decoding by the definition: the whole model anew for every token, one text at a time. */
function slowAnswer(text: string): { tokens: number[]; logProbability: number } {
  return tf.tidy(() => {
    const source = tf.tensor2d([data.vocabularies.source.encode(text).ids], undefined, "int32");
    const tokens = [START];
    let logProbability = 0;
    while (tokens[tokens.length - 1] !== 2 && tokens.length <= 7) {
      const soFar = tf.tensor2d([tokens], undefined, "int32");
      const logits = translator.model.predict([source, soFar]) as tf.Tensor3D;
      const last = logits.slice([0, tokens.length - 1, 0], [1, 1, -1]).flatten();
      const token = last.argMax().dataSync()[0];
      logProbability += tf.logSoftmax(last).dataSync()[token];
      tokens.push(token);
    }
    return { tokens: tokens.slice(1), logProbability };
  });
}

test("greedy decoding says what the model says when asked for one token after the other", async () => {
  const texts = ["abcd", "d", "ca", "bbb"];
  const translations = await translate(translator, texts);
  texts.forEach((text, index) => {
    const { tokens, logProbability } = slowAnswer(text);
    const { text: answer, logProbability: found, tokenProbabilities } = translations[index];
    assert.equal(answer, data.vocabularies.target.decode(tokens));
    assert.ok(Math.abs(found - logProbability) < 1e-4, `${found}, not ${logProbability}`);
    const product = tokenProbabilities.reduce((p, factor) => p * factor, 1);
    assert.ok(Math.abs(Math.log(product) - found) < 1e-6);
    assert.ok(translations[index].ended);
    assert.equal(tokenProbabilities.length, tokens.length, "the end has one too");
  });
});

test("the weights have a row for each character of the answer, a column for each of the source", async () => {
  const [short, long] = await translate(translator, ["b", "abcd"]);
  assert.deepEqual(short.source, ["b"]);
  assert.deepEqual(long.source, [..."abcd"]);
  for (const { source, target, weights, text } of [short, long]) {
    assert.deepEqual(target, [...text]);
    assert.ok(target.length > 0);
    assert.equal(weights.length, target.length);
    for (const row of weights) {
      assert.equal(row.length, source.length);
      assert.ok(Math.abs(row.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-5);
    }
  }
});

test("an answer does not depend on the texts beside it, nor on the batch size", async () => {
  const texts = ["a", "abcdabcd", "dc", "bad", "", "cccc"];
  const together = await translate(translator, texts);
  const alone = await translate(translator, texts, { batchSize: 1 });
  together.forEach((translation, index) => {
    const { weights, logProbability, tokenProbabilities, ...exact } = translation;
    const other = alone[index];
    assert.deepEqual(exact, {
      text: other.text,
      target: other.target,
      source: [...texts[index]],
      unknown: [],
      ended: other.ended,
      uncertain: other.uncertain,
      doubts: other.doubts,
    });
    assert.ok(Math.abs(logProbability - other.logProbability) < 1e-5);
    assert.equal(tokenProbabilities.length, other.tokenProbabilities.length);
    weights
      .flat()
      .forEach((weight, i) => assert.ok(Math.abs(weight - other.weights.flat()[i]) < 1e-5));
  });
});

test("decoding leaves no tensors behind", async () => {
  await translate(translator, ["abc"]);
  const begin = tf.memory().numTensors;
  await translate(translator, ["abc", "d", "bb"]);
  assert.equal(tf.memory().numTensors, begin);
});

test("sizes that would never come to an end are refused", async () => {
  await assert.rejects(
    translate(translator, ["ab"], { batchSize: 0 }),
    /translate: batchSize is 0; give a whole number of at least 1/,
  );
  for (const maxLength of [NaN, 0, -1]) {
    const wrong = { ...translator, maxLength };
    await assert.rejects(translate(wrong, ["ab"]), new RegExp(`maxLength is ${maxLength};`));
  }
});

test("a source without tokens is refused, fused or not", () => {
  for (const fused of [true, false]) {
    useFusedKernels(fused);
    assert.throws(() => decodeGreedy(translator.model, [[]], 5), /the sequence has no steps/);
  }
  useFusedKernels("auto");
});

test("an answer longer than maxLength is cut off and marked", async () => {
  const [whole] = await translate(translator, ["abcd"]);
  assert.ok(whole.target.length > 1);
  const [cut] = await translate({ ...translator, maxLength: 1 }, ["abcd"]);
  assert.equal(cut.ended, false);
  assert.deepEqual(cut.target, whole.target.slice(0, 1));
  assert.equal(cut.weights.length, 1);
  assert.equal(cut.tokenProbabilities.length, 2, "what should have been the end has one too");
  assert.equal(cut.uncertain, true);
  assert.deepEqual(cut.doubts, ["the answer did not come to an end"]);
});

test("an answer of exactly maxLength is not cut off", async () => {
  const [whole] = await translate(translator, ["abc"]);
  const [same] = await translate({ ...translator, maxLength: whole.target.length }, ["abc"]);
  assert.equal(same.ended, true);
  assert.equal(same.text, whole.text);
});

test("unknown characters are reported, and make the answer uncertain", async () => {
  const [translation] = await translate(translator, ["aß😀bß"]);
  assert.deepEqual(translation.unknown, ["ß", "😀", "ß"]);
  assert.deepEqual(translation.source, ["a", "ß", "😀", "b", "ß"]);
  assert.equal(translation.weights[0].length, 5);
  assert.deepEqual(translation.doubts, ['the model has never seen "ß", "😀"']);
});

test("an empty text has an empty answer, which is uncertain", async () => {
  const [empty, other] = await translate(translator, ["", "ab"]);
  const { text, target, weights, logProbability, uncertain, doubts } = empty;
  assert.deepEqual(
    { text, target, weights, logProbability },
    {
      text: "",
      target: [],
      weights: [],
      logProbability: 0,
    },
  );
  assert.deepEqual([uncertain, doubts], [true, ["the text is empty"]]);
  assert.ok(other.target.length > 0);
  assert.deepEqual(await translate(translator, []), []);
  assert.deepEqual(decodeGreedy(translator.model, [], 5), []);
});

/** A confidence that nothing falls short of, but for what `change` asks for. */
function confidence(change: Partial<Confidence>): Confidence {
  const familiar = { stretches: Stretches.of(["abcd"], 3), unseen: 1 };
  return { lowestProbability: 0, source: familiar, target: familiar, ...change };
}

async function doubts(text: string, change: Partial<Confidence>): Promise<string[]> {
  const [translation] = await translate({ ...translator, confidence: confidence(change) }, [text]);
  assert.equal(translation.uncertain, translation.doubts.length > 0);
  return translation.doubts;
}

test("an answer less probable than the sure ones is uncertain", async () => {
  const [{ tokenProbabilities }] = await translate(translator, ["abcd"]);
  const lowest = Math.min(...tokenProbabilities);
  assert.deepEqual(await doubts("abcd", { lowestProbability: lowest - 1e-3 }), []);
  const [doubt] = await doubts("abcd", { lowestProbability: lowest + 1e-3 });
  const shown =
    /^a character of the answer is only (.*) % probable \(of sure ones at least (.*) %\)$/;
  const [found, limit] = shown.exec(doubt)!.slice(1).map(Number);
  assert.ok(found < limit && limit - found < 1.01, doubt);
  assert.ok(Math.abs(found - 100 * lowest) <= 0.5);
});

test("a doubt shows as many decimals as tell the limit from what was found", async () => {
  const [{ tokenProbabilities }] = await translate(translator, ["abcd"]);
  const lowest = Math.min(...tokenProbabilities);
  const [coarse] = await doubts("abcd", { lowestProbability: 1.1 });
  assert.match(coarse, /only \d+ % probable \(of sure ones at least 110 %\)/);
  const [fine] = await doubts("abcd", { lowestProbability: lowest + 1e-7 });
  const [found, limit] = /only ([\d.]+) % .* ([\d.]+) %/.exec(fine)!.slice(1);
  assert.ok(Number(found) < Number(limit), fine);
});

test("a text, or an answer, made of other stretches than those trained on is uncertain", async () => {
  const { text } = (await translate(translator, ["abcd"]))[0];
  const familiar = (seen: string, unseen: number) => ({
    stretches: Stretches.of([seen], 3),
    unseen,
  });
  // Of "^ab", "abc", "bcd" and "cd$" the last two are new.
  assert.deepEqual(await doubts("abcd", { source: familiar("abc", 0.5) }), []);
  assert.deepEqual(await doubts("abcd", { source: familiar("abc", 0.49) }), [
    "the text is unlike those trained on (50 % of it is new; of sure ones at most 49 %)",
  ]);
  assert.deepEqual(await doubts("abcd", { target: familiar(text, 0) }), []);
  assert.deepEqual(await doubts("abcd", { target: familiar(`${text}X`, 0) }), [
    "the answer is unlike those trained on",
  ]);
});

test("stretches: beginnings, ends and short texts count, and JSON keeps them", () => {
  const stretches = Stretches.of(["ab", "c"], 3);
  const copy = Stretches.fromJSON(JSON.parse(JSON.stringify(stretches)));
  for (const seen of [stretches, copy]) {
    assert.equal(seen.unseenIn("ab"), 0);
    assert.equal(seen.unseenIn("c"), 0);
    assert.equal(seen.unseenIn("a"), 1, "a text of one character has one stretch");
    assert.equal(seen.unseenIn("abc"), 2 / 3);
    assert.equal(seen.unseenIn(""), 1);
  }
});

test("measureConfidence lets at least 94 % of the right answers pass as sure", async () => {
  const pairs = letterPairs(300, 5);
  const measured = await measureConfidence(translator, { ...data, validation: pairs });
  const translations = await translate(
    { ...translator, confidence: measured },
    pairs.map(({ source }) => source),
  );
  const right = translations.filter(({ text }, index) => text === pairs[index].target);
  const sure = right.filter(({ uncertain }) => !uncertain);
  assert.ok(right.length > 50, `${right.length} right`);
  assert.ok(sure.length >= 0.94 * right.length, `${sure.length} of ${right.length}`);
  const below = right.filter(
    ({ tokenProbabilities }) => Math.min(...tokenProbabilities) < measured.lowestProbability,
  );
  assert.equal(below.length, Math.floor(0.02 * right.length));
});

test("a model that gets nothing right is sure of nothing", async () => {
  const wrong = data.validation.map(({ source }) => ({ source, target: "-" }));
  const measured = await measureConfidence(translator, { ...data, validation: wrong });
  const [translation] = await translate({ ...translator, confidence: measured }, ["abc"]);
  assert.equal(translation.uncertain, true);
});

test("without pairs there is no confidence to measure", async () => {
  await assert.rejects(
    measureConfidence(translator, { ...data, validation: [] }),
    /measureConfidence: data.validation is empty. Give at least one pair/,
  );
  await assert.rejects(
    measureConfidence(translator, { ...data, train: [] }),
    /data.train is empty/,
  );
});

test("the limits of measureConfidence are those of the right answers, no wider", async () => {
  const measured = await measureConfidence(translator, { ...data, validation: data.train });
  // All that it is measured on was trained on.
  assert.deepEqual([measured.source.unseen, measured.target.unseen], [0, 0]);
});

test("a word that is not known is said to be missing in the vocabulary", async () => {
  const vocabularies = vocabulariesOf([{ source: "a cat", target: "x" }], {
    source: { tokens: "words" },
  });
  const words = tinyTranslator(vocabularies);
  const [one, two] = await translate({ ...words, maxLength: 1 }, ["a dog", "my dog dog"]);
  assert.equal(one.doubts[0], '"dog" is not in the model\'s vocabulary');
  assert.equal(two.doubts[0], '"my", "dog" are not in the model\'s vocabulary');
});

test("evaluatePairs gives the share of doubtful answers", async () => {
  const sureOfNothing = { ...translator, confidence: confidence({ lowestProbability: 1.1 }) };
  const pairs = letterPairs(4);
  assert.equal((await evaluatePairs(sureOfNothing, pairs)).uncertain, 1);
  assert.equal((await evaluatePairs(translator, pairs)).uncertain, 0);
  const strange = [...pairs, { source: "?", target: "A" }];
  const { uncertain, mistakes } = await evaluatePairs(translator, strange);
  assert.equal(uncertain, 1 / 5);
  assert.equal(mistakes[mistakes.length - 1].uncertain, true);
});

test("evaluatePairs counts exactly, and its loss is that of all tokens alike", async () => {
  const pairs = [...letterPairs(20, 7), { source: "abc", target: "never" }];
  const evaluation = await evaluatePairs(translator, pairs);
  const answers = await translate(
    translator,
    pairs.map(({ source }) => source),
  );
  const right = pairs.filter(({ target }, index) => answers[index].text === target).length;
  assert.equal(evaluation.count, 21);
  assert.equal(evaluation.exactMatch, right / 21);
  assert.equal(evaluation.mistakes.length, 21 - right);
  assert.deepEqual(evaluation.mistakes[evaluation.mistakes.length - 1], {
    source: "abc",
    target: "never",
    answer: answers[20].text,
    uncertain: false,
  });
  let loss = 0;
  let tokens = 0;
  let correct = 0;
  for (const pair of encodePairs(pairs, data.vocabularies, { heldOut: true })) {
    tf.tidy(() => {
      const source = tf.tensor2d([pair.source], undefined, "int32");
      const soFar = tf.tensor2d([[START, ...pair.target]], undefined, "int32");
      const logits = translator.model.predict([source, soFar]) as tf.Tensor3D;
      const wanted = [...pair.target, 2];
      const logProbabilities = tf.logSoftmax(logits).arraySync() as number[][][];
      wanted.forEach((token, step) => {
        if (token === UNKNOWN) return; // no letter of "never" is known
        const row = logProbabilities[0][step];
        loss -= row[token];
        correct += Number(row.indexOf(Math.max(...row)) === token);
        tokens++;
      });
    });
  }
  assert.ok(Math.abs(evaluation.loss - loss / tokens) < 1e-4);
  assert.ok(Math.abs(evaluation.tokenAccuracy - correct / tokens) < 1e-5);
});

test("each target of a source is right, and BLEU and chrF take all as references", async () => {
  const [one] = await translate(translator, ["ab"]);
  const pairs = [
    { source: "ab", target: one.text },
    { source: "ab", target: "another" },
    { source: "abc", target: "never" },
  ];
  const evaluation = await evaluatePairs(translator, pairs);
  const other = (await translate(translator, ["abc"]))[0].text;
  assert.deepEqual(
    evaluation.mistakes.map(({ target }) => target),
    ["never"],
  );
  assert.equal(evaluation.chrf, chrf([one.text, other], [[one.text, "another"], ["never"]]));
  assert.equal(evaluation.bleu, bleu([one.text, other], [[one.text, "another"], ["never"]]).score);
  assert.equal(evaluation.bleuTokenizer, "13a");
});

test("evaluatePairs compares an answer with the nearest target of its source, once", async () => {
  const [{ text: one }, { text: other }] = await translate(translator, ["ab", "abc"]);
  const { characterAccuracy: accuracy } = await evaluatePairs(translator, [
    { source: "ab", target: "quite another" },
    { source: "ab", target: `${one}?` },
    { source: "ab", target: "a third" },
    { source: "abc", target: other },
  ]);
  assert.equal(accuracy, 1 - 1 / (one.length + 1 + other.length));
});

test("character accuracy: the edits that would mend the answers", () => {
  const accuracy = (target: string, answer: string) => characterAccuracy([{ target, answer }]);
  assert.equal(accuracy("abcd", "abcd"), 1);
  assert.equal(accuracy("abcd", "abXd"), 3 / 4, "one replaced");
  assert.equal(accuracy("abcd", "bcd"), 3 / 4, "one missing, and the others still right");
  assert.equal(accuracy("abcd", "abcXd"), 3 / 4, "one too many");
  assert.equal(accuracy("ab", "wxyz"), 0, "not below 0");
  assert.equal(
    characterAccuracy([
      { target: "ab", answer: "" },
      { target: "abcdef", answer: "abcdef" },
    ]),
    6 / 8,
  );
});

/** A model of every kind that the decoder's step has a graph for. */
const kinds = (["additive", "dot", "general", "none"] as const).flatMap((attention) =>
  [1, 2].flatMap((numLayers) =>
    [false, true].map((resetAfter) => ({ attention, numLayers, resetAfter })),
  ),
);

function assertSameAnswers(found: Answer[], expected: Answer[], message: string): void {
  assert.equal(found.length, expected.length);
  found.forEach((answer, row) => {
    assert.deepEqual(answer.tokens, expected[row].tokens, message);
    const numbers = [answer.logProbabilities, ...answer.weights].flat();
    const others = [expected[row].logProbabilities, ...expected[row].weights].flat();
    assert.equal(numbers.length, others.length);
    numbers.forEach((value, i) => assert.ok(Math.abs(value - others[i]) < 1e-5, message));
  });
}

function livelyModel(kind: (typeof kinds)[number]): tf.LayersModel {
  const model = tinyModel(data.vocabularies, kind);
  const random = model.getWeights().map((w, i) => tf.randomNormal(w.shape, 0, 0.7, "float32", i));
  model.setWeights(random);
  return model;
}

function plainAnswers(model: tf.LayersModel, sources: number[][]): Answer[] {
  useFusedKernels(false);
  try {
    return decodeGreedy(model, sources, 6);
  } finally {
    useFusedKernels("auto");
  }
}

test("the plain layers give what the fused ones give, for every kind of model", () => {
  const sources = [[4, 5, 6, 7], [5], [7, 7, 4], [6, 4]];
  for (const kind of kinds) {
    const model = livelyModel(kind);
    const fused = decodeGreedy(model, sources, 6);
    assertSameAnswers(fused, plainAnswers(model, sources), JSON.stringify(kind));
  }
});

test("so they do for as many rows as are computed in parts", () => {
  const kind = { attention: "additive", numLayers: 2, resetAfter: false } as const;
  const model = livelyModel(kind);
  for (const count of [67, 131]) {
    const texts = letterPairs(count, 3).map(({ source }) => source);
    const sources = texts.map((text) => data.vocabularies.source.encode(text).ids);
    const plain = plainAnswers(model, sources);
    for (let i = 0; i < 2; i++) {
      assertSameAnswers(decodeGreedy(model, sources, 6), plain, `${count} rows, decode ${i}`);
    }
  }
});

test("tfjs's own cpu backend gives the same answers", async () => {
  const sources = [[4, 5, 6, 7], [5], [6, 4]];
  const native = decodeGreedy(translator.model, sources, 6);
  await tf.setBackend("cpu");
  const cpu = decodeGreedy(translator.model, sources, 6);
  await tf.setBackend("tensorflow");
  assertSameAnswers(cpu, native, "cpu");
});

test("fifty decodes leave nothing behind, neither in tfjs nor in TensorFlow", async () => {
  const counts = () => [tf.memory().numTensors, countNatives()];
  const texts = ["abc", "d", "bbabab", "ca"];
  for (const beamWidth of [1, 3]) {
    const decode = () => translate(translator, texts, { beamWidth });
    await decode(); // makes the graphs
    const begin = counts();
    for (let i = 0; i < 50; i++) await decode();
    assert.deepEqual(counts(), begin, `beamWidth ${beamWidth}`);
  }
});
