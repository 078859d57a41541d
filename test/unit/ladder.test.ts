import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  climbLadder,
  decoderOf,
  drawLetters,
  type LadderJob,
  ladderRecipe,
  type LadderResult,
  newRung,
} from "attention-lab";

describe("rows of letters", () => {
  const rows = (order: "kept" | "reversed") =>
    drawLetters({ count: 300, order, shortest: 2, longest: 5, seed: 1 });

  test("are written in capitals, in the order asked for, and the alignment says from where", () => {
    for (const order of ["kept", "reversed"] as const) {
      for (const { source, target, alignment } of rows(order)) {
        const letters = order === "kept" ? [...source] : [...source].reverse();
        assert.equal(target, letters.join("").toUpperCase());
        assert.equal(alignment.map((j) => source[j]).join(""), target.toLowerCase());
        assert.equal(new Set(source).size, source.length, "no letter twice");
      }
    }
  });

  test("have all the lengths asked for, and follow from the seed", () => {
    const lengths = new Set(rows("kept").map(({ source }) => source.length));
    assert.deepEqual([...lengths].sort(), [2, 3, 4, 5]);
    assert.deepEqual(rows("kept"), rows("kept"));
    const other = drawLetters({ count: 300, order: "kept", shortest: 2, longest: 5, seed: 2 });
    assert.notDeepEqual(rows("kept"), other);
  });

  test("of impossible lengths are refused", () => {
    const draw = (longest: number) => () =>
      drawLetters({ count: 1, order: "kept", shortest: 1, longest, seed: 1 });
    for (const longest of [0, 27, 2.5]) {
      assert.throws(draw(longest), new RegExp(`longest is ${longest};.*1 to 26`));
    }
  });
});

describe("the ladder", () => {
  const jobs: LadderJob[] = [
    { attention: "uniform", order: "reversed", seed: 1, steps: 8 },
    { attention: "multiHead", order: "reversed", seed: 1, steps: 8 },
    { attention: "localMonotonic", order: "kept", seed: 1, steps: 8 },
    { attention: "additive", order: "kept", seed: 1, steps: 8, frozen: true },
  ];

  test("measures what it trains, by length, and gives the same twice", async () => {
    const results = await climbLadder(jobs, { processes: 2 });
    const [uniform, multiHead, monotonic, frozen] = results;
    for (const { byLength, loss, example } of results) {
      assert.deepEqual(
        byLength.map(({ length }) => length),
        ladderRecipe.lengths,
      );
      assert.ok(loss > 2 && loss < 3.5, `a loss near ln 30 after eight steps: ${loss}`);
      assert.equal(example.weights.length, example.target.length);
      for (const row of example.weights) assert.equal(row.length, example.source.length);
    }
    // Even weights put 1/n on the right letter, and 3/n beside it, less at the ends.
    uniform.byLength.forEach(({ length, onIt, nearIt }) => {
      assert.ok(Math.abs(onIt - 1 / length) < 1e-6);
      assert.ok(Math.abs(nearIt - (3 * length - 2) / length ** 2) < 1e-6);
    });
    // The window goes along with the letters, and reaches further than one to each side.
    for (const { nearIt } of monotonic.byLength) assert.ok(nearIt > 0.3 && nearIt < 0.9);
    const { heads, weights } = multiHead.example;
    assert.equal(heads!.length, ladderRecipe.heads);
    weights.forEach((row, i) =>
      row.forEach((weight, j) => {
        const mean = heads!.reduce((sum, head) => sum + head[i][j], 0) / heads!.length;
        assert.ok(Math.abs(weight - mean) < 1e-6, "the map is the heads' mean");
      }),
    );
    const own = decoderOf(newRung(jobs[3]).model).attention!.countParams();
    assert.ok(own > 0);
    assert.equal(frozen.parameters - frozen.trained, own);
    assert.equal(uniform.parameters, uniform.trained);

    const [again]: LadderResult[] = await climbLadder([jobs[1]]);
    assert.deepEqual({ ...again, seconds: 0 }, { ...multiHead, seconds: 0 });
  });

  test("a wider rung has more parameters", () => {
    const size = (hiddenDim?: number) =>
      newRung({ attention: "none", order: "kept", seed: 1, hiddenDim }).model.countParams();
    assert.ok(size(ladderRecipe.hiddenDim + 1) > size());
  });
});
