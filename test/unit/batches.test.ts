import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import {
  batchOrder,
  encodePairs,
  type EncodedPair,
  END,
  PAD,
  Random,
  splitPairs,
  START,
  teacherForcing,
  UNKNOWN,
  vocabulariesOf,
} from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import type * as Batches from "../../src/dist/seq2seq/batches";

const pairs = [
  { source: "ab", target: "X" },
  { source: "b", target: "YX" },
];

test("pairs become ids of the two vocabularies, unknown characters UNKNOWN", () => {
  const vocabularies = vocabulariesOf(pairs);
  assert.deepEqual(encodePairs([...pairs, { source: "az", target: "" }], vocabularies), [
    { source: [4, 5], target: [4] },
    { source: [5], target: [5, 4] },
    { source: [4, UNKNOWN], target: [] },
  ]);
});

test("no pairs, and a pair with an empty source, are refused with the place", () => {
  const vocabularies = vocabulariesOf(pairs);
  assert.throws(() => encodePairs([], vocabularies), /encodePairs: pairs is empty/);
  assert.throws(
    () => encodePairs([...pairs, { source: "", target: "X" }], vocabularies),
    /the source of pairs\[2\] is empty/,
  );
});

test("a target with an unknown character is refused, but where it is held out", () => {
  const vocabularies = vocabulariesOf(pairs);
  const strange = [...pairs, { source: "a", target: "XZ" }];
  assert.throws(() => encodePairs(strange, vocabularies), /target of pairs\[2\], "XZ", has "Z"/);
  assert.deepEqual(encodePairs(strange, vocabularies, { heldOut: true })[2].target, [4, UNKNOWN]);
});

test("teacher forcing: the decoder reads START and the target, and has to say target and END", () => {
  tf.tidy(() => {
    const { xs, ys } = teacherForcing(encodePairs(pairs, vocabulariesOf(pairs)));
    assert.deepEqual(xs[0].arraySync(), [
      [4, 5],
      [5, PAD],
    ]);
    assert.deepEqual(xs[1].arraySync(), [
      [START, 4, PAD],
      [START, 5, 4],
    ]);
    const [tokens, weights] = tf.unstack(ys, 2);
    assert.deepEqual(tokens.arraySync(), [
      [4, END, PAD],
      [5, 4, END],
    ]);
    // 5 tokens in 2 rows: each weighs 1 / 2.5.
    const weight = Math.fround(1 / 2.5);
    assert.deepEqual(weights.arraySync(), [
      [weight, weight, 0],
      [weight, weight, weight],
    ]);
  });
});

function pairsOfLengths(count: number): EncodedPair[] {
  const random = new Random(3);
  return Array.from({ length: count }, () => ({
    source: Array<number>(random.integer(1, 30)).fill(4),
    target: [4],
  }));
}

test("an epoch's batches hold every pair once, in an order set by seed and epoch", () => {
  const encoded = pairsOfLengths(1003);
  const order = batchOrder(encoded, { batchSize: 10, seed: 1, epoch: 0 });
  assert.equal(order.length, 101);
  assert.equal(order.filter((batch) => batch.length === 10).length, 100);
  assert.deepEqual(
    order.flat().sort((a, b) => a - b),
    [...encoded.keys()],
  );
  assert.deepEqual(batchOrder(encoded, { batchSize: 10, seed: 1, epoch: 0 }), order);
  assert.notDeepEqual(batchOrder(encoded, { batchSize: 10, seed: 1, epoch: 1 }), order);
  assert.notDeepEqual(batchOrder(encoded, { batchSize: 10, seed: 2, epoch: 0 }), order);
});

test("a batch size that would never come to an end is refused", () => {
  for (const batchSize of [0, -1, NaN, 1.5]) {
    assert.throws(
      () => batchOrder(pairsOfLengths(3), { batchSize, seed: 1, epoch: 0 }),
      new RegExp(`batchOrder: batchSize is ${batchSize}; give a whole number of at least 1`),
    );
  }
});

test("short and long batches come mixed, not all short ones first", () => {
  const encoded = pairsOfLengths(400);
  const batches = batchOrder(encoded, { batchSize: 10, seed: 1, epoch: 0 }); // one window
  const lengths = batches.map((batch) => encoded[batch[0]].source.length);
  const falls = lengths.filter((length, i) => i > 0 && length < lengths[i - 1]).length;
  assert.ok(falls > 10 && falls < 30, `${lengths}`);
});

test("texts of like length go together: less than half of the padding of a plain shuffle", () => {
  const encoded = pairsOfLengths(2000);
  const padding = (batches: number[][]) =>
    batches.reduce((sum, batch) => {
      const lengths = batch.map((index) => encoded[index].source.length);
      return sum + lengths.reduce((rest, length) => rest + Math.max(...lengths) - length, 0);
    }, 0);
  const shuffled = new Random(1).shuffle([...encoded.keys()]);
  const plain = Array.from({ length: 125 }, (_, i) => shuffled.slice(16 * i, 16 * (i + 1)));
  const ours = batchOrder(encoded, { batchSize: 16, seed: 1, epoch: 0 });
  assert.ok(padding(ours) < padding(plain) / 2, `${padding(ours)} and ${padding(plain)}`);
  const off = batchOrder(encoded, { batchSize: 16, seed: 1, epoch: 0, bucketing: false });
  assert.ok(padding(off) > 0.9 * padding(plain), `${padding(off)} and ${padding(plain)}`);
});

test("splitPairs: no source stands in two sets, even where it has many targets", () => {
  const many = Array.from({ length: 300 }, (_, i) => ({ source: `s${i % 60}`, target: `t${i}` }));
  const split = splitPairs(many, { seed: 1, validation: 0.1, test: 0.2 });
  const [train, validation, held] = [split.train, split.validation, split.test].map(
    (set) => new Set(set.map((pair) => pair.source)),
  );
  assert.deepEqual([train.size, validation.size, held.size], [42, 6, 12]);
  assert.equal(new Set([...train, ...validation, ...held]).size, 60, "no source in two sets");
  assert.equal(split.train.length + split.validation.length + split.test.length, 300);
  assert.deepEqual(splitPairs(many, { seed: 1, validation: 0.1, test: 0.2 }), split);
  assert.notDeepEqual(splitPairs(many, { seed: 2, validation: 0.1, test: 0.2 }), split);
});

test("splitPairs: with disjointTargets no target stands in two sets, nor what links lead to", () => {
  // Groups of three sources that a chain of targets links: s0–t0–s1–t1–s2.
  const chained = Array.from({ length: 100 }, (_, i) => [
    { source: `${i} a`, target: `${i} x` },
    { source: `${i} b`, target: `${i} x` },
    { source: `${i} b`, target: `${i} y` },
    { source: `${i} c`, target: `${i} y` },
  ]).flat();
  const giant = Array.from({ length: 200 }, (_, i) => ({ source: `g${i}`, target: "Yes." }));
  const many = [...chained, ...giant];
  const options = { seed: 1, validation: 0.06, test: 0.12, disjointTargets: true };
  const split = splitPairs(many, options);
  const sets = [split.train, split.validation, split.test];
  const groups = sets.map((set) => new Set(set.map(({ source }) => source.split(" ")[0])));
  assert.deepEqual(
    groups.map(({ size }) => size),
    [270, 10, 20],
    "the shares of 500 sources",
  );
  assert.equal(new Set(groups.flatMap((group) => [...group])).size, 300, "no group in two sets");
  assert.equal(sets.flat().length, many.length);
  assert.ok(
    giant.every((pair) => split.train.includes(pair)),
    "too large for a set",
  );
  assert.deepEqual(splitPairs(many, options), split);
  assert.notDeepEqual(splitPairs(many, { ...options, seed: 2 }), split);
  assert.throws(() => splitPairs(giant, options), /each group of sources .* larger than the 24/);
  assert.equal(splitPairs(giant, { seed: 1 }).test.length, 20, "not without the option");
});

test("splitPairs: too few sources are refused", () => {
  const two = [
    { source: "a", target: "A" },
    { source: "a", target: "B" },
    { source: "b", target: "B" },
  ];
  assert.throws(() => splitPairs(two, { seed: 1 }), /2 different sources are too few/);
});

test("measuring takes fewer rows together the longer the targets and the larger the vocabulary", async () => {
  const file = join(dirname(require.resolve("attention-lab")), "seq2seq", "batches.js");
  const { measuringBatches, rowsInMemory } = (await import(file)) as typeof Batches;
  const shapes = async (rows: EncodedPair[], vocabulary: number) => {
    const found: number[][] = [];
    for await (const { xs, ys } of measuringBatches(rows, vocabulary)) {
      found.push(xs[1].shape);
      tf.dispose([...xs, ys]);
    }
    return found;
  };
  const long = (source: number, target: number, count: number): EncodedPair[] =>
    Array.from({ length: count }, () => ({
      source: Array<number>(source).fill(4),
      target: Array<number>(target).fill(4),
    }));
  assert.deepEqual(
    (await shapes(long(3, 10, 600), 15)).map(([rows]) => rows),
    [256, 256, 88],
  );
  const mixed = [...long(9, 39, 100), ...long(3, 9, 100)];
  const cut = await shapes(mixed, 30_000);
  assert.equal(
    cut.reduce((sum, [rows]) => sum + rows, 0),
    200,
    "every pair once",
  );
  for (const [rows, time] of cut) assert.ok(rows * time * 30_000 <= 16e6, `${rows} × ${time}`);
  assert.ok(cut.length < 14, `${cut.length} batches: they are filled`);
  assert.equal((await shapes(long(3, 9, 2), 16e6)).length, 2, "one row at the least");
  assert.deepEqual([rowsInMemory(1), rowsInMemory(20 * 30_000), rowsInMemory(1e9)], [256, 26, 1]);
});
