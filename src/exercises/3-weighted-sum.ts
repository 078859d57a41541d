import { attention } from "../attention/attention";
import { scaledDotProductScores } from "../attention/scores";
import { softmax } from "../attention/softmax";
import { weightedSum } from "../attention/weighted-sum";
import { close } from "./compare";
import type { Exercise } from "./exercise";

type Matrix = number[][];

const weights = [
  [0.2, 0.8],
  [0.5, 0.5],
];
const values = [
  [10, 0, 1],
  [0, 10, 2],
];
const transposed = (rows: Matrix) => rows[0].map((_, j) => rows.map((row) => row[j]));

const contexts: Exercise<(weights: Matrix, values: Matrix) => Matrix> = {
  id: "3.1",
  checks: [
    {
      claim: "a weight of 1 on one value hands over that value",
      points: 1,
      holds: (answer) => close(answer([[0, 1]], values), [values[1]]),
    },
    {
      claim: "every query gets its own mixture, as wide as a value",
      points: 2,
      holds: (answer) => close(answer(weights, values), weightedSum(weights, values)),
    },
  ],
  mistakes: [
    {
      seen: (answer) => close(answer(weights, values), weightedSum(transposed(weights), values)),
      hint: "You add over i, the queries. The sum goes over j: along a row of the weights.",
    },
    {
      seen: (answer) =>
        close(
          answer(weights, values),
          weightedSum(weights, values).map((row) => row.map((x) => x / 2)),
        ),
      hint: "You divide by the number of values. The weights sum to 1 already: nothing is left to divide.",
    },
    {
      seen: (answer) => {
        const total = weightedSum(weights, values).reduce((a, b) => a.map((x, i) => x + b[i]));
        return close(answer(weights, values), total);
      },
      hint: "You have one vector for all queries together. Each query i has an output of its own.",
    },
  ],
};

type Attention = (queries: Matrix, keys: Matrix, values: Matrix) => Matrix;

const [queries, keys] = [
  [
    [1, 0],
    [0.5, -1],
  ],
  [
    [1, 2],
    [-1, 0.5],
  ],
];
const right = attention(queries, keys, values).context;
const scores = scaledDotProductScores(queries, keys);
/** Values as wide as keys, so that nobody notices when the two are swapped. */
const square = [
  [10, 0],
  [0, 10],
];

const whole: Exercise<Attention> = {
  id: "3.2",
  checks: [
    {
      claim: "the three steps together give the context of each query",
      points: 2,
      holds: (answer) => close(answer(queries, keys, values), right),
    },
    {
      claim: "a single key hands its value over, whatever the query",
      points: 1,
      holds: (answer) => close(answer([[3, -2]], [[1, 1]], [[7, 8, 9]]), [[7, 8, 9]]),
    },
  ],
  mistakes: [
    {
      seen: (answer) =>
        close(answer(queries, keys, square), weightedSum(softmax(scores), keys)) ||
        close(answer(queries, keys, square), attention(queries, square, keys).context),
      hint: "Keys are for finding, values for handing over: the keys go into the scores, the values into the sum.",
    },
    {
      seen: (answer) =>
        close(
          answer(queries, keys, values),
          weightedSum(softmax(scores.map((row) => row.map((x) => x * Math.SQRT2))), values),
        ),
      hint: "The scores are not divided by √d.",
    },
    {
      seen: (answer) => close(answer(queries, keys, values), weightedSum(scores, values)),
      hint: "The second step is missing: raw scores are no shares. Softmax stands between the scores and the sum.",
    },
    {
      seen: (answer) => {
        const overQueries = transposed(softmax(transposed(scores)));
        return close(answer(queries, keys, values), weightedSum(overQueries, values));
      },
      hint: "Your weights sum to 1 over the queries, column by column. Softmax goes along a row.",
    },
  ],
};

export const chapter3 = [contexts, whole];
