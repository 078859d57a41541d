import { transformer } from "../../transformer/transformer";
import type { Exercise } from "../exercise";

/** The sizes of a transformer. */
interface Sizes {
  modelDim: number;
  heads: number;
  feedForwardDim: number;
  numLayers: number;
}
type Answer = () => Sizes;

/** Above this nobody need build it to know that it is too large. */
const LARGEST = 256;
const BUDGET = 80_000;
const SCORES = 100_000;
const LENGTH = 100;

/** The numbers that it learns. */
function numbersOf(sizes: Sizes): number {
  if (sizes.modelDim > LARGEST || sizes.feedForwardDim > 8 * LARGEST || sizes.numLayers > 8)
    return Infinity;
  const model = transformer({ sourceVocabSize: 60, targetVocabSize: 15, ...sizes });
  const count = model.countParams();
  model.dispose();
  return count;
}
const scoresOf = ({ heads, numLayers }: Sizes) => numLayers * heads * LENGTH ** 2;
const attentionNumbers = ({ modelDim: d }: Sizes) => 4 * (d * d + d);
const feedForwardNumbers = ({ modelDim: d, feedForwardDim: f }: Sizes) => d * f + f + f * d + d;
/** Whether there can be such a transformer at all. */
const isPossible = ({ modelDim, heads, feedForwardDim, numLayers }: Sizes) =>
  [modelDim, heads, feedForwardDim, numLayers].every((n) => Number.isInteger(n) && n > 0) &&
  modelDim % heads === 0;
/** A check's claim about sizes that can be built. */
const of = (claim: (sizes: Sizes) => boolean) => (answer: Answer) =>
  isPossible(answer()) && claim(answer());

const fits = (sizes: Sizes) => numbersOf(sizes) <= BUDGET;
const headsSee = ({ modelDim, heads }: Sizes) => modelDim / heads;
const thinks = (sizes: Sizes) => feedForwardNumbers(sizes) >= 1.9 * attentionNumbers(sizes);

export const sizes: Exercise<Answer> = {
  id: "12.6",
  checks: [
    { claim: "at most 80,000 numbers to learn", points: 1, holds: of(fits) },
    {
      claim: "at least 4 heads, and each sees at least 8 numbers",
      points: 1,
      holds: of((one) => one.heads >= 4 && headsSee(one) >= 8),
    },
    {
      claim: "a feed-forward network has about twice the numbers of an attention, or more",
      points: 1,
      holds: of(thinks),
    },
    { claim: "looks build on looks", points: 1, holds: of(({ numLayers }) => numLayers >= 2) },
    {
      claim: "its encoder has at most 100,000 scores for a text of 100 characters",
      points: 1,
      holds: of((one) => scoresOf(one) <= SCORES),
    },
  ],
  mistakes: [
    {
      seen: (answer) => !isPossible(answer()),
      hint: "The width cannot be cut into so many heads of whole numbers, so there is no such transformer.",
    },
    {
      seen: (answer) => answer().numLayers < 2,
      hint: "With one block nothing can look at what a look has found. Where do the numbers go, into width or into depth?",
    },
    {
      seen: (answer) => answer().heads >= 4 && headsSee(answer()) < 8,
      hint: "Heads share the width among them: more heads make each one narrower, and every head has n² scores of its own.",
    },
    {
      seen: (answer) => answer().numLayers > 2 && scoresOf(answer()) > SCORES,
      hint: "Each block has n² scores for each head. Multiply: blocks × heads × 100².",
    },
    {
      seen: (answer) => !fits(answer()),
      hint: "Too large. An attention has about 4d² numbers, so half the width costs a quarter; count how many attentions there are in all, in encoder and decoder.",
    },
    {
      seen: (answer) => !thinks(answer()),
      hint: "The feed-forward network is too narrow: with width f it has about 2df numbers, and an attention about 4d². Which f makes the one twice the other?",
    },
    {
      seen: (answer) => answer().heads < 4,
      hint: "Fewer than four looks at a time. Heads cost no numbers to learn, only scores.",
    },
  ],
};
