import { attention } from "../../attention/attention";
import { dotProductScores } from "../../attention/scores";
import { softmax } from "../../attention/softmax";
import { weightedSum } from "../../attention/weighted-sum";
import type { Exercise } from "../exercise";
import type { Matrix } from "../numbers";

interface Found {
  contexts: Matrix;
  weights: Matrix;
}
/** Queries [m, d], values [n, d] and a mask [m, n]: 1 for “may look”, 0 for “may not”. */
type Attend = (queries: Matrix, values: Matrix, mask: Matrix) => Found;
type Test = (attend: Attend) => boolean;

const found = (weights: Matrix, values: Matrix): Found => ({
  contexts: weightedSum(weights, values),
  weights,
});
const scoresOf = (queries: Matrix, values: Matrix) =>
  dotProductScores(queries, values).map((row) => row.map((score) => score / 2 + 0.3));
const times = (rows: Matrix, mask: Matrix) =>
  rows.map((row, i) => row.map((x, j) => x * mask[i][j]));

const excluded: Attend = (queries, values, mask) => {
  const { context, weights } = attention(queries, values, values, {
    mask: mask.map((row) => row.map((may) => may === 1)),
  });
  return { contexts: context, weights };
};
const added: Attend = (queries, values, mask) => {
  const scores = scoresOf(queries, values);
  const lowered = scores.map((row, i) => row.map((score, j) => score + (mask[i][j] - 1) * 1e9));
  return found(softmax(lowered), values);
};
const healthy = [excluded, added];

const unmasked: Attend = (queries, values) => found(softmax(scoresOf(queries, values)), values);
const multiplied: Attend = (queries, values, mask) =>
  found(softmax(times(scoresOf(queries, values), mask)), values);
const afterwards: Attend = (queries, values, mask) =>
  found(times(softmax(scoresOf(queries, values)), mask), values);
/** Takes vectors of zeros for padding, and does not look at the mask. */
const zerosOnly: Attend = (queries, values) =>
  excluded(
    queries,
    values,
    queries.map(() => values.map((value) => Number(value.some((x) => x !== 0)))),
  );

const acquits = (test: Test) => healthy.every((one) => test(one));
const convicts = (test: Test, broken: Attend) => acquits(test) && !test(broken);

/** The masks that a test shows to an attention. */
function masks(test: Test): Matrix[] {
  const all: Matrix[] = [];
  test((queries, values, mask) => {
    all.push(mask);
    return excluded(queries, values, mask);
  });
  return all;
}
const nothingMasked = (test: Test) => masks(test).every((mask) => mask.flat().every(Boolean));

export const padding: Exercise<Test> = {
  id: "13.3",
  checks: [
    {
      claim:
        "healthy attentions pass; one without a mask does not, nor one that multiplies the scores by it",
      points: 1,
      holds: (answer) => convicts(answer, unmasked) && convicts(answer, multiplied),
    },
    {
      claim: "… and one that masks the weights after softmax does not either",
      points: 2, // what the chapter is about
      holds: (answer) => convicts(answer, unmasked) && convicts(answer, afterwards),
    },
    {
      claim: "… nor one that takes zeros for padding, whatever the mask says",
      points: 1,
      holds: (answer) => convicts(answer, zerosOnly),
    },
  ],
  mistakes: [
    {
      seen: (answer) => masks(answer).length === 0,
      hint: "Your test does not try the attention at all, so it says the same of all.",
    },
    {
      seen: (answer) => !acquits(answer) && nothingMasked(answer),
      hint: "Your longer text has a mask of 1 everywhere, so what stands behind is text and no padding: even a healthy attention may look there.",
    },
    {
      seen: (answer) => acquits(answer) && nothingMasked(answer),
      hint: "Nothing is ever masked in what you show.",
    },
    {
      seen: (answer) => !acquits(answer),
      hint: "A healthy attention fails your test. With padding behind, each row of weights is longer by some zeros; the contexts keep their shape.",
    },
    {
      seen: (answer) => convicts(answer, afterwards) && answer(unmasked),
      hint: "Rows that sum to 1 prove little: they may be shares of padding too. What has to stay the same, whatever stands behind the text?",
    },
    {
      seen: (answer) => convicts(answer, unmasked) && answer(afterwards),
      hint: "Masked afterwards, padding has a weight of 0 and still takes its share away from the others. Look at what arrives, beside what arrives without padding.",
    },
    {
      seen: (answer) => convicts(answer, unmasked) && answer(zerosOnly),
      hint: "You pad with zeros, and there is code that takes any zeros for padding. In a batch the encoder has made something of padding as well: let it be any numbers.",
    },
  ],
};
