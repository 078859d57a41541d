import {
  additiveScores,
  dotProductScores,
  generalScores,
  scaledDotProductScores,
} from "../attention/scores";
import { close, finite } from "./compare";
import type { Exercise } from "./exercise";
import { type Matrix, dot, plus, transposed } from "./numbers";

type Scores = (queries: Matrix, keys: Matrix) => Matrix;

const queries = [
  [1, 0, 2, -1],
  [0.5, 3, -2, 1],
];
const keys = [
  [2, 1, 0, 1],
  [-1, 0, 1, 2],
  [0, 4, 1, -3],
];
/** As many keys as queries, so that a matrix and its transpose have the same shape. */
const twoKeys = keys.slice(0, 2);

const scaled = (rows: Matrix, factor: number) => rows.map((row) => row.map((x) => factor * x));
const times = (vector: number[], matrix: Matrix) =>
  transposed(matrix).map((column) => dot(vector, column));

const dotProduct: Exercise<Scores> = {
  id: "1.1",
  checks: [
    {
      claim: "one query and one key give one number, their dot product",
      points: 1,
      holds: (scores) => close(scores([[1, 2]], [[3, 4]]), [[11]]),
    },
    {
      claim: "two queries and three keys give a score for each pair, a row for each query",
      points: 2,
      holds: (scores) => close(scores(queries, keys), dotProductScores(queries, keys)),
    },
  ],
  mistakes: [
    {
      seen: (scores) =>
        close(scores(queries, keys), transposed(dotProductScores(queries, keys))) ||
        close(scores(queries, twoKeys), transposed(dotProductScores(queries, twoKeys))),
      hint: "The numbers are right, but they lie on their side: i, who asks, is the row; j is the column.",
    },
    {
      seen: (scores) => {
        const sums = dotProductScores(queries, keys).map((row) => row.reduce((a, b) => a + b));
        const given: unknown = scores(queries, keys);
        return (
          close(given, sums) ||
          close(
            given,
            sums.map((sum) => keys.map(() => sum)),
          )
        );
      },
      hint: "You add over all keys, so a query gets one number for the whole sequence. It needs one for each key.",
    },
    {
      seen: (scores) => Array.isArray((scores([[1, 2]], [[3, 4]]) as unknown as Matrix[])[0]?.[0]),
      hint: "A score is a number. You multiply number by number, and the last step, adding the products up, is missing.",
    },
    {
      seen: (scores) => close(scores([[1, 2]], [[3, 4]]), [[1 + 2 * 4]]),
      hint: "The first product is missing: reduce begins with the first entry itself, unless you tell it to begin with 0.",
    },
    {
      seen: (scores) => close(scores([[1, 2]], [[3, 4]]), [[10]]),
      hint: "You add where you should multiply: a dot product is the sum of the products.",
    },
  ],
};

const scaledDotProduct: Exercise<Scores> = {
  id: "1.2",
  checks: [
    {
      claim: "with d = 4 every dot product is halved",
      points: 2,
      holds: (scores) => close(scores(queries, keys), scaledDotProductScores(queries, keys)),
    },
    {
      claim: "with d = 1 nothing changes",
      points: 1,
      holds: (scores) => close(scores([[3]], [[5], [7]]), [[15, 21]]),
    },
  ],
  mistakes: [
    {
      seen: (scores) => close(scores(queries, keys), dotProductScores(queries, keys)),
      hint: "These are the dot products as they were. Divide each by the square root of d.",
    },
    {
      seen: (scores) =>
        close(scores(queries, keys), scaled(dotProductScores(queries, keys), 1 / 4)),
      hint: "You divide by d. The spread of a sum of d products grows with its square root only.",
    },
    {
      seen: (scores) =>
        close(scores(queries, keys), scaled(dotProductScores(queries, keys), 1 / Math.sqrt(3))),
      hint: "You take the square root of the number of keys. What counts is d, how many numbers a key has.",
    },
    {
      seen: (scores) => close(scores(queries, keys), scaled(dotProductScores(queries, keys), 2)),
      hint: "You multiply by the square root of d: the scores should get smaller.",
    },
  ],
};

type AdditiveScore = (
  query: number[],
  key: number[],
  parameters: { W1: Matrix; W2: Matrix; v: number[] },
) => number;

const parameters = {
  W1: [
    [1, -1, 0.5],
    [0, 2, 1],
  ],
  W2: [
    [0.3, 1, -1],
    [2, 0.1, 0.4],
  ],
  v: [1, -2, 3],
};
const [query, key] = [
  [0.2, -0.7],
  [1.1, 0.4],
];
/** As many rows as columns, so that an answer with the two swapped runs to its end. */
const square = {
  W1: [
    [1, -1],
    [0.5, 2],
  ],
  W2: [
    [0.3, 1],
    [2, -0.4],
  ],
  v: [1, -2],
};
const [W1OnItsSide, W2OnItsSide] = [transposed(square.W1), transposed(square.W2)];
const hidden = plus(times(query, parameters.W1), times(key, parameters.W2));

const additive: Exercise<AdditiveScore> = {
  id: "1.3",
  checks: [
    {
      claim: "the score is v · tanh(q W₁ + k W₂)",
      points: 2,
      holds: (score) =>
        close(score(query, key, parameters), additiveScores(query, [key], parameters)[0]),
    },
    {
      claim: "another query changes by how much one key leads another",
      points: 1,
      holds: (score) => {
        const lead = (q: number[]) => score(q, key, parameters) - score(q, [-1, 1], parameters);
        return Math.abs(lead(query) - lead([2, 1])) > 1e-3;
      },
    },
  ],
  mistakes: [
    {
      seen: (score) => close(score(query, key, parameters), dot(parameters.v, hidden)),
      hint: "The tanh is missing. Without it the query adds the same number to the score of every key, and softmax forgets it.",
    },
    {
      seen: (score) => {
        const apart = [times(query, parameters.W1), times(key, parameters.W2)];
        const [q, k] = apart.map((projected) => projected.map(Math.tanh));
        return close(score(query, key, parameters), dot(parameters.v, plus(q, k)));
      },
      hint: "You bend question and card apart and add them afterwards, so again the query adds the same number to every score. Which comes first, the sum or the tanh?",
    },
    {
      seen: (score) => close(score(query, key, parameters), Math.tanh(dot(parameters.v, hidden))),
      hint: "tanh belongs to the hidden vector, before v makes one number of it. Around the score, it would keep all scores between −1 and 1.",
    },
    {
      seen: (score) => {
        const swapped = { ...parameters, W1: parameters.W2, W2: parameters.W1 };
        return close(score(query, key, parameters), additiveScores(query, [key], swapped)[0]);
      },
      hint: "W₁ and W₂ are swapped: W₁ is for the query, W₂ for the key.",
    },
    {
      seen: (score) => Array.isArray(score(query, key, parameters)),
      hint: "A score is a number. You have the hidden vector: v still has to weigh its entries and add them up.",
    },
    {
      seen: (score) =>
        [{ W1: W1OnItsSide }, { W2: W2OnItsSide }, { W1: W1OnItsSide, W2: W2OnItsSide }].some(
          (turned) =>
            close(
              score(query, key, square),
              additiveScores(query, [key], { ...square, ...turned })[0],
            ),
        ),
      hint: "Rows and columns of a matrix are swapped: W₁ has a row for each number of the query, W₂ one for each of the key, and both have a column for each number of the hidden vector.",
    },
  ],
};

/** Who is asked in 1.4: "Friday", "27", "May", "1990"; remarks: digits, letters, long, short. */
const cards = [
  [0, 5, 4, 0],
  [2, 0, 0, 2],
  [0, 2, 0, 2],
  [2, 0, 2, 0],
];
const questions = ["weekday", "month", "year"];
const asks = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const answers = [0, 2, 3];

type Dictionary = () => Matrix;
const rowsOf = (dictionary: Dictionary) => generalScores(asks, cards, dictionary());
/** How far the word that should win is ahead of the best other one. */
const lead = (row: number[], j: number) => row[j] - Math.max(...row.filter((_, k) => k !== j));

const dictionary: Exercise<Dictionary> = {
  id: "1.4",
  checks: questions.map((question, i) => ({
    claim: `asked for the ${question}, the right word leads by 1 or more`,
    points: 1,
    holds: (answer) => lead(rowsOf(answer)[i], answers[i]) >= 1,
  })),
  mistakes: [
    {
      seen: (answer) => answer().length === 4 && answer().every((row) => row.length === 3),
      hint: "Your W has a row for each remark. It needs a row for each number of a query, [d_q, d_k]: row 1 is what “weekday” means in remarks.",
    },
    {
      seen: (answer) => {
        const [first, ...others] = rowsOf(answer);
        return finite(first) && others.every((row) => close(row, first));
      },
      hint: "All three questions get the same scores: the rows of your W are alike, so nobody hears who asks.",
    },
    {
      seen: (answer) => {
        const rows = rowsOf(answer);
        const winners = rows.map((row) => row.indexOf(Math.max(...row)));
        const right = winners.filter((winner, i) => winner === answers[i]);
        return right.length < 3 && [...winners].sort().join() === answers.join();
      },
      hint: "Each question finds a word, but not its own: the rows of W stand in another order than the numbers of a query.",
    },
    {
      seen: (answer) => {
        const winners = rowsOf(answer).map((row) => row.indexOf(Math.max(...row)));
        return winners.filter((winner) => winner === 0).length > 1;
      },
      hint: "“Friday” wins where it should not: its card has such large numbers that every wish for letters, or for length, finds it. A question may also say what it does not want.",
    },
    {
      seen: (answer) => rowsOf(answer).every((row, i) => lead(row, answers[i]) > 0),
      hint: "The right words win, but by less than 1. Ask louder.",
    },
  ],
};

export const chapter1 = [dotProduct, scaledDotProduct, additive, dictionary];
