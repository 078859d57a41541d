import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { costKinds, crossingOf, fitExponent, measureCost } from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import { assertClose } from "./layer-helpers";

const x = [10, 20, 40, 80];

describe("fitExponent", () => {
  it("finds the exponent of a power law, and the steepness of a crooked one", () => {
    assertClose(fitExponent(x, x.map((n) => 3 * n ** 1.7)), 1.7, 1e-9); // prettier-ignore
    assertClose(fitExponent([1, 10, 100], [1, 20, 100]), 1, 1e-9);
  });

  it("refuses what has no logarithm, and what is no curve", () => {
    assert.throws(() => fitExponent([1, 2], [0, 1]), /above 0/);
    assert.throws(() => fitExponent([1], [1]), /at least two/);
  });
});

describe("crossingOf", () => {
  it("finds where two power laws cross, between the points", () => {
    const line = x.map((n) => 30 * n);
    assertClose(crossingOf(x, line, x.map((n) => n * n))!, 30, 1e-9); // prettier-ignore
    assert.equal(crossingOf(x, line, x.map((n) => 2 * n)), undefined); // prettier-ignore
    assertClose(crossingOf(x, line, [300, 900, 900, 900])!, 30, 1e-9);
  });
});

describe("measureCost", () => {
  it("counts bytes and operations exactly, and leaves no tensors behind", async () => {
    const options = { lengths: [8, 16], width: 8, heads: 2, repeats: 1 };
    await measureCost("GRU", options);
    const before = tf.memory().numTensors;
    for (const kind of costKinds) {
      const first = await measureCost(kind, options);
      const again = await measureCost(kind, options);
      for (const [i, cost] of first.entries()) {
        assert.equal(cost.length, options.lengths[i]);
        assert.ok(cost.forward > 0 && cost.training > 0, "time has passed");
        assert.equal(cost.peakBytes, again[i].peakBytes);
        assert.equal(cost.operations, again[i].operations);
      }
      const [short, long] = first;
      assert.ok(long.peakBytes > short.peakBytes, `${kind}: more bytes for more positions`);
      if (kind === "self-attention") assert.equal(long.operations, short.operations);
      else assert.ok(long.operations > 1.8 * short.operations, `${kind}: steps after steps`);
    }
    assert.equal(tf.memory().numTensors, before);
  });

  it("finds at least the scores of all heads in self-attention's bytes", async () => {
    const [{ peakBytes }] = await measureCost("self-attention", { lengths: [64], width: 8, heads: 2, repeats: 1 }); // prettier-ignore
    assert.ok(peakBytes > 2 * 64 * 64 * 4);
  });
});
