import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Alignment, alignmentErrorRate, type Link, linksOf } from "attention-lab";

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} instead of ${expected}`);

// the black cat → le chat noir
const cat: Alignment = {
  sure: [
    [0, 0],
    [1, 2],
    [2, 1],
  ],
  possible: [
    [0, 0],
    [1, 2],
    [2, 1],
    [2, 0],
  ],
};

describe("the alignment error rate", () => {
  it("is 0 for the sure links, with possible ones or without", () => {
    near(alignmentErrorRate([cat.sure], [cat]).errorRate, 0);
    near(alignmentErrorRate([cat.possible], [cat]).errorRate, 0);
  });

  it("is that of the formula, computed by hand", () => {
    // The diagonal has 3 links, of which (0, 0) is sure and the others are not even possible:
    // 1 − (1 + 1) / (3 + 3) = 2/3.
    const diagonal: Link[] = [
      [0, 0],
      [1, 1],
      [2, 2],
    ];
    const score = alignmentErrorRate([diagonal], [cat]);
    near(score.errorRate, 2 / 3);
    near(score.precision, 1 / 3);
    near(score.recall, 1 / 3);
    // A = {(2, 0), (1, 2), (0, 1)}: 1 sure, 2 possible: 1 − (1 + 2) / (3 + 3) = 1/2.
    const mixed: Link[] = [
      [2, 0],
      [1, 2],
      [0, 1],
    ];
    const other = alignmentErrorRate([mixed], [cat]);
    near(other.errorRate, 1 / 2);
    near(other.precision, 2 / 3);
    near(other.recall, 1 / 3);
    // Both sentences together: 1 − (2 + 3) / (6 + 6) = 7/12, which is not the mean of the two.
    const both = alignmentErrorRate([diagonal, mixed], [cat, cat]);
    near(both.errorRate, 7 / 12);
  });

  it("counts sentences by their links, not each the same", () => {
    const one: Alignment = { sure: [[0, 0]], possible: [[0, 0]] };
    // 1 − (3 + 3 + 0 + 0) / (3 + 3 + 1 + 1) = 1/4.
    near(alignmentErrorRate([cat.sure, [[1, 0]]], [cat, one]).errorRate, 1 / 4);
  });

  it("is 1 where nothing is proposed, and counts a link once that is proposed twice", () => {
    near(alignmentErrorRate([[]], [cat]).errorRate, 1);
    near(alignmentErrorRate([[...cat.sure, ...cat.sure]], [cat]).errorRate, 0);
  });

  it("refuses what cannot be compared", () => {
    assert.throws(() => alignmentErrorRate([[]], []), /links of 1 sentences, but 0 alignments/);
    assert.throws(() => alignmentErrorRate([[]], [{ sure: [], possible: [] }]), /no link/);
  });
});

describe("the links of an attention map", () => {
  const weights = [
    [0.7, 0.2, 0.1],
    [0.1, 0.4, 0.5],
  ];

  it("join each target token with the source token that got most", () => {
    assert.deepEqual(linksOf(weights), [
      [0, 0],
      [2, 1],
    ]);
  });

  it("or with all that got a share of at least the threshold", () => {
    assert.deepEqual(linksOf(weights, { threshold: 0.4 }), [
      [0, 0],
      [1, 1],
      [2, 1],
    ]);
    assert.deepEqual(linksOf(weights, { threshold: 0.8 }), []);
  });
});
