import { close } from "../compare";
import type { Exercise } from "../exercise";

type Set = "train" | "validation" | "test";
/** Fine-tunes with a step size, and gives the share right in a set. */
type ScoreOf = (rate: number, set: Set) => number;
type Choose = (rates: number[], scoreOf: ScoreOf) => { rate: number; score: number };

const rates = [0.001, 0.004, 0.016, 0.064];
const scores: Record<Set, number[]> = {
  train: [0.7, 0.9, 0.97, 0.99],
  validation: [0.6, 0.8, 0.7, 0.2],
  test: [0.58, 0.74, 0.78, 0.15],
};
const [byValidation, byTest] = [1, 2];
const of = (rate: number, set: Set) => scores[set][rates.indexOf(rate)];

/** How often the answer looks at the test. */
function testsSeen(answer: Choose): number {
  let count = 0;
  answer(rates, (rate, set) => {
    if (set === "test") count++;
    return of(rate, set);
  });
  return count;
}
const chosen = (answer: Choose) => answer(rates, of);

export const stepSize: Exercise<Choose> = {
  id: "11.4",
  checks: [
    {
      claim: "the step size is chosen by the validation",
      points: 1,
      holds: (answer) => chosen(answer).rate === rates[byValidation],
    },
    {
      claim: "what is reported is the test's share for that step size",
      points: 1,
      holds: (answer) => close(chosen(answer).score, scores.test[byValidation]),
    },
    {
      claim: "the test is looked at once",
      points: 1,
      holds: (answer) => testsSeen(answer) === 1,
    },
  ],
  mistakes: [
    {
      seen: (answer) => chosen(answer).rate === rates[byTest],
      hint: "The winner is chosen by the test, and then praised for its test. Of four shares the largest is partly luck; who chooses must look elsewhere.",
    },
    {
      seen: (answer) => chosen(answer).rate === rates[3],
      hint: "By what it has learnt from, the largest step looks best: it has learnt the examples by heart. Choose by what it has not seen.",
    },
    {
      seen: (answer) => close(chosen(answer).score, scores.validation[byValidation]),
      hint: "The choice is right, the number flatters: the validation has chosen the winner, so the winner suits it. Report what nobody has chosen by.",
    },
    {
      seen: (answer) => close(chosen(answer).score, scores.test[byTest]),
      hint: "You report the best share of the test, and it belongs to another step size than the one you chose.",
    },
    {
      seen: (answer) => chosen(answer).rate === rates[byValidation] && testsSeen(answer) > 1,
      hint: "The choice is made, and yet you look at the test more than once. Each look is a chance to choose by it.",
    },
  ],
};
