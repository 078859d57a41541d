import { Random } from "../../random";
import type { Pair } from "../../text/pairs";
import type { Exercise } from "../exercise";

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
/** Whether, for some seed, a new one stands behind an old one, and before one. */
const isMixed = (answer: Rehearse) =>
  seeds.some((seed) => {
    const kinds = mixed(answer, seed).map(isOld);
    return kinds.join().includes("true,false") && kinds.join().includes("false,true");
  });
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
      hint: "Two runs with one seed differ, so nobody can repeat your experiment. Let `random` do all that is left to chance.",
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
      seen: (answer) => keepsAll(answer) && !isMixed(answer),
      hint: "Old and new stand in two blocks. The model would be torn one way and then the other, and forget again what it has just rehearsed.",
    },
    {
      seen: (answer) =>
        mixed(answer, 1).filter((source) => !isOld(source)).length < examples.length,
      hint: "New examples get lost: rehearsal comes on top of them, not in their place.",
    },
  ],
};
