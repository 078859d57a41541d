import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "../../bench/plan.mjs";
import { bench } from "../../bench/run.mjs";
import { entries } from "../../bench/systems.mjs";
import { quantile } from "../../bench/statistics.mjs";
import { table } from "../../bench/table.mjs";

test("quantile: between two numbers it takes a mean of the two", () => {
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(quantile([10, 0], 0.1), 1);
  assert.equal(quantile([7], 0.9), 7);
});

const tiny: Plan = {
  models: {
    tiny: {
      sourceVocab: 12,
      targetVocab: 9,
      embeddingDim: 4,
      hiddenDim: 5,
      dropout: 0.1,
      sourceTime: 6,
      targetTime: 4,
    },
  },
  cells: [{ model: "tiny", batch: 8, decode: true }],
  steps: 3,
  warmUp: 1,
  rounds: 2,
  decode: [{ batch: 4, repeats: 2 }],
};

test(
  "bench: a run without peers has a row for each of our systems",
  { timeout: 60_000 },
  async () => {
    const ours = entries({ quick: true, python: false, peers: false });
    const result = await bench(tiny, ours);

    const names = ours.map(({ system, variant }) => `${system} ${variant}`);
    assert.deepEqual(names, [...new Set(names)]);
    assert.deepEqual(
      result.rows.map(({ system, variant }) => `${system} ${variant}`),
      names,
    );
    for (const row of [...result.rows, ...result.decode]) {
      assert.equal(row.model, "tiny");
      assert.ok(0 < row.p10Ms && row.p10Ms <= row.medianMs && row.medianMs <= row.p90Ms);
      assert.equal(row.ratioToKeras, undefined);
    }
    // A step is counted once, and a sequence once.
    const [decoding] = result.decode;
    assert.ok(Math.abs(decoding.perSecond * decoding.medianMs - 4 * 1000) < decoding.medianMs);
    // Embeddings 48 + 36, GRUs 3·5·(4 + 5 + 1) + 3·5·(9 + 5 + 1), Dense 30, attention 25 + 30 + 5,
    // Dense 54; a reset-after GRU has 15 more.
    assert.deepEqual(result.models.tiny.parameters, { "reset-before": 603, "reset-after": 633 });
    assert.ok(result.machine.cores >= 1 && result.machine.cpu.length > 0);
    assert.deepEqual(result.timeTo99, []);
    assert.match(table(result), /Training step, tiny, batch 8\n +system +variant +median ms/);
  },
);
