import { close } from "../compare";
import type { Exercise } from "../exercise";

type Share = (tokens: string[], weights: number[], support: number[]) => number;

const MARK = ". ";
const tokens = [
  ["Lena", "walked", "to", "the", "garden", MARK],
  ["Lena", "took", "the", "lamp", MARK],
  ["Omar", "hurried", "to", "the", "attic", MARK],
  ["Where", "is", "the", "lamp", "?"],
].flat();
const support = [0, 1];
/** A look that is spread over some tokens. */
const look = (shares: Record<number, number>) => tokens.map((_, j) => shares[j] ?? 0);
const [garden, firstMark, lamp, attic, question] = [4, 5, 9, 15, 20];

const spread = look({
  0: 0.1,
  [garden]: 0.2,
  7: 0.05,
  [lamp]: 0.3,
  [attic]: 0.15,
  [question]: 0.2,
});
const onMarks = look({ [firstMark]: 0.5, 10: 0.3, 16: 0.2 });
const right = 0.65;

export const share: Exercise<Share> = {
  id: "10.1",
  checks: [
    {
      claim: "a look at “garden” is a look at the first sentence, and at no other",
      points: 1,
      holds: (answer) =>
        close(answer(tokens, look({ [garden]: 1 }), [0]), 1) &&
        close(answer(tokens, look({ [garden]: 1 }), [2]), 0) &&
        close(answer(tokens, look({ [attic]: 1 }), [2]), 1),
    },
    {
      claim: "of a look that is spread, all that lies on the two supporting sentences counts",
      points: 1,
      holds: (answer) => close(answer(tokens, spread, support), right),
    },
    {
      claim: "a mark belongs to the sentence that it ends",
      points: 1,
      holds: (answer) => close(answer(tokens, onMarks, [0]), 0.5),
    },
  ],
  mistakes: [
    {
      seen: (answer) => close(answer(tokens, spread, support), spread[0] + spread[1]),
      hint: "You take the numbers of the sentences for those of tokens. In which sentence does a token stand? Count the marks before it.",
    },
    {
      seen: (answer) =>
        close(answer(tokens, spread, support), right / 11) ||
        close(answer(tokens, spread, support), 0.3 / 6 + 0.35 / 5) ||
        close(answer(tokens, spread, support), (0.3 / 6 + 0.35 / 5) / 2),
      hint: "You take a mean. Weights are shares of one look; a sentence has what its tokens have together.",
    },
    {
      seen: (answer) =>
        close(answer(tokens, look({ [garden]: 1 }), [2]), 1) &&
        close(answer(tokens, look({ [attic]: 1 }), [2]), 0),
      hint: "You go by how many supporting sentences there are, and not by which: `in` asks a list for an index, and not for a value.",
    },
    {
      seen: (answer) =>
        close(answer(tokens, look({ [garden]: 1 }), [0]), 1) &&
        !close(answer(tokens, onMarks, [0]), 0.5) &&
        close(answer(tokens, onMarks, [1]), 0.5),
      hint: "Your sentences begin with the mark of the one before. First give the mark to its sentence, and only then go on to the next.",
    },
    {
      seen: (answer) =>
        !close(answer(tokens, look({ [garden]: 1 }), [0]), 1) &&
        close(answer(tokens, look({ [garden]: 1 }), [1]), 1),
      hint: "You count sentences from 1; support counts them from 0.",
    },
    {
      seen: (answer) =>
        close(answer(tokens, spread, support), 0.3) || close(answer(tokens, spread, support), 0.5),
      hint: "You take the largest weight only. A look that is spread over several words of a sentence is a look at it, too.",
    },
  ],
};
