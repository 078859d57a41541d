import type { Exercise } from "../exercise";
import { sum } from "../numbers";

/** What the decoder reads, ids, to scores of the next token at each position. */
type Logits = (reads: number[]) => number[][];
type Test = (logits: Logits) => boolean;

/** A decoder in which position i sees those positions j that it may. */
const decoder =
  (sees: (i: number, j: number) => boolean): Logits =>
  (reads) =>
    reads.map((_, i) => {
      const seen = reads.map((id, j) => (sees(i, j) ? Math.sin(id * (j + 1)) : 0));
      const total = sum(seen);
      return [total, 2 * total - 1, Math.cos(3 * total)];
    });

const healthy = [decoder((i, j) => j <= i), decoder((i, j) => j === i)];
const seesAll = decoder(() => true);
const seesNext = decoder((i, j) => j <= i + 1);
const seesFarAhead = decoder((i, j) => j <= i || j === i + 3);

const acquits = (test: Test) => healthy.every((one) => test(one));
const convicts = (test: Test, broken: Logits) => acquits(test) && !test(broken);

/** The texts that a test shows to a decoder. */
function shown(test: Test): number[][] {
  const texts: number[][] = [];
  test((reads) => {
    texts.push([...reads]);
    return healthy[0](reads);
  });
  return texts;
}
/** Where two texts differ first, be it that one has ended there; −1 where they do not. */
function firstChange(test: Test): number {
  const [one, ...others] = shown(test);
  const longest = Math.max(one.length, ...others.map(({ length }) => length));
  const differs = (_: unknown, i: number) => others.some((other) => other[i] !== one[i]);
  return Array.from({ length: longest }).findIndex(differs);
}

export const future: Exercise<Test> = {
  id: "13.2",
  checks: [
    {
      claim: "honest decoders pass, and one that sees everything does not",
      points: 1,
      holds: (answer) => convicts(answer, seesAll),
    },
    {
      claim: "… nor one that sees a single token too many",
      points: 1,
      holds: (answer) => convicts(answer, seesNext),
    },
    {
      claim: "… nor one that sees the third token ahead",
      points: 1,
      holds: (answer) => convicts(answer, seesFarAhead),
    },
  ],
  mistakes: [
    {
      seen: (answer) => shown(answer).length === 0,
      hint: "Your test does not try the decoder at all, so it says the same of all.",
    },
    {
      seen: (answer) => shown(answer).length > 1 && firstChange(answer) === -1,
      hint: "The texts that you show are all the same. (A list that is assigned to a second name is still one list.)",
    },
    {
      seen: (answer) => !acquits(answer) && firstChange(answer) === 0,
      hint: "You change what was read first. All that comes later may depend on it, and should: that is the past.",
    },
    {
      seen: (answer) => !acquits(answer) && firstChange(answer) > 0,
      hint: "An honest decoder fails your test. The position that has read the changed token may answer something else; only those before it may not.",
    },
    {
      seen: (answer) => convicts(answer, seesNext) && !convicts(answer, seesFarAhead),
      hint: "Your texts are too short: there is no third token ahead that could be seen.",
    },
    {
      seen: (answer) => convicts(answer, seesAll) && !convicts(answer, seesNext),
      hint: "A decoder that sees one token too many passes. At which position would it show? You do not look there.",
    },
    {
      seen: (answer) => acquits(answer) && answer(seesAll),
      hint: "Everybody passes. Show two texts that differ at the end, and compare what comes out before.",
    },
  ],
};
