import { attention } from "../attention/attention";
import { scaledDotProductScores } from "../attention/scores";
import { softmax } from "../attention/softmax";
import { weightedSum } from "../attention/weighted-sum";
import { close, finite } from "./compare";
import type { Exercise } from "./exercise";
import { type Matrix, plus, transposed } from "./numbers";

const weights = [
  [0.2, 0.8],
  [0.5, 0.5],
];
const values = [
  [10, 0, 1],
  [0, 10, 2],
];

/** As many as each has numbers, so that an answer with rows and columns swapped runs to its end. */
const square = [
  [1, 2],
  [3, -4],
];

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
        const total = weightedSum(weights, values).reduce(plus);
        return close(answer(weights, values), total);
      },
      hint: "You have one vector for all queries together. Each query i has an output of its own.",
    },
    {
      seen: (answer) => close(answer(weights, square), weightedSum(weights, transposed(square))),
      hint: "Rows and columns of the values are swapped: j says whose value it is, and that is the row; f says which of its numbers, and that is the column.",
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
/** Four queries and three keys of two numbers: no size can be taken for another. */
const fourQueries = [...queries, [2, 1], [-0.5, 1.5]];
const threeKeys = [...keys, [0.5, 0.5]];
const threeValues = [...values, [3, -4, 5]];
const scores = scaledDotProductScores(fourQueries, threeKeys);
const fourContexts = attention(fourQueries, threeKeys, threeValues).context;
/** Values as wide as keys, so that nobody notices when the two are swapped. */
const asWideAsKeys = [
  [10, 0],
  [0, 10],
  [5, 5],
];
/** Whether scores that are so many times as large explain an answer. */
const scalesBy = (answer: Attention, factor: number) =>
  close(
    answer(fourQueries, threeKeys, threeValues),
    weightedSum(softmax(scores.map((row) => row.map((x) => x * factor))), threeValues),
  );

const whole: Exercise<Attention> = {
  id: "3.2",
  checks: [
    {
      claim: "the three steps together give the context of each query",
      points: 2,
      holds: (answer) => close(answer(fourQueries, threeKeys, threeValues), fourContexts),
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
        [
          weightedSum(softmax(scores), threeKeys),
          attention(fourQueries, asWideAsKeys, threeKeys).context,
        ].some((swapped) => close(answer(fourQueries, threeKeys, asWideAsKeys), swapped)),
      hint: "Keys are for finding, values for handing over: the keys go into the scores, the values into the sum.",
    },
    {
      seen: (answer) => scalesBy(answer, Math.SQRT2),
      hint: "The scores are not divided by √d.",
    },
    {
      seen: (answer) => scalesBy(answer, Math.sqrt(2 / 3)),
      hint: "You divide by the root of the number of keys. d is how many numbers one key has.",
    },
    {
      seen: (answer) =>
        close(answer(fourQueries, threeKeys, threeValues), weightedSum(scores, threeValues)),
      hint: "The second step is missing: raw scores are no shares. Softmax stands between the scores and the sum.",
    },
    {
      seen: (answer) => {
        const overQueries = transposed(softmax(transposed(scores)));
        const contexts = weightedSum(overQueries, threeValues);
        return close(answer(fourQueries, threeKeys, threeValues), contexts);
      },
      hint: "Your weights sum to 1 over the queries, column by column. Softmax goes along a row.",
    },
    {
      seen: (answer) =>
        close(
          answer(fourQueries, threeKeys, threeValues),
          fourQueries.map(() => fourContexts[0]),
        ),
      hint: "All queries get the same context, that of the first one.",
    },
  ],
};

type MaskedAttention = (queries: Matrix, keys: Matrix, values: Matrix, mask: boolean[]) => Matrix;

const right = attention(queries, keys, values).context;
/** Two words and two places of padding, whose keys and values are `key` and `value`. */
const padded = (answer: MaskedAttention, key: number[], value: number[]) =>
  answer(queries, [...keys, key, key], [...values, value, value], [true, true, false, false]);
/** Whether padding of such a key makes NaN of a context, or an Error, as weightedSum throws of NaN. */
function leavesNothing(answer: MaskedAttention, key: number[]): boolean {
  try {
    return !finite(padded(answer, key, [7, -7, 1000]));
  } catch {
    return true;
  }
}
const leak = attention(queries, [...keys, [0, 0], [0, 0]], [...values, [0, 0, 0], [0, 0, 0]]);

const padding: Exercise<MaskedAttention> = {
  id: "3.3",
  checks: [
    {
      claim: "padding of zeros changes no context",
      points: 2,
      holds: (answer) => close(padded(answer, [0, 0], [0, 0, 0]), right),
    },
    {
      claim: "nor does padding that holds anything else, however large",
      points: 1,
      holds: (answer) =>
        close(padded(answer, [3, -2], [5, 5, 5]), right) &&
        close(padded(answer, [400, -900], [7, -7, 1000]), right),
    },
  ],
  mistakes: [
    {
      seen: (answer) =>
        close(
          padded(answer, [9, -9], [1, 1, 1]),
          queries.map(() => [1, 1, 1]),
        ),
      hint: "Only the padding is read: the mask is the wrong way round.",
    },
    {
      seen: (answer) =>
        close(padded(answer, [0, 0], [0, 0, 0]), leak.context) &&
        !close(padded(answer, [3, -2], [0, 0, 0]), leak.context),
      hint: "A value of 0 hands over nothing, but the padding still takes its share of the attention, and the words are left with less. Where do the shares come from?",
    },
    {
      seen: (answer) => close(padded(answer, [3, -2], [0, 0, 0]), leak.context),
      hint: "You make the padding's scores 0, be it by keys of zeros. To softmax, 0 is a score like any other: exp(0) is 1.",
    },
    {
      seen: (answer) =>
        close(padded(answer, [3, -2], [5, 5, 5]), right) && leavesNothing(answer, [400, -900]),
      hint: "A padding with a very large score takes everything: the words' shares are rounded to 0, and dividing them by their sum is 0/0. Where can padding be kept out before anything is shared out?",
    },
    {
      seen: (answer) => close(padded(answer, [0, 0], [0, 0, 0]), right),
      hint: "Well with padding of zeros; but a padding with a very large score gets through. What must its score be, so that no key can make up for it?",
    },
  ],
};

type Ask = (queries: Matrix, keys: Matrix, values: Matrix) => Matrix;
type WeightsOf = (attend: Ask, queries: Matrix, keys: Matrix) => Matrix;

const plainAsk: Ask = (q, k, v) => attention(q, k, v).context;
const coldAsk: Ask = (q, k, v) => attention(q, k, v, { temperature: 0.3 }).context;
const maskedAsk: Ask = (q, k, v) => attention(q, k, v, { mask: k.map((_, j) => j !== 1) }).context;

/** Whether an answer finds the weights of this notebook's attention, for these queries and keys. */
const findsAll = (answer: WeightsOf, queries: Matrix, keys: Matrix) =>
  close(answer(plainAsk, queries, keys), attention(queries, keys, keys).weights);

const probing: Exercise<WeightsOf> = {
  id: "3.4",
  checks: [
    {
      claim: "it finds the weights of the attention of this notebook",
      points: 1,
      holds: (answer) => findsAll(answer, fourQueries, threeKeys),
    },
    {
      claim: "and of attentions that do it differently: a colder one, one that masks a word",
      points: 2,
      holds: (answer) =>
        close(
          answer(coldAsk, fourQueries, threeKeys),
          softmax(scaledDotProductScores(fourQueries, threeKeys), { temperature: 0.3 }),
        ) &&
        answer(maskedAsk, fourQueries, threeKeys).every(
          (row) => row[1] === 0 && close(row[0] + row[2], 1),
        ),
    },
  ],
  mistakes: [
    {
      seen: (answer) => {
        const expected = attention(fourQueries, threeKeys, threeKeys).weights;
        return (
          close(answer(plainAsk, fourQueries, threeKeys), expected) &&
          close(answer(coldAsk, fourQueries, threeKeys), expected)
        );
      },
      hint: "You compute the weights anew, by the formula you know. The attention that you are given may do something else: ask it.",
    },
    {
      seen: (answer) =>
        close(
          answer(plainAsk, fourQueries, threeKeys),
          fourQueries.map(() => [1, 1, 1]),
        ),
      hint: "Each word hands over the same, so the context says nothing about who was asked. Let each word hand over something that no other word has.",
    },
    {
      seen: (answer) =>
        close(
          answer(plainAsk, fourQueries, threeKeys),
          plainAsk(fourQueries, threeKeys, threeKeys),
        ),
      hint: "This is the context of the keys. You choose the values freely: which ones make a context that reads like a row of weights?",
    },
    {
      seen: (answer) => {
        const expected = attention(fourQueries, threeKeys, threeKeys).weights;
        return close(answer(plainAsk, fourQueries, threeKeys), transposed(expected));
      },
      hint: "The weights are right, but they lie on their side: a row for each query.",
    },
    {
      seen: (answer) => findsAll(answer, fourQueries.slice(0, 3), threeKeys),
      hint: "Right for as many words as there are queries. There may be more or fewer words: who hands over values, those who ask or those who are asked?",
    },
    {
      seen: (answer) => findsAll(answer, fourQueries, keys),
      hint: "Right for as many words as a key has numbers. There may be more or fewer words: how many values do you need, and how wide is each?",
    },
  ],
};

export const chapter3 = [contexts, whole, padding, probing];
