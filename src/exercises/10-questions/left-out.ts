import type { Exercise } from "../exercise";

interface Story {
  sentences: string[];
  question: string;
  target: string;
}
/** From a source, sentences and question, to an answer. */
type Reader = (source: string) => string;
type Answer = (answerOf: Reader, story: Story) => boolean[];

const story: Story = {
  sentences: [
    "Lena walked to the garden.",
    "Omar walked to the attic.",
    "Lena took the lamp.",
    "Omar hurried to the cellar.",
  ],
  question: "Where is the lamp?",
  target: "garden",
};
const without = (left: number) =>
  [...story.sentences.filter((_, s) => s !== left), story.question].join(" ");
const places = (source: string) => [...source.matchAll(/to the (\w+)/g)].map(([, place]) => place);

/** Says the place that is named first: right here, and it hangs on the first sentence alone. */
const first: Reader = (source) => places(source)[0];
/** Says the place that is named last: wrong here, and it hangs on the last sentence alone. */
const last: Reader = (source) => places(source).at(-1) ?? "nowhere";
const stubborn: Reader = () => "kitchen";

/** The sources that an answer has read. */
function read(answer: Answer): string[] {
  const sources: string[] = [];
  answer((source) => {
    sources.push(source);
    return first(source);
  }, story);
  return sources;
}
const is = (list: unknown, ...expected: boolean[]) =>
  JSON.stringify(list) === JSON.stringify(expected);
const leavesOneOut = (answer: Answer) => {
  const sources = read(answer);
  return story.sentences.every((_, left) => sources.includes(without(left)));
};
const comparesWithTarget = (answer: Answer) => is(answer(stubborn, story), true, true, true, true);

export const leftOut: Exercise<Answer> = {
  id: "10.4",
  checks: [
    {
      claim: "each sentence is left out once, and all else stays as it is",
      points: 1,
      holds: leavesOneOut,
    },
    {
      claim: "a reader who says “kitchen” whatever it reads hangs on no sentence",
      points: 1,
      holds: (answer) => is(answer(stubborn, story), false, false, false, false),
    },
    {
      claim: "who says the first place hangs on the first sentence, who says the last on the last",
      points: 1,
      holds: (answer) =>
        is(answer(first, story), true, false, false, false) &&
        is(answer(last, story), false, false, false, true),
    },
  ],
  mistakes: [
    {
      seen: (answer) => is(answer(first, story), false, true, true, true),
      hint: "It is the wrong way round: true where the answer changes.",
    },
    {
      seen: (answer) => comparesWithTarget(answer) && !leavesOneOut(answer),
      hint: "Two things are wrong, as printed. Which sentences does the reader still get, and what is its answer compared with?",
    },
    {
      seen: comparesWithTarget,
      hint: "You compare with the truth. Whether a wrong answer hangs on a sentence is a question, too: compare with what the reader says when it has the whole story.",
    },
    {
      seen: (answer) => read(answer).includes(story.sentences.slice(1).join(" ")),
      hint: "The question is gone together with the sentence. Leave out the sentence only.",
    },
    {
      seen: (answer) =>
        read(answer).includes(story.sentences.slice(0, 1).concat(story.question).join(" ")),
      hint: "You leave out more than one sentence: all that follows it is gone as well.",
    },
    {
      seen: (answer) => read(answer).some((source) => /^ | {2}/.test(source)),
      hint: "Where the sentence stood an empty one is left, with a space of its own: a text such as the reader has never seen.",
    },
  ],
};
