import { Random } from "../../random";
import type { Pair } from "../../text/pairs";
import type { Exercise } from "../exercise";
import { mean } from "../numbers";

type Rehearse = (examples: Pair[], old: Pair[], count: number, random: Random) => Pair[];

const pairs = (name: string, count: number): Pair[] =>
  Array.from({ length: count }, (_, i) => ({ source: `${name} ${i}`, target: String(i) }));
const examples = pairs("new", 6);
const old = pairs("old", 12);
const COUNT = 8;
const seeds = Array.from({ length: 20 }, (_, seed) => seed);

/** The sources of what the answer makes from a seed. */
const mixed = (answer: Rehearse, seed: number) =>
  answer(examples, old, COUNT, new Random(seed)).map(({ source }) => source);
const isOld = (source: string) => source.startsWith("old");
const differ = (list: string[]) => new Set(list).size === list.length;
/** The old ones that some seed has drawn. */
const everDrawn = (answer: Rehearse) =>
  new Set(seeds.flatMap((seed) => mixed(answer, seed).filter(isOld)));

const keepsAll = (answer: Rehearse) =>
  seeds.every((seed) => {
    const sources = mixed(answer, seed);
    return (
      examples.every(({ source }) => sources.filter((one) => one === source).length === 1) &&
      sources.filter(isOld).length === COUNT
    );
  });
const noneTwice = (answer: Rehearse) =>
  seeds.every((seed) => differ(mixed(answer, seed).filter(isOld)));
/** How long the runs of one kind, old or new, are, from the first to the last. */
const runs = (sources: string[]) =>
  sources
    .map((source) => (isOld(source) ? "o" : "n"))
    .join("")
    .match(/o+|n+/g)!
    .map((run) => run.length);
const inTwoBlocks = (answer: Rehearse) =>
  seeds.every((seed) => runs(mixed(answer, seed)).length === 2);
/** Chance makes a longest run of 3.7 among 14, ± 0.2 in the mean of 20 seeds; one block makes 7. */
const LONGEST = 5.5;
const hasShortRuns = (answer: Rehearse) =>
  mean(seeds.map((seed) => Math.max(...runs(mixed(answer, seed))))) < LONGEST;
const eachComesFirst = (answer: Rehearse) =>
  new Set(seeds.map((seed) => isOld(mixed(answer, seed)[0]))).size === 2;
const isMixed = (answer: Rehearse) => hasShortRuns(answer) && eachComesFirst(answer);
const isSeeded = (answer: Rehearse) =>
  seeds.every((seed) => mixed(answer, seed).join() === mixed(answer, seed).join());

export const rehearsal: Exercise<Rehearse> = {
  id: "11.3",
  checks: [
    {
      claim: "every new example is there once, and as many old ones as asked for",
      points: 1,
      holds: keepsAll,
    },
    {
      claim: "the old ones are drawn from all of them, and none twice",
      points: 1,
      holds: (answer) => everDrawn(answer).size === old.length && noneTwice(answer),
    },
    {
      claim: "old and new stand mixed; the same seed mixes them in the same way",
      points: 1,
      holds: (answer) => isMixed(answer) && isSeeded(answer),
    },
  ],
  mistakes: [
    {
      seen: (answer) => !isSeeded(answer),
      hint: "Two runs with one seed differ, so nobody can repeat your experiment. Let the given random do all that is left to chance.",
    },
    {
      seen: (answer) => !noneTwice(answer),
      hint: "Some old examples come twice, and others not at all. Draw as one deals cards: shuffle, and take from the top.",
    },
    {
      seen: (answer) => everDrawn(answer).size === COUNT,
      hint: "It is always the same old examples, whatever the seed. What the model does not see it may forget: let all of them have a chance.",
    },
    {
      seen: (answer) => keepsAll(answer) && inTwoBlocks(answer),
      hint: "Old and new stand in two blocks. The model would be torn one way and then the other, and forget again what it has just rehearsed.",
    },
    {
      seen: (answer) => keepsAll(answer) && !hasShortRuns(answer),
      hint: "Most of one kind stand in one long run, whatever the seed. An example of the other kind at the edge is no mixture: deal out all of them as one pack.",
    },
    {
      seen: (answer) => keepsAll(answer) && !eachComesFirst(answer),
      hint: "Your epochs begin with the same kind every time. Where an old one stands, first or last, is for chance to say.",
    },
    {
      seen: (answer) =>
        mixed(answer, 1).filter((source) => !isOld(source)).length < examples.length,
      hint: "New examples get lost: rehearsal comes on top of them, not in their place.",
    },
  ],
};
