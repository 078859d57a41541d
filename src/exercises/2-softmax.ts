import { softmax } from "../attention/softmax";
import { close, finite } from "./compare";
import type { Exercise } from "./exercise";

type Matrix = number[][];

const scores = [
  [1, 2, 3],
  [0, -1, 4],
];
const exps = scores.map((row) => row.map(Math.exp));
const sum = (row: number[]) => row.reduce((total, x) => total + x, 0);

const rows: Exercise<(scores: Matrix) => Matrix> = {
  id: "2.1",
  checks: [
    {
      claim: "the weights of each row sum to 1",
      points: 1,
      holds: (answer) => answer(scores).every((row) => close(sum(row), 1)),
    },
    {
      claim: "they are exp(e) over the sum of the row's",
      points: 1,
      holds: (answer) => close(answer(scores), softmax(scores)),
    },
    {
      claim: "scores of 1000 and of −1000 give finite weights",
      points: 1,
      holds: (answer) => {
        const far = [
          [1000, 1001, 999],
          [-1000, -1001, -999],
        ];
        return finite(answer(far)) && close(answer(far), softmax(far));
      },
    },
  ],
  mistakes: [
    {
      seen: (answer) => {
        const columns = exps[0].map((_, j) => sum(exps.map((row) => row[j])));
        return close(
          answer(scores),
          exps.map((row) => row.map((x, j) => x / columns[j])),
        );
      },
      hint: "Your columns sum to 1. That shares each key out among the queries; each query shall share itself out among the keys.",
    },
    {
      seen: (answer) => {
        const all = sum(exps.flat());
        return close(
          answer(scores),
          exps.map((row) => row.map((x) => x / all)),
        );
      },
      hint: "You divide by the sum of the whole matrix. Every row is a query of its own, with its own sum.",
    },
    {
      seen: (answer) =>
        close(
          answer(scores),
          scores.map((row) => row.map((x) => x / sum(row))),
        ),
      hint: "exp is missing: a share of raw scores can be negative, and the sum can be 0.",
    },
    {
      seen: (answer) => close(answer(scores), softmax(scores)) && !finite(answer([[1000, 1001]])),
      hint: "exp(1000) is too large for a number. Subtract something from every score of the row first; which number keeps all exponents at 0 or below?",
    },
    {
      seen: (answer) => close(answer(scores), softmax(scores)),
      hint: "Large scores are fine, very negative ones are not: exp(−1000) is 0, for the whole row. Subtract the row's own maximum, not the matrix's.",
    },
  ],
};

const temperature: Exercise<(scores: number[], temperature: number) => number[]> = {
  id: "2.2",
  checks: [
    {
      claim: "at temperature 1 it is softmax",
      points: 1,
      holds: (answer) => close(answer([1, 2, 4], 1), softmax([1, 2, 4])),
    },
    {
      claim: "at 0.5 it is sharper, at 2 flatter, and the numbers are right",
      points: 2,
      holds: (answer) =>
        [0.5, 2].every((t) => close(answer([1, 2, 4], t), softmax([1, 2, 4], { temperature: t }))),
    },
  ],
  mistakes: [
    {
      seen: (answer) => close(answer([1, 2, 4], 2), softmax([1, 2, 4], { temperature: 0.5 })),
      hint: "It goes the wrong way: a high temperature makes the weights more equal. The scores are divided by it.",
    },
    {
      seen: (answer) =>
        close(
          answer([1, 2, 4], 2),
          softmax([1, 2, 4]).map((x) => x / 2),
        ),
      hint: "You divide the weights, and they no longer sum to 1. Divide the scores, before exp.",
    },
    {
      seen: (answer) => close(answer([1, 2, 4], 2), softmax([1, 2, 4])),
      hint: "The temperature does nothing yet.",
    },
  ],
};

const masked: Exercise<(scores: number[], mask: boolean[]) => number[]> = {
  id: "2.3",
  checks: [
    {
      claim: "what is masked gets exactly 0",
      points: 1,
      holds: (answer) => answer([1, 2, 3], [true, true, false])[2] === 0,
    },
    {
      claim: "the others share 1 among them, as if the masked key were not there",
      points: 1,
      holds: (answer) => close(answer([1, 2, 3], [true, true, false]).slice(0, 2), softmax([1, 2])),
    },
    {
      claim: "a masked score of 1000 changes nothing",
      points: 1,
      holds: (answer) =>
        close(answer([1, 2, 1000], [true, true, false]).slice(0, 2), softmax([1, 2]), 1e-9),
    },
  ],
  mistakes: [
    {
      seen: (answer) => close(answer([1, 2, 3], [true, true, false]), [0, 0, 1]),
      hint: "The mask is the wrong way round: true means that a key may be looked at.",
    },
    {
      seen: (answer) =>
        close(answer([1, 2, 3], [true, true, false]), [...softmax([1, 2, 3]).slice(0, 2), 0]),
      hint: "You mask after you have normalised: what was taken from the masked key is lost, and the rest sums to less than 1.",
    },
    {
      seen: (answer) => close(answer([1, 2, 3], [true, true, false]), softmax([1, 2, 0])),
      hint: "A score of 0 is not “nothing”: exp(0) is 1. Which score has exp(score) = 0?",
    },
    {
      seen: (answer) => answer([1, 2, 3], [true, true, false])[2] > 0,
      hint: "The masked key still gets a little. A very negative score is not negative enough beside one of 1000; −Infinity is.",
    },
    {
      seen: (answer) => !finite(answer([1, 2, 1000], [true, true, false])),
      hint: "The maximum that you subtract is that of the masked key. Take it over the keys that are left.",
    },
  ],
};

export const chapter2 = [rows, temperature, masked];
