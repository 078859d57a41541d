import { attention } from "../../attention/attention";
import { close } from "../compare";
import type { Exercise } from "../exercise";
import { type Matrix, plus } from "../numbers";

type TwoLooks = (question: number[], keys: Matrix, values: Matrix) => number[];

const question = [0.5, -1, 2];
const keys = [
  [1, 0, 1],
  [0.3, 2, -1],
  [-1, 1, 0.5],
];
const values = [
  [2, 1, -1],
  [0, -2, 1],
  [1, 3, 0.5],
];
const look = (query: number[], k = keys, v = values) => attention([query], k, v).context[0];

const first = look(question);
const second = look(plus(question, first));

/** Columns: kite, Tomas, Yuki, garden, library. Tomas has the kite, and is in the library. */
const story = {
  question: [20, 0, 0, 0, 0],
  keys: [
    [1, 0, 0, 0, 0],
    [0, 0, 1, 0, 0],
    [0, 1, 0, 0, 0],
  ],
  values: [
    [0, 60, 0, 0, 0],
    [0, 0, 0, 60, 0],
    [0, 0, 0, 0, 60],
  ],
};

export const twoLooks: Exercise<TwoLooks> = {
  id: "10.3",
  checks: [
    {
      claim: "Tomas has the kite and is in the library: the second look finds the library",
      points: 1,
      holds: (answer) =>
        close(answer(story.question, story.keys, story.values), [0, 0, 0, 0, 60], 0.1),
    },
    {
      claim: "what the first look brought is added to the question for the second",
      points: 2,
      holds: (answer) => close(answer(question, keys, values), second),
    },
  ],
  mistakes: [
    {
      seen: (answer) => close(answer(question, keys, values), first),
      hint: "You come home with what the first look has found: Tomas, and not the library. Either there is one look only, or both ask the same.",
    },
    {
      seen: (answer) => close(answer(question, keys, values), look(first)),
      hint: "The second look has forgotten the question. What was found is added to it, and does not replace it.",
    },
    {
      seen: (answer) => close(answer(question, keys, values), plus(first, second)),
      hint: "You add up what both looks have found. Asked for is where the second one has arrived.",
    },
    {
      seen: (answer) => {
        const swapped = look(question, values, keys);
        const given: unknown = answer(question, keys, values);
        return close(given, look(plus(question, swapped), values, keys));
      },
      hint: "Keys and values are swapped: keys are compared with the question, values are what a look brings home.",
    },
  ],
};
