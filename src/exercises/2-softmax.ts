import { softmax } from "../attention/softmax";
import { close, finite } from "./compare";
import type { Exercise } from "./exercise";
import { type Matrix, sum } from "./numbers";

const scores = [
  [1, 2, 3],
  [0, -1, 4],
];
const exps = scores.map((row) => row.map(Math.exp));

/** Large, very negative, and far apart: exp alone fails on each row. */
const far = [
  [1000, 1001, 999],
  [-1000, -1001, -999],
  [0, 2000, -2000],
];

const rows: Exercise<(scores: Matrix) => Matrix> = {
  id: "2.1",
  checks: [
    {
      claim: "small scores: the weights of each row sum to 1",
      points: 1,
      holds: (answer) => close(answer(scores).map(sum), [1, 1]),
    },
    {
      claim: "small scores: they are exp(e) over the sum of the row's",
      points: 1,
      holds: (answer) => close(answer(scores), softmax(scores)),
    },
    {
      claim: "scores of 1000 and of −1000 give finite weights",
      points: 1,
      holds: (answer) => close(answer(far), softmax(far)),
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
      seen: (answer) => finite(answer(far)) && answer(far).some((row) => close(sum(row), 0)),
      hint: "The numbers are finite, but a row of yours has nothing to share: all its exps are 0. Adding a little to the sum only hides that. Which score of a row should always get an exp of 1?",
    },
    {
      seen: (answer) =>
        close(answer(scores), softmax(scores)) &&
        close(answer(far.slice(0, 1)), softmax(far.slice(0, 1))) &&
        !close(sum(answer(far.slice(0, 2))[1]), 1),
      hint: "Large scores are fine, very negative ones are not: exp(−1000) is 0, for the whole row. Subtract the row's own maximum, not the matrix's.",
    },
    {
      seen: (answer) =>
        close(answer(scores), softmax(scores)) && !finite(answer([[0, 2000, -2000]])),
      hint: "You subtract something, but a score that lies 2000 above it still overflows. Nothing may be left above 0.",
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
      claim: "what is masked gets exactly 0, and the others share 1 among them",
      points: 1,
      holds: (answer) => {
        const given = answer([1, 2, 3], [true, true, false]);
        return given[2] === 0 && close(sum(given), 1);
      },
    },
    {
      claim: "they get what they would get if the masked key were not there",
      points: 1,
      holds: (answer) => close(answer([1, 2, 3], [true, true, false]).slice(0, 2), softmax([1, 2])),
    },
    {
      claim:
        "a masked score of 1000 changes nothing, nor does a masked 5 beside a −2000 that is not",
      points: 1,
      holds: (answer) =>
        close(answer([1, 2, 1000], [true, true, false]).slice(0, 2), softmax([1, 2]), 1e-9) &&
        close(answer([-2000, 5], [true, false]), [1, 0]),
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
    {
      seen: (answer) => answer([-2000, 5], [true, false])[0] < 0.9,
      hint: "Right while the scores are moderate. A key that may be looked at can have a score of −2000; what you put in the masked one's place must lie far below that, too.",
    },
  ],
};

type Thermostat = (scores: number[], share: number) => number;

const top = (scores: number[], temperature: number) =>
  Math.max(...softmax(scores, { temperature }));

/** The largest weight at the temperature that the answer gives. */
const reached = (answer: Thermostat, scores: number[], share: number) =>
  top(scores, answer(scores, share));

const rightForTheMonth = (answer: Thermostat) =>
  [0.6, 0.9, 0.99].every((share) => close(reached(answer, [1, 4, 0], share), share, 1e-3));

const thermostat: Exercise<Thermostat> = {
  id: "2.4",
  checks: [
    {
      claim:
        "the month's winner (scores 1, 4, 0) gets the share that is asked for: 60 %, 90 %, 99 %",
      points: 2,
      holds: rightForTheMonth,
    },
    {
      claim: "so do others, of five words, with negative scores, with scores of some hundreds",
      points: 2,
      holds: (answer) =>
        close(reached(answer, [-3, 1, 0.5, -1, 0], 0.7), 0.7, 1e-3) &&
        close(reached(answer, [150, -200, 400], 0.5), 0.5, 1e-3),
    },
  ],
  mistakes: [
    {
      seen: (answer) =>
        [0.6, 0.9].every((share) =>
          close(top([1, 4, 0], 1 / answer([1, 4, 0], share)), share, 1e-3),
        ),
      hint: "1 / T would be right: you have found what the scores are multiplied by. They are divided by the temperature.",
    },
    {
      seen: (answer) =>
        [0.6, 0.9].every((share) => {
          const winner = reached(answer, [1, 4, 0], share);
          return close(winner, 1, 0.01) || close(winner, 1 / 3, 0.01);
        }),
      hint: "Your search runs to one end of its range. When the winner has too much, should it get hotter or colder?",
    },
    {
      seen: (answer) =>
        close(reached(answer, [0, 3], 0.8), 0.8, 1e-3) &&
        !close(reached(answer, [1, 4, 0], 0.8), 0.8, 1e-3),
      hint: "It is right for two words. With three, the losers share what the winner leaves, and no short formula knows how: try temperatures, and let the answer to each tell you which to try next.",
    },
    {
      seen: (answer) =>
        rightForTheMonth(answer) && !close(reached(answer, [100, 400, 0], 0.6), 0.6, 1e-3),
      hint: "Right where the scores are small. Let the range of your search be wide: scores of some hundreds need temperatures of some hundreds.",
    },
    {
      seen: rightForTheMonth,
      hint: "Right for the three words of the month, and not for others. How many words there are, which of them wins, and on which side of 0 the scores lie: nothing of it is settled.",
    },
    {
      seen: (answer) =>
        [0.6, 0.9, 0.99].every((share) => close(reached(answer, [1, 4, 0], share), share, 0.05)),
      hint: "Near, but not to within 0.001. Go on with smaller steps.",
    },
    {
      seen: (answer) => close(answer([1, 4, 0], 0.6), answer([1, 4, 0], 0.9)),
      hint: "Whatever share is asked for, you give the same temperature.",
    },
  ],
};

export const chapter2 = [rows, temperature, masked, thermostat];
