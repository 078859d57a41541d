import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  additiveScores,
  articleDotProductScores,
  articleWeightedSumScores,
  attention,
  dotProductScores,
  generalScores,
  type Numbers,
  Random,
  scaledDotProductScores,
  softmax,
  weightedSum,
} from "attention-lab";
import { isMatrix, type Matrix, matrix, sparse } from "mathjs";

const TOLERANCE = 1e-12;

/** Asserts equal shapes, and entries that differ by no more than the tolerance. */
function close(actual: Numbers, expected: number[] | number[][], tolerance = TOLERANCE): void {
  const plain = isMatrix(actual) ? (actual as Matrix).toArray() : actual;
  assert.deepEqual(sizes(plain), sizes(expected));
  const flat = expected.flat();
  (plain as number[]).flat().forEach((value, i) => {
    assert.ok(Math.abs(value - flat[i]) <= tolerance, `${value} is not ${flat[i]} (entry ${i})`);
  });
}

function sizes(value: unknown): unknown {
  return Array.isArray(value) ? value.map(sizes) : 0;
}

function randomRows(random: Random, m: number, n: number): number[][] {
  return Array.from({ length: m }, () => Array.from({ length: n }, () => 4 * random.next() - 2));
}

const QUERIES = [
  [1, 2],
  [0, -1],
];
const KEYS = [
  [3, 1],
  [0, 2],
  [-1, 0],
];
const VALUES = [
  [1, 0, 0],
  [0, 10, 0],
  [0, 0, 100],
];

describe("scores", () => {
  it("dot products, computed by hand", () => {
    close(dotProductScores(QUERIES, KEYS), [
      [5, 4, -1],
      [-1, -2, 0],
    ]);
  });

  it("scaled dot products are dot products over √d", () => {
    const query = [1, 1, 1, 1];
    close(scaledDotProductScores(query, [[2, 4, 6, 8]]), [20 / 2]);
    close(scaledDotProductScores([3], [[5]]), [15]);
  });

  it("additive scores, computed by hand", () => {
    const W1 = [[1], [0]];
    const W2 = [[0], [1]];
    close(additiveScores(QUERIES, KEYS, { W1, W2, v: [2] }), [
      [2 * Math.tanh(1 + 1), 2 * Math.tanh(1 + 2), 2 * Math.tanh(1 + 0)],
      [2 * Math.tanh(0 + 1), 2 * Math.tanh(0 + 2), 2 * Math.tanh(0 + 0)],
    ]);
  });

  it("additive scores take queries and keys of different widths and sum over the units", () => {
    const parameters = { W1: [[1, -1]], W2: [[0, 1], [0, 0], [1, 0]], v: [1, 3] }; // prettier-ignore
    close(additiveScores([0.5], [[1, 9, 2]], parameters), [
      Math.tanh(0.5 + 2) + 3 * Math.tanh(-0.5 + 1),
    ]);
  });

  it("general scores with the identity are dot products; W reads query rows, key columns", () => {
    const identity = [
      [1, 0],
      [0, 1],
    ];
    close(generalScores(QUERIES, KEYS, identity), dotProductScores(QUERIES, KEYS));
    const W = [
      [0, 1],
      [0, 0],
    ]; // q_0 · k_1
    close(generalScores(QUERIES, KEYS, W), [
      [1, 2, 0],
      [0, 0, 0],
    ]);
  });
});

describe("softmax", () => {
  it("gives known weights", () => {
    close(softmax([0, 0, 0, 0]), [0.25, 0.25, 0.25, 0.25]);
    close(softmax([Math.log(1), Math.log(2), Math.log(5)]), [1 / 8, 2 / 8, 5 / 8]);
  });

  it("works row by row: a row does not depend on its neighbours", () => {
    const random = new Random(1);
    const scores = randomRows(random, 5, 4);
    const weights = softmax(scores);
    scores.forEach((row, i) => {
      close(weights[i], softmax(row));
      assert.ok(Math.abs(weights[i].reduce((a, b) => a + b) - 1) < TOLERANCE);
      assert.ok(weights[i].every((weight) => weight > 0));
    });
  });

  it("does not change when a constant is added to a row", () => {
    const scores = [0.3, -1.2, 2.5];
    close(softmax(scores.map((score) => score + 123)), softmax(scores), 1e-12);
  });

  it("does not overflow or underflow to 0/0", () => {
    close(softmax([1000, 1000]), [0.5, 0.5]);
    close(softmax([1000, 0]), [1, 0]);
    close(softmax([-1000, -1000]), [0.5, 0.5]);
    close(softmax([1e308, -1e308]), [1, 0]);
  });

  it("masks keys out, for all rows or for each row, however large their score", () => {
    const scores = [
      [0, 5000, 0],
      [1, 1, 1],
    ];
    close(softmax(scores, { mask: [true, false, true] }), [
      [0.5, 0, 0.5],
      [0.5, 0, 0.5],
    ]);
    const causal = [
      [true, false, false],
      [true, true, false],
    ];
    close(softmax(scores, { mask: causal }), [
      [1, 0, 0],
      [0.5, 0.5, 0],
    ]);
    close(softmax([1, 2], { mask: [false, true] }), [0, 1]);
  });

  it("divides the scores by the temperature", () => {
    close(softmax([0, 2 * Math.log(3)], { temperature: 2 }), [0.25, 0.75]);
    close(softmax([1, 2], { temperature: 1e-3 }), [0, 1]);
    close(softmax([1, 2], { temperature: 1e9 }), [0.5, 0.5], 1e-9);
  });
});

describe("weightedSum", () => {
  it("mixes the values, computed by hand", () => {
    close(weightedSum([0.5, 0.25, 0.25], VALUES), [0.5, 2.5, 25]);
    close(
      weightedSum(
        [
          [0, 1, 0],
          [1, 0, 1],
        ],
        VALUES,
      ),
      [
        [0, 10, 0],
        [1, 0, 100],
      ],
    );
  });
});

describe("attention", () => {
  it("returns its three steps", () => {
    const steps = attention(QUERIES, KEYS, VALUES);
    close(steps.scores, scaledDotProductScores(QUERIES, KEYS));
    close(steps.weights, softmax(steps.scores));
    close(steps.context, weightedSum(steps.weights, VALUES));
  });

  it("computes a whole example by hand", () => {
    // Scores ln 1, ln 1, ln 2 make weights 1/4, 1/4, 1/2.
    const steps = attention([1], [[0], [0], [Math.log(2)]], [[4], [8], [100]]);
    close(steps.weights, [0.25, 0.25, 0.5]);
    close(steps.context, [53]);
  });

  it("takes another score function, a mask and a temperature", () => {
    const W = [
      [0, 1],
      [0, 0],
    ];
    const steps = attention(QUERIES, KEYS, VALUES, {
      score: (queries, keys) => generalScores(queries, keys, W),
      mask: [true, true, false],
      temperature: 2,
    });
    close(steps.scores[0], [1, 2, 0]);
    close(steps.weights[0], softmax([0.5, 1]).concat(0));
    close(steps.weights[1], [0.5, 0.5, 0]);
  });

  it("follows its keys: permuting keys and values permutes weights and keeps the context", () => {
    const random = new Random(2);
    const queries = randomRows(random, 3, 4);
    const keys = randomRows(random, 5, 4);
    const values = randomRows(random, 5, 2);
    const order = random.shuffle([0, 1, 2, 3, 4]);
    const before = attention(queries, keys, values);
    const after = attention(
      queries,
      order.map((j) => keys[j]),
      order.map((j) => values[j]),
    );
    close(
      after.weights,
      before.weights.map((row) => order.map((j) => row[j])),
    );
    close(after.context, before.context);
    assert.notDeepEqual(after.weights, before.weights);
  });

  it("answers in the form of the queries: one or many, lists or a Matrix", () => {
    const { scores, context } = attention(QUERIES[0], KEYS, VALUES);
    close(scores, scaledDotProductScores(QUERIES, KEYS)[0]);
    assert.deepEqual(sizes(context), [0, 0, 0]);

    for (const many of [matrix(QUERIES), sparse(QUERIES)]) {
      const steps = attention(many, matrix(KEYS), VALUES);
      assert.ok(isMatrix(steps.scores) && isMatrix(steps.weights) && isMatrix(steps.context));
      assert.deepEqual(steps.context.size(), [2, 3]);
      close(steps.context, attention(QUERIES, KEYS, VALUES).context);
    }
    const one = attention(matrix(QUERIES[0]), KEYS, matrix(VALUES));
    assert.deepEqual(one.context.size(), [3]);
    close(attention(QUERIES, matrix(KEYS), VALUES).context, weightedSum(softmax(scaledDotProductScores(QUERIES, KEYS)), VALUES)); // prettier-ignore
  });

  it("does not change its arguments", () => {
    const copies = structuredClone([QUERIES, KEYS, VALUES]);
    attention(QUERIES, KEYS, VALUES, { mask: [true, false, true] });
    assert.deepEqual([QUERIES, KEYS, VALUES], copies);
  });
});

describe("the article's formulas, as printed", () => {
  it("the weighted sum gives vectors, where scores must be numbers", () => {
    const alpha = [
      [0.5, 0.5, 0],
      [0, 0, 1],
    ];
    close(articleWeightedSumScores(alpha, KEYS), [
      [1.5, 1.5],
      [-1, 0],
    ]);
  });

  it("the dot product gives one number for all positions, so the weights are uniform", () => {
    const scores = articleDotProductScores(matrix(KEYS), KEYS);
    close(scores, [15 / Math.SQRT2, 15 / Math.SQRT2, 15 / Math.SQRT2]);
    close(softmax(scores), [1 / 3, 1 / 3, 1 / 3]);
  });
});

describe("errors name the argument and both shapes, and say what to do", () => {
  const untyped = (value: unknown) => value as number[][];
  const cases: [string, () => unknown, string, RegExp][] = [
    [
      "queries and keys of different widths",
      () => dotProductScores([[1, 2, 3]], KEYS),
      "RangeError",
      /queries \[1, 3\] and keys \[3, 2\] do not fit.*use additiveScores or generalScores/,
    ],
    [
      "one query of another width",
      () => scaledDotProductScores([1, 2, 3], KEYS),
      "RangeError",
      /queries \[3\] and keys \[3, 2\] do not fit/,
    ],
    [
      "ragged keys",
      () => dotProductScores(QUERIES, [[1, 2], [3]]),
      "RangeError",
      /keys is ragged: row 0 is \[2\], but row 1 is \[1\].*equally long/,
    ],
    [
      "a number among rows",
      () => dotProductScores(QUERIES, untyped([[1, 2], 3])),
      "RangeError",
      /keys is ragged: row 0 is \[2\], but row 1 is a single number/,
    ],
    ["empty queries", () => dotProductScores([], KEYS), "RangeError", /queries is empty.*\[0\]/],
    ["empty rows", () => softmax([[], []]), "RangeError", /scores is empty.*\[2, 0\]/],
    [
      "NaN",
      () => weightedSum([[NaN, 1, 0]], VALUES),
      "RangeError",
      /weights\[0\]\[0\] is NaN.*finite/,
    ],
    ["infinity", () => softmax([1, Infinity]), "RangeError", /scores\[1\] is Infinity/],
    [
      "text",
      () => softmax(["1"] as unknown as number[]),
      "TypeError",
      /scores\[0\] is the text "1".*number/,
    ],
    ["nothing", () => softmax(untyped(undefined)), "TypeError", /scores is undefined.*list/],
    [
      "keys that are one vector",
      () => dotProductScores(QUERIES[0], untyped([1, 2])),
      "RangeError",
      /keys is a single vector \[2\].*Put it in a list: \[keys\]/,
    ],
    [
      "weights and values of different lengths",
      () => weightedSum([0.5, 0.5], VALUES),
      "RangeError",
      /weights \[2\] and values \[3, 3\] do not fit.*one weight for each value/,
    ],
    [
      "keys and values of different lengths",
      () => attention(QUERIES, KEYS, [[1]]),
      "RangeError",
      /keys \[3, 2\] and values \[1, 1\] do not fit/,
    ],
    [
      "a score function of the wrong shape",
      () => attention(QUERIES, KEYS, VALUES, { score: () => [[1]] }),
      "RangeError",
      /score gave \[1, 1\] for queries \[2, 2\] and keys \[3, 2\], but it must give \[2, 3\]/,
    ],
    [
      "W1 of the wrong shape",
      () => additiveScores(QUERIES, KEYS, { W1: [[1]], W2: [[1], [1]], v: [1] }),
      "RangeError",
      /W1 \[1, 1\] does not fit queries \[2, 2\]: W1 must be \[2, 1\]/,
    ],
    [
      "W2 of the wrong shape",
      () => additiveScores(QUERIES, KEYS, { W1: [[1], [1]], W2: [[1]], v: [1] }),
      "RangeError",
      /W2 \[1, 1\] does not fit keys \[3, 2\]: W2 must be \[2, 1\]/,
    ],
    [
      "v as rows",
      () => additiveScores(QUERIES, KEYS, { W1: [[1]], W2: [[1]], v: matrix([[1]]) }),
      "RangeError",
      /v is rows \[1, 1\]/,
    ],
    [
      "W of the wrong shape",
      () => generalScores(QUERIES, KEYS, [[1, 2, 3]]),
      "RangeError",
      /W \[1, 3\] does not fit queries \[2, 2\]: W must be \[2, 2\]/,
    ],
    [
      "a mask of the wrong length",
      () => softmax([1, 2, 3], { mask: [true, false] }),
      "RangeError",
      /mask \[2\] does not fit scores \[3\]/,
    ],
    [
      "a mask with too few rows",
      () => softmax(QUERIES, { mask: [[true, true]] }),
      "RangeError",
      /mask \[1, 2\] does not fit scores \[2, 2\]/,
    ],
    [
      "a mask of numbers",
      () => softmax([1, 2], { mask: [1, 0] as unknown as boolean[] }),
      "TypeError",
      /mask \[2\] holds 1.*true \(keep\)/,
    ],
    [
      "a mask with a hole",
      () => softmax([1, 2], { mask: [true, undefined] as unknown as boolean[] }),
      "TypeError",
      /mask \[2\] holds undefined.*true \(keep\)/,
    ],
    [
      "a row with all keys masked",
      () =>
        softmax(QUERIES, {
          mask: [
            [true, true],
            [false, false],
          ],
        }),
      "RangeError",
      /mask \[2, 2\] leaves out every key in row 1 of scores \[2, 2\]/,
    ],
    ["temperature 0", () => softmax([1], { temperature: 0 }), "RangeError", /temperature is 0/],
    ["temperature -1", () => softmax([1], { temperature: -1 }), "RangeError", /temperature is -1/],
    [
      "temperature NaN",
      () => softmax([1], { temperature: NaN }),
      "RangeError",
      /temperature is NaN/,
    ],
    [
      "the article's formula, shapes",
      () => articleDotProductScores([[1]], KEYS),
      "RangeError",
      /v \[1, 1\] and inputs \[3, 2\] do not fit/,
    ],
    [
      "the article's first formula, shapes by its own names",
      () => articleWeightedSumScores([[1]], KEYS),
      "RangeError",
      /alpha \[1, 1\] and inputs \[3, 2\] do not fit/,
    ],
    [
      "the article's first formula, an input that is no number",
      () => articleWeightedSumScores([[1]], [[NaN]]),
      "RangeError",
      /inputs\[0\]\[0\] is NaN/,
    ],
  ];
  for (const [what, run, name, message] of cases) {
    it(what, () => assert.throws(run, { name, message }));
  }
});
