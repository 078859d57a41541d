import { softmax } from "../../attention/softmax";
import { close, finite } from "../compare";
import type { Exercise } from "../exercise";

type Loss = (logits: number[], right: number) => number;

const ordinary = [2, -1, 0.5];
const right = -Math.log(softmax(ordinary)[2]);
const twice = -Math.log(softmax(softmax(ordinary))[2]);

export const loss: Exercise<Loss> = {
  id: "13.1",
  checks: [
    {
      claim: "ordinary logits: −ln of the right token's probability",
      points: 1,
      holds: (answer) => close(answer(ordinary, 2), right),
    },
    {
      claim: "to be right and sure costs nothing, with logits of 1000 and with logits of −1000",
      points: 1,
      holds: (answer) =>
        !close(answer(ordinary, 2), 0) && // as it would be if everything cost nothing
        close(answer([1000, 0, -500], 0), 0) &&
        close(answer([-1000, -2000], 0), 0),
    },
    {
      claim: "to be sure of something wrong, by 1000, costs 1000",
      points: 1,
      holds: (answer) => close(answer([0, 1000, 3], 0), 1000),
    },
  ],
  mistakes: [
    {
      seen: (answer) => close(answer(ordinary, 2), twice),
      hint: "Softmax is taken twice: of logits first, and then of probabilities, which lie between 0 and 1 and so close together that the loss is never small.",
    },
    {
      seen: (answer) => close(answer(ordinary, 2), -right),
      hint: "Your loss is below 0, and training would make it smaller still: the right token less and less probable.",
    },
    {
      seen: (answer) => close(answer(ordinary, 2), right) && !finite(answer([1000, 0], 0)),
      hint: "exp(1000) is no number any more. Which number can you take from all logits without changing the loss?",
    },
    {
      seen: (answer) => close(answer(ordinary, 2), right) && answer([0, 1000, 3], 0) === Infinity,
      hint: "A probability of exp(−1000) is rounded to 0, and ln 0 is −∞. Do not make the probability at all: write ln of the fraction as a difference, and shorten it by hand.",
    },
    {
      seen: (answer) =>
        close(answer(ordinary, 2), right, 1e-3) && close(answer([0, 1000, 3], 0), 25, 24),
      hint: "No Infinity any more, but the loss is cut off: a model that is wrong by 1000 pays no more than one that is wrong by 30, so its slope is 0 just where it should learn.",
    },
  ],
};
