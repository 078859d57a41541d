import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import * as tf from "@tensorflow/tfjs-node";
import { matrix } from "mathjs";
import type * as Compare from "../../src/dist/exercises/compare";
import type * as Judge from "../../src/dist/exercises/exercise";
import type { Check, Exercise } from "../../src/dist/exercises/exercise";
import type * as Grade from "../../src/dist/exercises/grade";

const built = (name: string): unknown =>
  require(path.join(path.dirname(require.resolve("attention-lab")), "exercises", name)); // eslint-disable-line @typescript-eslint/no-require-imports
const { close, finite } = built("compare") as typeof Compare;
const { judge } = built("exercise") as typeof Judge;
const { exercises, grade, textOf } = built("grade") as typeof Grade;

const check = (holds: Check<number>["holds"], points = 1): Check<number> => ({
  claim: "it holds",
  points,
  holds,
});

function exerciseOf(
  checks: Check<number>[],
  mistakes: Exercise<number>["mistakes"] = [],
): Exercise<number> {
  return { id: "0.1", checks, mistakes };
}

const fails = () => {
  throw new Error("there is no answer yet");
};

describe("judging an answer", () => {
  it("tries every check, whatever came of those before it, and adds up the points that held", async () => {
    const verdict = await judge(
      exerciseOf([
        check(() => false, 1),
        check(fails, 2),
        check((answer) => answer === 7, 4),
        check(() => Promise.resolve(true), 8),
        check(() => Promise.reject(new Error("late")), 16),
      ]),
      7,
    );
    assert.deepEqual(
      verdict.outcomes.map(({ holds }) => holds),
      [false, false, true, true, false],
    );
    assert.equal(verdict.points, 12);
    assert.equal(verdict.outOf, 31);
    assert.equal(verdict.outcomes[1].error?.message, "there is no answer yet");
    assert.equal(verdict.outcomes[4].error?.message, "late");
  });

  it("takes nothing but true for holding, and what is thrown for an Error", async () => {
    const almost = [1, "yes", {}, undefined, NaN].map((value) => check(() => value as boolean));
    assert.equal((await judge(exerciseOf(almost), 7)).points, 0);
    const thrown = check(() => Promise.reject("a text" as unknown as Error));
    const { outcomes } = await judge(exerciseOf([thrown]), 7);
    assert.equal(outcomes[0].error?.message, "a text");
  });

  it("gives the hint of the first mistake that is seen; an Error counts as not seen", async () => {
    const mistakes = [
      { seen: fails, hint: "an error" },
      { seen: () => false, hint: "not seen" },
      { seen: () => Promise.resolve(true), hint: "seen" },
      { seen: () => true, hint: "too late" },
    ];
    assert.equal((await judge(exerciseOf([check(() => false)], mistakes), 7)).hint, "seen");
    assert.equal((await judge(exerciseOf([check(() => true)], mistakes), 7)).hint, undefined);
    assert.equal(
      (await judge(exerciseOf([check(fails)], mistakes.slice(0, 2)), 7)).hint,
      undefined,
    );
  });

  it("gives answers copies, so that one that changes its arguments changes no later check", async () => {
    const inputs = { rows: [[3, 4]], tensor: tf.scalar(1), other: () => 1 };
    type Answer = (row: number[], all: typeof inputs) => number;
    const answer: Answer = (row, all) => {
      row[0] = all.rows[0][0] = 0;
      all.rows.pop();
      return row.length + all.tensor.rank + all.other();
    };
    const row = [1, 2];
    const { points } = await judge<Answer>(
      {
        id: "0.1",
        checks: [{ claim: "", points: 1, holds: (answer) => answer(row, inputs) === 3 }],
        mistakes: [],
      },
      answer,
    );
    assert.equal(points, 1);
    assert.deepEqual([row, inputs.rows], [[1, 2], [[3, 4]]]);
    inputs.tensor.dispose();
  });

  it("leaves no tensors behind, also where it had to wait or to stop", async () => {
    const before = tf.memory().numTensors;
    const answer = (tensor: tf.Tensor) => tensor.mul(2);
    const { points } = await judge<typeof answer>(
      {
        id: "0.1",
        checks: [
          {
            claim: "now",
            points: 1,
            holds: (answer) => close(answer(tf.tensor1d([1, 2])), [2, 4]),
          },
          {
            claim: "later",
            points: 1,
            holds: async (answer) => {
              const [given] = await Promise.resolve([answer(tf.ones([2, 2]))]);
              await new Promise(setImmediate);
              return close(given.add(0), [
                [2, 2],
                [2, 2],
              ]);
            },
          },
          {
            claim: "never",
            points: 1,
            holds: async (answer) => {
              answer(tf.ones([3]));
              await Promise.resolve();
              return fails();
            },
          },
        ],
        mistakes: [{ seen: (answer) => answer(tf.scalar(1)).rank === 1, hint: "no" }],
      },
      answer,
    );
    assert.equal(points, 2);
    assert.equal(tf.memory().numTensors, before);
  });
});

describe("comparing numbers", () => {
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
  ];

  it("takes lists, typed arrays, mathjs matrices and tensors", () => {
    const tensor = tf.tensor2d(rows);
    assert.ok(close(rows, rows));
    assert.ok(close(matrix(rows), rows));
    assert.ok(close(tensor, rows));
    assert.ok(close(rows, tensor));
    assert.ok(close([new Float32Array([1, 2, 3]), [4, 5, 6]], rows));
    assert.ok(
      close(
        tf.tidy(() => tf.scalar(3).arraySync()),
        3,
      ),
    );
    tensor.dispose();
    const three = tf.scalar(3);
    assert.ok(close(three, 3));
    three.dispose();
  });

  it("sees other numbers, beyond the tolerance only", () => {
    assert.ok(!close([1, 2.1], [1, 2]));
    assert.ok(close([1, 2.1], [1, 2], 0.11));
    assert.ok(!close([NaN, 2], [1, 2]));
    assert.ok(!close([1, 2], [NaN, 2]));
    assert.ok(!close([Infinity], [1]));
  });

  it("sees another shape, also where rows differ in length", () => {
    assert.ok(!close([1, 2, 3], [1, 2]));
    assert.ok(!close([1], [1, 2]));
    assert.ok(!close([[1, 2, 3], [4]], rows));
    assert.ok(!close([[1, 2]], [1, 2]));
    assert.ok(!close([1, 2], [[1, 2]]));
    assert.ok(!close(1, [1]));
    assert.ok(!close([1], 1));
  });

  it("takes nothing else for numbers", () => {
    for (const odd of [undefined, null, "1", ["1", "2"], {}, () => 1, Promise.resolve([1, 2])]) {
      assert.ok(!close(odd, [1, 2]));
      assert.ok(!finite(odd));
    }
  });

  it("says whether all numbers are finite, and that there are some", () => {
    assert.ok(finite(rows));
    assert.ok(finite(tf.tidy(() => tf.ones([2]).arraySync())));
    for (const bad of [[], [[]], [1, NaN], [[1], [Infinity]], NaN]) assert.ok(!finite(bad));
  });
});

describe("grading", () => {
  it("knows its exercises, and says which there are where one is unknown", async () => {
    await assert.rejects(grade("99.9", 0), /there is no exercise "99\.9"; there are 1\.1, 1\.2/);
  });

  it("tells the same Error once", () => {
    const error = new Error("no answer");
    const outcomes = ["one", "two"].map((claim) => ({ claim, points: 1, holds: false, error }));
    assert.equal(
      textOf({ exercise: "2.1", outcomes, points: 0, outOf: 2 }),
      "Exercise 2.1: 0 of 2 points\n✗ one\n  (no answer)\n✗ two",
    );
  });

  it("says what holds, what does not and why, and the hint", () => {
    const text = textOf({
      exercise: "2.1",
      outcomes: [
        { claim: "rows sum to 1", points: 1, holds: true },
        { claim: "it is softmax", points: 2, holds: false },
        { claim: "nothing overflows", points: 1, holds: false, error: new Error("no answer") },
      ],
      points: 1,
      outOf: 4,
      hint: "Look at the sum.",
    });
    assert.equal(
      text,
      "Exercise 2.1: 1 of 4 points\n✓ rows sum to 1\n✗ it is softmax\n" +
        "✗ nothing overflows\n  (no answer)\nHint: Look at the sum.",
    );
  });
});

interface Cell {
  source: string[];
  metadata: { nbgrader: { grade_id: string; points?: number } };
}

const folder = path.join(__dirname, "../../notebooks/exercises/source");
const chapters = fs.readdirSync(folder).filter((name) => /^\d/.test(name));

/** Exercise → points, as a chapter's source notebook has them. */
function inNotebook(chapter: string): Map<string, number> {
  const file = path.join(folder, chapter, `${chapter}.ipynb`);
  const { cells } = JSON.parse(fs.readFileSync(file, "utf8")) as { cells: Cell[] };
  const found = new Map<string, number>();
  for (const { source, metadata } of cells) {
    const { grade_id: id, points } = metadata.nbgrader;
    const number = /^grade-(\d+)-(\d+)$/.exec(id);
    if (!number) continue;
    const name = `${number[1]}.${number[2]}`;
    assert.ok(source.join("").includes(`await grade("${name}", `), `${chapter}: ${id}`);
    found.set(name, points!);
  }
  return found;
}

describe("the exercises", () => {
  const chapterOf = (id: string) => id.split(".")[0];

  it("have ids of their own, points above 0, and hints of their own", () => {
    const ids = exercises.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { id, checks, mistakes } of exercises) {
      assert.match(id, /^\d+\.[1-6]$/);
      assert.ok(checks.every(({ points }) => Number.isInteger(points) && points > 0));
      assert.equal(new Set(mistakes.map(({ hint }) => hint)).size, mistakes.length, id);
      assert.ok(mistakes.length >= 3, `${id} has ${mistakes.length} hints`);
    }
  });

  for (const chapter of chapters) {
    it(`${chapter}: three to six, the same in the notebook and in the code, with the same points`, () => {
      const number = chapter.split("-")[0];
      const here = exercises.filter(({ id }) => chapterOf(id) === number);
      assert.ok(here.length >= 3 && here.length <= 6, `${here.length} exercises`);
      const points = here.map(({ id, checks }): [string, number] => [
        id,
        checks.reduce((sum, c) => sum + c.points, 0),
      ]);
      assert.deepEqual([...inNotebook(chapter)], points);
    });
  }

  it("belong to chapters that have a notebook", () => {
    const numbers = new Set(chapters.map((name) => name.split("-")[0]));
    for (const { id } of exercises) assert.ok(numbers.has(chapterOf(id)), id);
  });

  const text = (value: unknown) => JSON.stringify(value) ?? "undefined";
  /** What nobody has thought about; functions give it whatever they are asked. */
  const empty = [[], [[]], {}, 0, "", undefined, true, false];
  const thoughtless: [string, unknown][] = [
    ...empty.map((value): [string, unknown] => [text(value), value]),
    ...empty.map((value): [string, unknown] => [`() => ${text(value)}`, () => value]),
    ["(x) => x", (x: unknown) => x],
    ["(x) => [x]", (x: unknown) => [x]],
  ];

  for (const exercise of exercises) {
    it(`${exercise.id}: answers without a thought earn nothing`, async () => {
      for (const [name, answer] of thoughtless) {
        const { points } = await judge(exercise as Exercise<unknown>, answer);
        assert.equal(points, 0, name);
      }
    });
  }
});
