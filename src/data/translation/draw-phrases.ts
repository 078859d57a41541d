import type { Random } from "../../random";
import {
  type Determiner,
  genderUnknown,
  type Nominal,
  type NounPhrase,
  type Pronoun,
  pronouns,
} from "./meaning";
import { adjectives, type Adjective, fits, names, type Noun, nounsOf } from "./words";

/** One of several things, each as often as its weight says. */
export function choose<T>(random: Random, weighted: readonly (readonly [number, T])[]): T {
  let at = random.next() * weighted.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, value] of weighted) if ((at -= weight) < 0) return value;
  return weighted[weighted.length - 1][1];
}

export function chance(random: Random, share: number): boolean {
  return random.next() < share;
}

const PEOPLE = ["adult", "child"];
const OWNED = new Set(
  ["kin", "acquaintance", "pet", "vehicle", "bike", "device", "clothing"].concat([
    "lent",
    "losable",
    "furniture",
    "container",
  ]),
);

export function isPerson(noun: Noun): boolean {
  return PEOPLE.some((tag) => noun.tags.has(tag));
}

function nounOf(random: Random, tags: ReadonlySet<string>): Noun {
  return random.pick(nounsOf(tags));
}

/** I, you and we more often: French has forms of the verb for them alone. */
const SUBJECT_PRONOUNS: readonly Pronoun[] = [...pronouns, "I", "you", "we"];

function possessive(random: Random): Determiner {
  return { kind: "possessive", owner: random.pick(pronouns) };
}

function number(random: Random): Determiner {
  return { kind: "number", value: 2 + Math.floor(9 * random.next() ** 2) };
}

/** A noun phrase with a determiner that suits the noun, and perhaps adjectives. */
function phrase(
  random: Random,
  noun: Noun,
  kinds: readonly (readonly [number, Determiner["kind"]])[],
  pluralShare: number,
): NounPhrase {
  const owned = [...noun.tags].some((tag) => OWNED.has(tag));
  const isKin = noun.tags.has("kin");
  const kind = isKin
    ? "possessive"
    : choose(
        random,
        kinds.map(([weight, one]) => [one === "possessive" && !owned ? 0 : weight, one] as const),
      );
  const counted = ["number", "some", "many", "few"].includes(kind);
  const canBePlural = ["the", "this", "that", "possessive"].includes(kind) && !isKin;
  const plural = counted || (canBePlural && !noun.tags.has("mass") && chance(random, pluralShare));
  const determiner: Determiner =
    kind === "possessive"
      ? possessive(random)
      : kind === "number"
        ? number(random)
        : ({ kind } as Determiner);
  return { kind: "noun", noun, plural, determiner, adjectives: attributes(random, noun) };
}

const attributive = new Map<Noun, readonly Adjective[]>();

/** The adjectives that may stand beside a noun. */
function adjectivesOf(noun: Noun): readonly Adjective[] {
  let fitting = attributive.get(noun);
  if (!fitting) {
    fitting = adjectives.filter(({ manner, tags }) => manner !== "predicate" && fits(noun, tags));
    attributive.set(noun, fitting);
  }
  return fitting;
}

/** None, one or two adjectives that go with a noun: "small", "small black". */
function attributes(random: Random, noun: Noun): Adjective[] {
  if (noun.tags.has("kin") || noun.tags.has("acquaintance")) return [];
  const fitting = adjectivesOf(noun);
  if (fitting.length === 0 || chance(random, 0.68)) return [];
  const one = random.pick(fitting);
  if (one.manner !== "first" || chance(random, 0.6)) return [one];
  const colours = fitting.filter(({ manner }) => manner === "colour");
  return colours.length > 0 ? [one, random.pick(colours)] : [one];
}

/** Who does something, or is somehow. */
export function drawSubject(
  random: Random,
  tags: ReadonlySet<string>,
  options: { asks?: boolean; single?: boolean; knownGender?: boolean } = {},
): Nominal {
  const people = PEOPLE.some((tag) => tags.has(tag));
  const kind = choose(random, [
    [people ? 40 : 0, "pronoun"],
    [people ? 12 : 0, "name"],
    [people && !options.single ? 6 : 0, "both"],
    [50, "noun"],
  ] as const);
  switch (kind) {
    case "pronoun": {
      const known = SUBJECT_PRONOUNS.filter((pronoun) => {
        if (options.asks && pronoun === "I") return false;
        if (options.single && ["we", "they"].includes(pronoun)) return false;
        return !(options.knownGender && genderUnknown({ kind, pronoun }));
      });
      return { kind, pronoun: random.pick(known) };
    }
    case "name":
      return { kind, name: random.pick(names) };
    case "both":
      return both(random, tags);
    case "noun": {
      const single = options.single ? 0 : 1;
      const noun = nounOf(random, tags);
      const counted = options.asks || noun.tags.has("mass") ? 0 : single;
      return phrase(
        random,
        noun,
        [
          [50, "the"],
          [20, "possessive"],
          [10, "this"],
          [8, "that"],
          [6 * counted, "number"],
          [4 * counted, "many"],
        ],
        single * 0.3,
      );
    }
  }
}

/** Two people: the boy and the girl, Paul and Anna, my mother and my father. */
function both(random: Random, tags: ReadonlySet<string>): Nominal {
  const isKin = chance(random, 0.4);
  const fitting = nounsOf(tags).filter((noun) => isPerson(noun) && noun.tags.has("kin") === isKin);
  if (fitting.length < 2 || chance(random, 0.4)) {
    const [first, second] = random.shuffle(names);
    return {
      kind: "both",
      of: [
        { kind: "name", name: first },
        { kind: "name", name: second },
      ],
    };
  }
  const determiner: Determiner = isKin ? possessive(random) : { kind: "the" };
  const [first, second] = random.shuffle(fitting);
  const one = (noun: Noun): NounPhrase => ({
    kind: "noun",
    noun,
    plural: false,
    determiner,
    adjectives: [],
  });
  return { kind: "both", of: [one(first), one(second)] };
}

/** How the object of a verb is determined. */
export type ObjectKind = "usual" | "generic" | "definite" | "indefinite";

/** What something is done to, or somebody. */
export function drawObject(
  random: Random,
  tags: ReadonlySet<string>,
  kind: ObjectKind,
  subject: Nominal,
  pronounShare: number,
): Nominal {
  const noun = nounOf(random, tags);
  if (isPerson(noun) && chance(random, pronounShare)) {
    return {
      kind: "pronoun",
      pronoun: random.pick(pronouns.filter((one) => !meets(one, subject))),
    };
  }
  if (isPerson(noun) && chance(random, 0.2)) return { kind: "name", name: random.pick(names) };
  return drawThing(random, noun, kind);
}

/** Whether a pronoun as object would be the subject itself: I and me, we and me. */
function meets(pronoun: Pronoun, subject: Nominal): boolean {
  if (subject.kind !== "pronoun") return false;
  const speakers = ["I", "we"];
  if (speakers.includes(pronoun)) return speakers.includes(subject.pronoun);
  return pronoun === "you" && subject.pronoun === "you";
}

export function drawThing(random: Random, noun: Noun, kind: ObjectKind): NounPhrase {
  if (noun.tags.has("mass")) {
    const bare = kind === "generic" ? "generic" : "bare";
    const weights = [
      [kind === "definite" ? 0 : 80, bare],
      [kind === "definite" || kind === "usual" ? 20 : 0, "the"],
    ] as const;
    const one = phrase(random, noun, weights, 0);
    return kind === "generic" ? { ...one, adjectives: [] } : one;
  }
  if (kind === "generic" && chance(random, 0.6)) {
    const { adjectives, ...rest } = phrase(random, noun, [[1, "generic"]], 0);
    const colours = adjectives.filter(({ manner }) => manner === "colour");
    return { ...rest, plural: true, adjectives: colours };
  }
  const definite = kind === "indefinite" ? 0 : 1;
  const indefinite = kind === "usual" || kind === "indefinite" ? 1 : 0;
  return phrase(
    random,
    noun,
    [
      [34 * indefinite, "a"],
      [26 * definite, "the"],
      [16 * definite, "possessive"],
      [8 * definite, "this"],
      [6 * definite, "that"],
      [9 * indefinite, "number"],
      [8 * indefinite, "some"],
      [3 * indefinite, "many"],
      [4 * indefinite, "few"],
    ],
    0.25,
  );
}

/** A thing that exists somewhere, or the place where it is. */
export function drawPlain(random: Random, tags: ReadonlySet<string>, but?: Noun): NounPhrase {
  const fitting = nounsOf(tags).filter((noun) => noun !== but);
  const kinds = [
    [70, "the"],
    [20, "possessive"],
    [5, "this"],
    [5, "that"],
  ] as const;
  return { ...phrase(random, random.pick(fitting), kinds, 0), adjectives: [] };
}
