import { close } from "../compare";
import type { Exercise } from "../exercise";

interface Asked {
  question: string;
  target: string;
}
type Baseline = (learnt: Asked[], test: Asked[]) => number;

/** “Lena: attic attic garden”: a question that is asked three times, with its answers. */
const asked = (...lists: string[]): Asked[] =>
  lists.flatMap((list) => {
    const [question, answers] = list.split(": ");
    return answers.split(" ").map((target) => ({ question: `Where is ${question}?`, target }));
  });

const learnt = asked("Lena: attic attic garden", "Omar: cellar garden garden garden cellar");
const test = asked("Lena: attic garden garden attic attic", "Omar: cellar garden cellar");
const right = 4 / 8; // Lena: attic, Omar: garden
const garden = 3 / 8; // for everybody
const fromTest = 5 / 8; // Lena: attic, Omar: cellar
const onLearnt = 5 / 8;
const withStranger = [...test, ...asked("Yuki: garden attic garden garden")];
const rightWithStranger = 7 / 12; // Yuki: garden
const silent = 4 / 12;
const leftOut = right;

export const baseline: Exercise<Baseline> = {
  id: "10.2",
  checks: [
    {
      claim: "for one question: what training says most often, and how often that is right",
      points: 1,
      holds: (answer) =>
        close(
          answer(asked("Lena: attic garden attic"), asked("Lena: garden attic garden garden")),
          1 / 4,
        ),
    },
    {
      claim: "each question has a commonest answer of its own",
      points: 1,
      holds: (answer) => close(answer(learnt, test), right),
    },
    {
      claim: "a question that training does not have gets the commonest answer of all",
      points: 1,
      holds: (answer) => close(answer(learnt, withStranger), rightWithStranger),
    },
  ],
  mistakes: [
    {
      seen: (answer) => [3, 6].some((places) => close(answer(learnt, test), 1 / places)),
      hint: "That is what blind guessing gets. Who has seen the answers of training can do better: some places are named more often.",
    },
    {
      seen: (answer) => close(answer(learnt, test), garden),
      hint: "You say the same of everybody. Who knows the question may say something else for each.",
    },
    {
      seen: (answer) =>
        close(answer(learnt, test), fromTest) &&
        !close(answer(learnt, learnt.slice(0, 3)), onLearnt),
      hint: "The commonest answers are counted in the test itself. So the rule has seen what it is examined on; count in training.",
    },
    {
      seen: (answer) =>
        close(answer(learnt, test), onLearnt) &&
        close(answer(learnt, learnt.slice(0, 3)), onLearnt),
      hint: "You measure on the questions that you have counted. What is asked for is the share of the test.",
    },
    {
      seen: (answer) =>
        close(answer(learnt, test), right) && close(answer(learnt, withStranger), silent),
      hint: "Where training has never asked a question, you say nothing, and get nothing. There is still a guess to make.",
    },
    {
      seen: (answer) =>
        close(answer(learnt, test), right) && close(answer(learnt, withStranger), leftOut),
      hint: "Questions that training does not have drop out of your share. They are asked all the same: the share is one of the whole test.",
    },
  ],
};
