import { splitPairs } from "../../seq2seq/split";
import type { Pair } from "../../text/pairs";
import type { Exercise } from "../exercise";

type Split = (pairs: Pair[]) => { train: Pair[]; test: Pair[] };
type Test = (split: Split) => boolean;

const copies = (pairs: Pair[]) => pairs.map(({ source, target }) => ({ source, target }));
const sourcesOf = (pairs: Pair[]) => [...new Set(pairs.map(({ source }) => source))];
const parted = (pairs: Pair[], isTest: (pair: Pair, index: number) => boolean) => ({
  train: copies(pairs.filter((pair, i) => !isTest(pair, i))),
  test: copies(pairs.filter(isTest)),
});

const drawn: Split = (pairs) => splitPairs(pairs, { seed: 1, validation: 0, test: 0.3 });
const lastSource: Split = (pairs) => {
  const last = sourcesOf(pairs).at(-1);
  return parted(pairs, ({ source }) => source === last);
};
const healthy = [drawn, lastSource];

/** No pair is on both sides; but of each source that has several pairs the last one is asked for. */
const byPair: Split = (pairs) => {
  const sources = pairs.map(({ source }) => source);
  const repeated = ({ source }: Pair, i: number) =>
    sources.indexOf(source) < i && sources.lastIndexOf(source) === i;
  return pairs.some(repeated) ? parted(pairs, repeated) : parted(pairs, (_, i) => i % 3 === 2);
};
const overlapping: Split = (pairs) => ({
  train: copies(pairs),
  test: parted(pairs, (_, i) => i % 3 === 0).test,
});
const emptyTest: Split = (pairs) => ({ train: copies(pairs), test: [] });

const acquits = (test: Test) => healthy.every((one) => test(one));
const convicts = (test: Test, broken: Split) => acquits(test) && !test(broken);

/** Whether a test splits anything. */
function splitsSomething(test: Test): boolean {
  let done = false;
  test((pairs) => {
    done = true;
    return lastSource(pairs);
  });
  return done;
}
/** Whether a test splits pairs of which some share a source. */
function repeatsSources(test: Test): boolean {
  let repeated = false;
  test((pairs) => {
    repeated ||= sourcesOf(pairs).length < pairs.length;
    return lastSource(pairs);
  });
  return repeated;
}

export const splits: Exercise<Test> = {
  id: "13.6",
  checks: [
    {
      claim: "honest splits pass, and one that asks for what was learnt does not",
      points: 1,
      holds: (answer) => convicts(answer, overlapping),
    },
    {
      claim: "… nor one in which a source of the test was learnt with another translation",
      points: 1,
      holds: (answer) => convicts(answer, byPair),
    },
    {
      claim: "… nor one whose test is empty",
      points: 1,
      holds: (answer) => convicts(answer, emptyTest),
    },
  ],
  mistakes: [
    {
      seen: (answer) => !splitsSomething(answer),
      hint: "Your test does not try the split at all, so it says the same of all.",
    },
    {
      seen: (answer) => acquits(answer) && answer(overlapping),
      hint: "A test whose pairs were all learnt passes. Two objects are equal for === and includes only if they are one and the same object; compare what stands in them.",
    },
    {
      seen: (answer) => convicts(answer, overlapping) && answer(byPair) && !repeatsSources(answer),
      hint: "In your pairs every source stands once, so none can come to be on both sides. Show pairs that tempt: one source, several translations.",
    },
    {
      seen: (answer) => convicts(answer, overlapping) && answer(byPair),
      hint: "The parrot passes: you look for the same pair on both sides. What the examination asks for is the source alone.",
    },
    {
      seen: (answer) => convicts(answer, byPair) && answer(emptyTest),
      hint: "Where nothing is asked, nothing is shared: every claim holds of an empty list.",
    },
    {
      seen: (answer) => !acquits(answer),
      hint: "An honest split fails your test. It may keep all pairs of a source on one side, however many they are, and the same target may well stand on both.",
    },
  ],
};
