import { scaledDotProductScores } from "../attention/scores";
import { softmax } from "../attention/softmax";
import { tf } from "../backend";
import { Attention } from "../layers/attention";
import { LocalAttention } from "../layers/local-attention";
import { MultiHeadAttention } from "../layers/multi-head-attention";
import { close } from "./compare";
import type { Exercise } from "./exercise";
import { type Matrix, sum } from "./numbers";

const times = (A: Matrix, B: Matrix) =>
  A.map((row) => B[0].map((_, c) => sum(row.map((x, i) => x * B[i][c]))));

type Window = (m: number, n: number, halfWidth: number) => boolean[][];

const maskWhere =
  (isInside: (j: number, t: number, D: number) => boolean): Window =>
  (m, n, D) =>
    Array.from({ length: m }, (_, t) => Array.from({ length: n }, (__, j) => isInside(j, t, D)));
const window = maskWhere((j, t, D) => Math.abs(j - t) <= D);
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const isMask = (answer: Window, other: Window) =>
  [1, 3, 4].every((D) => same(answer(6, 9, D), other(6, 9, D)));

const monotonic: Exercise<Window> = {
  id: "7.1",
  checks: [
    {
      claim: "with D = 1 the first step sees the first two positions",
      points: 1,
      holds: (answer) => same(answer(3, 7, 1)[0], window(3, 7, 1)[0]),
    },
    {
      claim: "with D = 2 a step in the middle sees five positions, itself in the middle",
      points: 1,
      holds: (answer) => same(answer(7, 9, 2)[4], window(7, 9, 2)[4]),
    },
    {
      claim: "six steps over four positions: a row for each step, and the last one sees nothing",
      points: 1,
      holds: (answer) => same(answer(6, 4, 1), window(6, 4, 1)),
    },
  ],
  mistakes: [
    {
      seen: (answer) => isMask(answer, (m, n, D) => window(n, m, D)),
      hint: "Steps and positions have changed places: a row belongs to a step of the target, a column to a position of the source.",
    },
    {
      seen: (answer) =>
        isMask(
          answer,
          maskWhere((j, t, D) => j - t <= D),
        ),
      hint: "The window has a right edge and no left one: a late step sees everything before it. A distance has no sign.",
    },
    {
      seen: (answer) =>
        isMask(
          answer,
          maskWhere((j, t, D) => Math.abs(j - t) < D),
        ),
      hint: "The two positions at the edge are missing: with D = 1 a step sees its two neighbours as well.",
    },
    {
      seen: (answer) =>
        isMask(
          answer,
          maskWhere((j, t, D) => Math.abs(j - t) <= D / 2),
        ),
      hint: "You take D for the width of the whole window. It is the half width: D to the left, and D to the right.",
    },
    {
      seen: (answer) =>
        isMask(
          answer,
          maskWhere((j, t, D) => j <= t && j >= t - D),
        ),
      hint: "Your window only looks back. Nothing in the source is a secret: D positions to the right are seen as well.",
    },
  ],
};

type Local = (scores: number[], p: number, D: number) => number[];

/** Attention with `hill` over the window around `p`; positions count from 1. */
const localWith =
  (hill: (distance: number, D: number) => number): Local =>
  (scores, p, D) => {
    const distances = scores.map((_, j) => j + 1 - p);
    const weights = softmax(scores, { mask: distances.map((d) => Math.abs(d) <= D) });
    return weights.map((weight, j) => weight * hill(distances[j], D));
  };
const gaussian = (d: number, sigma: number) => Math.exp(-(d ** 2) / (2 * sigma ** 2));
const local = localWith((d, D) => gaussian(d, D / 2));
const normalised: Local = (scores, p, D) => {
  const weights = local(scores, p, D);
  return weights.map((weight) => weight / sum(weights));
};
const cutAfterwards: Local = (scores, p, D) =>
  softmax(scores).map((weight, j) =>
    Math.abs(j + 1 - p) <= D ? weight * gaussian(j + 1 - p, D / 2) : 0,
  );
const onScores: Local = (scores, p, D) =>
  localWith(() => 1)(
    scores.map((score, j) => score * gaussian(j + 1 - p, D / 2)),
    p,
    D,
  );

const scores = [0.5, 2, -1, 1, 0.3, 1.5, 0, 2.5];
const [p, D] = [2.7, 3]; // the window is from −0.3 to 5.7
const isLocal = (answer: Local, other: Local) =>
  close(answer(scores, p, D), other(scores, p, D)) &&
  close(answer([5], 0.6, 4), other([5], 0.6, 4));

const predictive: Exercise<Local> = {
  id: "7.2",
  checks: [
    {
      claim: "positions with |j − p| ≤ D get something, and all others exactly 0",
      points: 1,
      holds: (answer) => {
        const weights = answer(scores, p, D);
        return (
          weights.length === 8 && weights.every((weight, j) => (j < 5 ? weight > 0 : weight === 0))
        );
      },
    },
    {
      claim: "inside, a weight is softmax over the window times the hill",
      points: 2,
      holds: (answer) => close(answer(scores, p, D), local(scores, p, D)),
    },
    {
      claim: "where D = 4, of a single position at a distance of 0.4 exp(−0.02) is left",
      points: 1,
      holds: (answer) => close(answer([5], 0.6, 4), [Math.exp(-0.02)]),
    },
  ],
  mistakes: [
    {
      seen: (answer) => isLocal(answer, normalised),
      hint: "You share out anew what the hill has taken away. Luong's weights stay as the hill leaves them, and sum to less than 1.",
    },
    {
      seen: (answer) => isLocal(answer, (e, p, D) => local(e, p + 1, D)),
      hint: "Everything is one position too far to the right. p counts positions from 1, an array from 0.",
    },
    {
      seen: (answer) =>
        isLocal(
          answer,
          localWith((d, D) => gaussian(d, D)),
        ),
      hint: "The hill is too wide: with σ = D more than half is left at the window's edge. How many σ fit into D?",
    },
    {
      seen: (answer) =>
        isLocal(
          answer,
          localWith((d, D) => gaussian(d, Math.sqrt(D / 2))),
        ),
      hint: "D/2 is σ, and you use it as σ². Both are the same for D = 2 only.",
    },
    {
      seen: (answer) => isLocal(answer, cutAfterwards),
      hint: "Positions outside of the window have taken their share before you cut them away. Softmax is taken over the window only.",
    },
    {
      seen: (answer) => isLocal(answer, onScores),
      hint: "The hill belongs on the weights, behind softmax. A score times 0 is a score of 0, and exp(0) is not nothing.",
    },
    {
      seen: (answer) =>
        isLocal(
          answer,
          localWith(() => 1),
        ),
      hint: "The hill is missing: this is a window with hard edges, and p could not be learnt.",
    },
  ],
};

/** Cuts `[n, d]` into `[heads, n, d / heads]`, and puts heads side by side again. */
interface Heads {
  split(x: tf.Tensor2D, heads: number): tf.Tensor;
  merge(x: tf.Tensor3D): tf.Tensor;
}

/** Four positions of six numbers, each unlike all others. */
const sixColumns = [0, 1, 2, 3].map((i) => [0, 1, 2, 3, 4, 5].map((c) => 10 * i + c));
const threeHeads = (columnOf: (head: number, k: number) => number) =>
  [0, 1, 2].map((head) => sixColumns.map((row) => [0, 1].map((k) => row[columnOf(head, k)])));
const cut = threeHeads((head, k) => 2 * head + k);
const splitGives = ({ split }: Heads, expected: number[][][]) =>
  close(split(tf.tensor2d(sixColumns), 3), expected);
const mergeGives = ({ merge }: Heads, expected: Matrix) => close(merge(tf.tensor3d(cut)), expected);
/** What comes of reading the numbers in the order in which they lie in memory. */
const inMemoryOrder = (numbers: number[], rows: number): Matrix => {
  const width = numbers.length / rows;
  return Array.from({ length: rows }, (_, i) => numbers.slice(i * width, (i + 1) * width));
};
const reshaped = inMemoryOrder(sixColumns.flat(), 3).map((numbers) => inMemoryOrder(numbers, 4));
const mergedByReshape = inMemoryOrder(cut.flat(2), 4);

const heads: Exercise<Heads> = {
  id: "7.3",
  checks: [
    {
      claim: "split: each head gets its own neighbouring columns of every position",
      points: 2,
      holds: (answer) => splitGives(answer, cut),
    },
    {
      claim: "merge: a row for each position, the heads' columns side by side",
      points: 2,
      holds: (answer) => mergeGives(answer, sixColumns),
    },
  ],
  mistakes: [
    {
      seen: (answer) => splitGives(answer, reshaped) && mergeGives(answer, mergedByReshape),
      hint: "The shapes are right, the numbers are not: reshape only cuts the row of numbers in memory anew, it moves none. Print split of a matrix that you can recognise.",
    },
    {
      seen: (answer) => splitGives(answer, reshaped),
      hint: "merge is right, split still deals out positions instead of columns. Which two axes have to change places, and before or after which reshape?",
    },
    {
      seen: (answer) => splitGives(answer, cut),
      hint: "split is right, merge does not undo it: it is the same steps backwards, and the last becomes the first.",
    },
    {
      seen: (answer) =>
        splitGives(
          answer,
          threeHeads((head, k) => head + 3 * k),
        ),
      hint: "You deal the columns out like cards. With three heads the first one gets columns 0 and 1, not 0 and 3: the columns of a head are neighbours.",
    },
    {
      seen: (answer) =>
        splitGives(
          answer,
          sixColumns.map((row) => inMemoryOrder(row, 3)),
        ),
      hint: "The columns are cut well, but the positions still come first: [n, heads, d/heads]. A head needs all its positions together.",
    },
    {
      seen: (answer) =>
        splitGives(
          answer,
          cut.map((head) => [0, 1].map((k) => head.map((row) => row[k]))),
        ),
      hint: "Each head lies on its side: it has a row for each column. transpose takes the old axes in their new order; which one shall be the last?",
    },
  ],
};

type Count = (kind: string, h: number, heads: number) => number;

/** The numbers that a layer has to learn where states have width h. */
function counted(layer: Attention, h: number): number {
  layer.build([
    [null, h],
    [null, null, h],
    [null, null],
  ]);
  const count = layer.countParams();
  layer.weights.forEach((weight) => weight.dispose()); // a layer that was never used cannot be disposed
  return count;
}
const learnt = (kind: string, h: number, heads: number): number => {
  const local = { units: h, score: "general", halfWidth: 3, seed: 1 } as const;
  switch (kind) {
    case "localMonotonic":
      return counted(new LocalAttention({ ...local, window: "monotonic" }), h);
    case "localPredictive":
      return counted(new LocalAttention({ ...local, window: "predictive" }), h);
    case "multiHead":
      return counted(new MultiHeadAttention({ units: h, heads, seed: 1 }), h);
    default:
      return counted(new Attention({ units: h, score: kind as "dot", seed: 1 }), h);
  }
};
const counts = (answer: Count, kind: string, h: number, heads: number) =>
  answer(kind, h, heads) === learnt(kind, h, heads);

const numbers: Exercise<Count> = {
  id: "7.4",
  checks: [
    {
      claim: "dot and scaled dot learn nothing of their own, general a matrix",
      points: 1,
      holds: (answer) =>
        ["dot", "scaledDot", "general"].every((kind) => counts(answer, kind, 6, 1)),
    },
    {
      claim: "additive: two matrices and two vectors",
      points: 1,
      holds: (answer) => counts(answer, "additive", 6, 1) && counts(answer, "additive", 48, 1),
    },
    {
      claim: "multi-head, with 1, 2 and 4 heads",
      points: 1,
      holds: (answer) => [1, 2, 4].every((heads) => counts(answer, "multiHead", 8, heads)),
    },
    {
      claim: "local monotonic and local predictive, over the general score",
      points: 1,
      holds: (answer) =>
        ["localMonotonic", "localPredictive"].every((kind) => counts(answer, kind, 6, 1)),
    },
  ],
  mistakes: [
    {
      seen: (answer) => answer("multiHead", 8, 4) === 4 * learnt("multiHead", 8, 4),
      hint: "You count the whole matrices once for each head. How wide is one head, if all of them together have h columns?",
    },
    {
      seen: (answer) => answer("multiHead", 8, 4) === 3 * 8 ** 2,
      hint: "Multi-head is short of a matrix: questions, keys and values have theirs. What mixes what the heads bring?",
    },
    {
      seen: (answer) => answer("localPredictive", 6, 1) === 6 ** 2 + 6,
      hint: "Local predictive learns to aim, and it still has to score what it sees in the window.",
    },
    {
      seen: (answer) => answer("localMonotonic", 6, 1) > learnt("localMonotonic", 6, 1),
      hint: "Where a monotonic window stands is given by the step. Nothing has to be learnt for that.",
    },
    {
      seen: (answer) => [2 * 36, 2 * 36 + 6].includes(answer("additive", 6, 1)),
      hint: "Additive has something that is no matrix: count v, which makes one number of the hidden vector, and b, as long as it.",
    },
    {
      seen: (answer) => answer("dot", 6, 1) > 0,
      hint: "A dot product multiplies what it is given, and divides by a number that is known. What is there to learn?",
    },
  ],
};

interface Turns {
  before: Matrix;
  after: Matrix;
}
type Design = (n: number) => Turns;

/** The cards of n places on a clock. */
const clock = (n: number) =>
  Array.from({ length: n }, (_, j) => {
    const angle = (2 * Math.PI * j) / n;
    return [6 * Math.cos(angle), 6 * Math.sin(angle)];
  });
/** The weights of a head whose queries are the cards times W. */
const weightsOf = (W: Matrix, n: number) =>
  softmax(scaledDotProductScores(times(clock(n), W), clock(n)));
/** Whether each step i looks most at i + offset, on the clock. */
const looksAt = (W: Matrix, n: number, offset: number, least = 0) =>
  weightsOf(W, n).every((row, i) => {
    const weight = row[(i + offset + n) % n];
    return weight === Math.max(...row) && weight > least;
  });
const turned = (angle: number): Matrix => [
  [Math.cos(angle), Math.sin(angle)],
  [-Math.sin(angle), Math.cos(angle)],
];

const turns: Exercise<Design> = {
  id: "7.5",
  checks: [
    {
      claim: "11 places: the first head looks at the place before",
      points: 1,
      holds: (answer) => looksAt(answer(11).before, 11, -1),
    },
    {
      claim: "the second one at the place after",
      points: 1,
      holds: (answer) => looksAt(answer(11).after, 11, 1),
    },
    {
      claim: "and with more than 0.9 of their attention",
      points: 1,
      holds: (answer) =>
        looksAt(answer(11).before, 11, -1, 0.9) && looksAt(answer(11).after, 11, 1, 0.9),
    },
    {
      claim: "both in words of 5 and of 8 letters too",
      points: 1,
      holds: (answer) =>
        [5, 8].every((n) => looksAt(answer(n).before, n, -1) && looksAt(answer(n).after, n, 1)),
    },
  ],
  mistakes: [
    {
      seen: (answer) => looksAt(answer(11).before, 11, 1) && looksAt(answer(11).after, 11, -1),
      hint: "Each head looks where the other one should. The card is a row that is multiplied from the left; check with the card of place 0, which is [6, 0]: its product is 6 times the first row of W.",
    },
    {
      seen: (answer) => looksAt(answer(11).before, 11, 0) || looksAt(answer(11).after, 11, 0),
      hint: "A head of yours looks at the very place it asks from: its matrix does not turn the card.",
    },
    {
      seen: (answer) => close(answer(11).before, answer(11).after),
      hint: "Both heads ask the same question. They have to turn in opposite directions.",
    },
    {
      seen: (answer) => {
        const { before, after } = answer(11);
        const degrees = 360 / 11;
        return [before, after].some((W) => [degrees, -degrees].some((a) => close(W, turned(a))));
      },
      hint: "Math.cos and Math.sin take the angle in radians: the whole clock is 2π, not 360.",
    },
    {
      seen: (answer) =>
        looksAt(answer(11).before, 11, -1, 0.9) && looksAt(answer(11).after, 11, 1, 0.9),
      hint: "It fits a word of 11 letters. On a clock with fewer hours each hour is a larger turn.",
    },
    {
      seen: (answer) => looksAt(answer(11).before, 11, -1) && looksAt(answer(11).after, 11, 1),
      hint: "The right places, but spread out: your matrices make the card shorter, and short queries make scores that are nearly equal. Turn it, and keep its length.",
    },
  ],
};

export const chapter7 = [monotonic, predictive, heads, numbers, turns];
