import assert from "node:assert/strict";
import { test } from "node:test";
import {
  adamOf,
  encodePairs,
  type EpochRecord,
  type Pair,
  type StepRecord,
  teacherForcing,
  tokenAccuracy,
  tokenLoss,
  train,
  type TrainingResult,
} from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import { letterPairs, tinyData, tinyModel, weightsOf } from "./seq2seq-helpers";

const data = tinyData();
/** 40 pairs in batches of 8: five steps an epoch. */
const options = { epochs: 3, batchSize: 8, learningRate: 0.02, seed: 1, progress: null };
const dropout = { dropoutRate: 0.2 };

test("training lowers the loss, and the history has every epoch", async () => {
  const model = tinyModel(data.vocabularies);
  const { history, interrupted, epoch } = await train(model, data, { ...options, epochs: 6 });
  assert.deepEqual(
    history.map((record) => record.epoch),
    [1, 2, 3, 4, 5, 6],
  );
  assert.ok(history[5].loss < history[0].loss - 0.3, JSON.stringify(history));
  assert.ok(history[5].validationLoss! < history[0].validationLoss! - 0.3);
  assert.ok(history[5].accuracy > history[0].accuracy);
  assert.ok(history.every(({ seconds }) => seconds > 0));
  assert.equal(interrupted, false);
  assert.ok(epoch >= 4 && epoch <= 6);
});

test("the same seed gives the same weights bit for bit, dropout included", async () => {
  const run = async (seed: number) => {
    const model = tinyModel(data.vocabularies, dropout);
    await train(model, data, { ...options, seed });
    return weightsOf(model);
  };
  const first = await run(1);
  assert.deepEqual(await run(1), first);
  assert.notDeepEqual(await run(2), first);
});

test("a model that is being trained is not trained a second time meanwhile", async () => {
  const model = tinyModel(data.vocabularies);
  const first = train(model, data, options);
  await assert.rejects(train(model, data, options), /being trained already/);
  assert.equal((await first).history.length, options.epochs);
  await train(model, data, { ...options, epochs: 1 });
});

test("bucketing can be switched off: other batches, and other weights", async () => {
  const run = async (bucketing?: boolean) => {
    const model = tinyModel(data.vocabularies);
    await train(model, data, { ...options, epochs: 1, bucketing });
    return weightsOf(model);
  };
  const byDefault = await run();
  assert.deepEqual(await run(true), byDefault);
  assert.notDeepEqual(await run(false), byDefault);
});

test("the learning rate falls along half a cosine to almost 0", async () => {
  const model = tinyModel(data.vocabularies);
  const rates: number[] = [];
  const note = () => rates.push(adamOf(model)!.getConfig().learningRate as number);
  await train(model, data, { ...options, progress: { step: note, epoch() {}, end() {} } });
  assert.equal(rates.length, 15);
  rates.forEach((rate, step) => {
    const expected = 0.02 * 0.5 * (1 + Math.cos((Math.PI * step) / 15));
    assert.ok(Math.abs(rate - expected) < 1e-12, `step ${step}: ${rate}, not ${expected}`);
  });
});

test("tensors do not grow from epoch to epoch, nor from training to training", async () => {
  const model = tinyModel(data.vocabularies, dropout);
  const counts: number[] = [];
  const count = () => void counts.push(tf.memory().numTensors);
  await train(model, data, { ...options, epochs: 4, onEpochEnd: count });
  assert.deepEqual(counts.slice(2), [counts[1], counts[1]]);
  const after = tf.memory().numTensors;
  await train(model, data, options);
  assert.equal(tf.memory().numTensors, after);
});

test("the model ends with the weights of the best epoch; patience stops after it", async () => {
  const model = tinyModel(data.vocabularies);
  // A rate this high makes the validation loss worse again.
  const epochs: number[][][] = [];
  const result = await train(model, data, {
    ...options,
    epochs: 30,
    learningRate: 0.5,
    patience: 2,
    onEpochEnd: () => void epochs.push(weightsOf(model)),
  });
  const losses = result.history.map((record) => record.validationLoss!);
  const best = losses.indexOf(Math.min(...losses));
  assert.equal(result.epoch, best + 1);
  assert.equal(losses.length, best + 3, "two epochs after the best one");
  assert.ok(losses.length < 30);
  assert.deepEqual(weightsOf(model), epochs[best]);
});

test("without validation pairs the model ends with its last weights", async () => {
  const model = tinyModel(data.vocabularies);
  const { history, epoch } = await train(model, { ...data, validation: [] }, options);
  assert.equal(epoch, 3);
  assert.equal("validationLoss" in history[0], false);
});

test("pairs can be drawn anew for each epoch, also by a training that resumes", async () => {
  const epochs: number[] = [];
  const drawn = {
    ...data,
    train: (epoch: number) => {
      epochs.push(epoch);
      return letterPairs(40, epoch);
    },
  };
  const whole = tinyModel(data.vocabularies);
  await train(whole, drawn, options);
  assert.deepEqual(epochs, [1, 2, 3]);
  const fixed = tinyModel(data.vocabularies);
  await train(fixed, { ...data, train: letterPairs(40, 1) }, options);
  assert.notDeepEqual(weightsOf(fixed), weightsOf(whole));

  const resumed = tinyModel(data.vocabularies);
  const controller = new AbortController();
  const abort = { signal: controller.signal, onEpochEnd: () => controller.abort() };
  await train(resumed, drawn, { ...options, ...abort });
  assert.equal(adamOf(resumed)!.iterations, 5);
  await train(resumed, drawn, { ...options, resume: true });
  assert.deepEqual(weightsOf(resumed), weightsOf(whole));
});

test("epochs of different sizes are refused", async () => {
  const train40then41 = { ...data, train: (epoch: number) => letterPairs(39 + epoch) };
  await assert.rejects(
    train(tinyModel(data.vocabularies), train40then41, options),
    /data.train gives 41 pairs for epoch 2, but 40 for an earlier one/,
  );
});

/** Trains, calls `act` in the given step, and counts the steps. */
async function trainUntil(step: number, act: () => void, signal?: AbortSignal) {
  const model = tinyModel(data.vocabularies);
  const untrained = weightsOf(model);
  const steps: StepRecord[] = [];
  let result: TrainingResult | undefined;
  const note = (record: StepRecord) => {
    steps.push(record);
    if (steps.length === step) act();
  };
  await train(model, data, {
    ...options,
    signal,
    progress: { step: note, epoch() {}, end: (end) => (result = end) },
  });
  return { model, untrained, steps, result: result! };
}

test("an interrupt stops within a step, keeps what was learnt and frees SIGINT", async () => {
  const listeners = process.listenerCount("SIGINT");
  const { model, untrained, steps, result } = await trainUntil(7, () => {
    process.kill(process.pid, "SIGINT");
  });
  assert.ok(steps.length <= 8, `${steps.length} steps`);
  assert.equal(adamOf(model)!.iterations, steps.length);
  assert.equal(result.interrupted, true);
  assert.equal(result.epoch, 2, "the weights are of the second epoch");
  assert.equal(result.history.length, 1, "the second epoch did not come to its end");
  assert.notDeepEqual(weightsOf(model), untrained);
  assert.equal(process.listenerCount("SIGINT"), listeners);
});

test("an interrupted training goes on to the weights of one that was not", async () => {
  const controller = new AbortController();
  const { model } = await trainUntil(7, () => controller.abort(), controller.signal);
  assert.equal(adamOf(model)!.iterations, 7);
  await train(model, { ...data, validation: [] }, { ...options, resume: true });
  const whole = tinyModel(data.vocabularies);
  await train(whole, { ...data, validation: [] }, options);
  assert.deepEqual(weightsOf(model), weightsOf(whole));
});

test("every epoch is told once, also one that an interrupt cut in two", async () => {
  const model = tinyModel(data.vocabularies);
  const controller = new AbortController();
  const told: number[] = [];
  const onEpochEnd = ({ epoch }: EpochRecord) => void told.push(epoch);
  const step = ({ epoch, batch }: StepRecord) => {
    if (epoch === 2 && batch === 2) controller.abort();
  };
  const progress = { step, epoch: onEpochEnd, end() {} };
  await train(model, data, { ...options, onEpochEnd, progress, signal: controller.signal });
  assert.deepEqual(told, [1, 1], "one by progress, one by onEpochEnd");
  await train(model, data, { ...options, onEpochEnd, resume: true });
  assert.deepEqual(told, [1, 1, 2, 3]);
});

test("resume with nothing left to do keeps the weights, and says of which epoch they are", async () => {
  const model = tinyModel(data.vocabularies);
  await train(model, { ...data, validation: [] }, options);
  const weights = weightsOf(model);
  const { history, epoch } = await train(model, data, { ...options, resume: true });
  assert.deepEqual([history, epoch], [[], 3]);
  assert.deepEqual(weightsOf(model), weights);
});

test("resume with another number of steps an epoch is refused", async () => {
  const model = tinyModel(data.vocabularies);
  await train(model, data, { ...options, epochs: 1 });
  await assert.rejects(
    train(model, data, { ...options, batchSize: 4, resume: true }),
    /earlier training had 5 steps an epoch, and this one has 10/,
  );
  const fewer = { ...data, train: data.train.slice(0, 20) };
  await assert.rejects(train(model, fewer, { ...options, resume: true }), /this one has 3/);
});

test("options that are no numbers of their kind are refused", async () => {
  const wrong: [change: object, message: RegExp][] = [
    [{ epochs: NaN }, /^Error: train: epochs is NaN; give a whole number of at least 1/],
    [{ epochs: 0 }, /epochs is 0/],
    [{ epochs: 1.5 }, /epochs is 1.5/],
    [{ batchSize: 0 }, /batchSize is 0/],
    [{ patience: 0 }, /patience is 0/],
    [{ learningRate: 0 }, /learningRate is 0; give a number above 0/],
    [{ learningRate: -0.1 }, /learningRate is -0.1/],
    [{ learningRate: NaN }, /learningRate is NaN/],
  ];
  const model = tinyModel(data.vocabularies);
  const untrained = weightsOf(model);
  for (const [change, message] of wrong) {
    await assert.rejects(train(model, data, { ...options, ...change }), message);
  }
  assert.deepEqual(weightsOf(model), untrained);
});

test("a target to learn must be in the vocabulary; one to validate with need not", async () => {
  const strange = { source: "ab", target: "A?" };
  const model = tinyModel(data.vocabularies);
  const learn = { ...data, train: [...data.train, strange] };
  await assert.rejects(
    train(model, learn, options),
    /the target of pairs\[40\], "A\?", has "\?", which is not in the target vocabulary/,
  );
  await train(model, { ...data, validation: [strange] }, { ...options, epochs: 1 });
});

test("training and validation are in nats a token of the whole set, whatever the batches", async () => {
  // With a rate this small the model stays as it was, so the batches can be added up.
  const still = { ...options, epochs: 1, learningRate: 1e-12 };
  const validation = letterPairs(300, 4); // two batches to validate, of texts of other lengths
  const model = tinyModel(data.vocabularies);
  const { history } = await train(model, { ...data, validation }, still);
  const inOneBatch = (pairs: Pair[]) =>
    tf.tidy(() => {
      const { xs, ys } = teacherForcing(encodePairs(pairs, data.vocabularies));
      const logits = model.predict(xs, { batchSize: pairs.length }) as tf.Tensor;
      return [tokenLoss(ys, logits), tokenAccuracy(ys, logits)].map((one) => one.dataSync()[0]);
    });
  const [{ loss, validationLoss, accuracy, validationAccuracy }] = history;
  const found = [loss, accuracy, validationLoss!, validationAccuracy!];
  const expected = [data.train, validation].flatMap(inOneBatch);
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) < 1e-5, `${found}, not ${expected}`);
  });
});

test("an aborted signal stops a training before its first step", async () => {
  const { steps, result } = await trainUntil(99, () => {}, AbortSignal.abort());
  assert.deepEqual([steps.length, result.interrupted], [0, true]);
});

test("what a callback throws comes out, the weights stay, and the model can be trained on", async () => {
  const model = tinyModel(data.vocabularies);
  let learnt: number[][] = [];
  const fail = () => {
    learnt = weightsOf(model);
    throw new Error("disk full");
  };
  const listeners = process.listenerCount("SIGINT");
  await assert.rejects(train(model, data, { ...options, onEpochEnd: fail }), /disk full/);
  assert.equal(process.listenerCount("SIGINT"), listeners);
  assert.deepEqual(weightsOf(model), learnt);
  assert.equal((await train(model, data, { ...options, resume: true })).history.length, 2);
});

test("a loss that is no number any more ends the training with the reason", async () => {
  const model = tinyModel(data.vocabularies);
  await assert.rejects(
    train(model, data, { ...options, learningRate: 1e30 }),
    /the loss is NaN after \d+ steps: .* learningRate below 1e\+30/,
  );
});

test("progress is told the end of a training that fails", async () => {
  const ends: TrainingResult[] = [];
  const progress = { step() {}, epoch() {}, end: (result: TrainingResult) => ends.push(result) };
  const model = tinyModel(data.vocabularies);
  await assert.rejects(train(model, data, { ...options, learningRate: 1e30, progress }));
  assert.deepEqual(
    ends.map(({ failed }) => failed),
    [true],
  );
  await train(tinyModel(data.vocabularies), data, { ...options, progress });
  assert.equal(ends[1].failed, undefined);
});

test("resume without an earlier training is refused", async () => {
  const model = tinyModel(data.vocabularies);
  await assert.rejects(
    train(model, data, { ...options, resume: true }),
    /resume is true, but the model has no optimizer/,
  );
});

test("each step reports where the training is", async () => {
  const { steps } = await trainUntil(99, () => {});
  assert.equal(steps.length, 15);
  const { loss, accuracy, stepLoss, tokensPerSecond, secondsLeft, ...place } = steps[6];
  assert.deepEqual(place, { epoch: 2, epochs: 3, batch: 2, batches: 5 });
  assert.ok(Math.abs(loss - (steps[5].stepLoss + stepLoss) / 2) < 1e-6);
  assert.ok(accuracy >= 0 && accuracy <= 1);
  assert.ok(tokensPerSecond > 0 && secondsLeft > 0);
  assert.equal(steps[14].secondsLeft, 0);
});
