import { attention } from "../../attention/attention";
import { additiveScores } from "../../attention/scores";
import { softmax } from "../../attention/softmax";
import { weightedSum } from "../../attention/weighted-sum";
import { close } from "../compare";
import type { Exercise } from "../exercise";
import type { Matrix } from "../numbers";

/** Queries [m, 2] and values [n, 2] to contexts [m, 2] and weights [m, n]. */
type Attend = (queries: Matrix, values: Matrix) => { contexts: Matrix; weights: Matrix };
type Test = (attend: Attend) => boolean;

const byScores =
  (scores: (queries: Matrix, values: Matrix) => Matrix): Attend =>
  (queries, values) => {
    const weights = softmax(scores(queries, values));
    return { contexts: weightedSum(weights, values), weights };
  };
const parameters = {
  W1: [
    [1, -0.5],
    [0.3, 1],
  ],
  W2: [
    [0.7, 1],
    [-1, 0.4],
  ],
  v: [1.5, -1],
};

const byProduct: Attend = (queries, values) => {
  const { context, weights } = attention(queries, values, values);
  return { contexts: context, weights };
};
const additive = byScores((queries, values) => additiveScores(queries, values, parameters));
const healthy = [byProduct, additive];

/** Tells queries apart whose numbers are the same in another order, as [1, 0] and [0, 1]. */
const heard = (query: number[]) => query[0] - 0.6 * query[1];
const timetable = byScores((queries, values) =>
  queries.map((query) => values.map((_, j) => Math.sin(j + heard(query)))),
);
/** As additive attention without its tanh: the query adds the same to all scores. */
const sameForAll = byScores((queries, values) =>
  queries.map((query) => values.map((value) => heard(query) + value[0] - 0.6 * value[1])),
);
const even = byScores((queries, values) => queries.map(() => values.map(() => 0)));

const acquits = (test: Test) => healthy.every((one) => test(one));
const convicts = (test: Test, broken: Attend) => acquits(test) && !test(broken);

/** How many different queries, and lists of values, a test shows. */
function shown(test: Test): { queries: number; values: number } {
  const [allQueries, allValues] = [new Set<string>(), new Set<string>()];
  test((queries, values) => {
    queries.forEach((query) => allQueries.add(JSON.stringify(query)));
    allValues.add(JSON.stringify(values));
    return byProduct(queries, values);
  });
  return { queries: allQueries.size, values: allValues.size };
}

/** Whether a test asks two questions of the same values to which dot products give equal weights. */
function asksTheSame(test: Test): boolean {
  const asked: { query: string; values: string; weights: number[] }[] = [];
  test((queries, values) => {
    const given = byProduct(queries, values);
    queries.forEach((query, i) => {
      const weights = given.weights[i];
      asked.push({ query: JSON.stringify(query), values: JSON.stringify(values), weights });
    });
    return given;
  });
  return asked.some((one) =>
    asked.some(
      (other) =>
        one.query !== other.query &&
        one.values === other.values &&
        close(one.weights, other.weights),
    ),
  );
}

export const looking: Exercise<Test> = {
  id: "13.4",
  checks: [
    {
      claim: "real attentions pass, and a timetable, made of the query alone, does not",
      points: 1,
      holds: (answer) => convicts(answer, timetable),
    },
    {
      claim: "… nor one that looks at the same places whatever is asked",
      points: 1,
      holds: (answer) => convicts(answer, sameForAll),
    },
    {
      claim: "… nor one that spreads its weights evenly",
      points: 1,
      holds: (answer) => convicts(answer, even),
    },
  ],
  mistakes: [
    {
      seen: (answer) => shown(answer).values === 0,
      hint: "Your test does not try the attention at all, so it says the same of all.",
    },
    {
      seen: (answer) => !answer(byProduct) && asksTheSame(answer),
      hint: "A real attention fails your test, by chance: two different questions may happen to give the same shares, where their scores differ by the same at every value. Try others, or other values.",
    },
    {
      seen: (answer) => !acquits(answer),
      hint: "A real attention fails your test. Which weights did you expect to stay, or to be the largest? Additive attention need not like what is similar.",
    },
    {
      seen: (answer) => answer(even) && answer(timetable),
      hint: "Even a mean of all values passes. Your test never pushes anything: change what is asked, change what is there, and see whether the weights move.",
    },
    {
      seen: (answer) => answer(even) && answer(sameForAll),
      hint: "Weights that are all equal turn round with anything, since nothing changes when they do. Ask in addition that something moves, and ask two different questions.",
    },
    {
      seen: (answer) => answer(timetable) && shown(answer).values < 2,
      hint: "You ask different questions, of the same values. A timetable knows the question too; what has it never seen?",
    },
    {
      seen: (answer) => answer(sameForAll) && shown(answer).queries < 2,
      hint: "You change the values, and ask one and the same question. Somebody who never listens to the question passes.",
    },
    {
      seen: (answer) => answer(timetable),
      hint: "With other values the contexts change, even where the weights stay: the same shares of something else. Where does it say where it looked?",
    },
  ],
};
