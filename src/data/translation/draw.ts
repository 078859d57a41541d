import type { Random } from "../../random";
import { chance, choose, drawObject, drawPlain, drawSubject, drawThing } from "./draw-phrases";
import {
  type AdjectiveClause,
  agreementOf,
  type Clause,
  type ComparisonClause,
  type ExistenceClause,
  genderUnknown,
  type JobClause,
  type LocationClause,
  type Meaning,
  type Nominal,
  type Spot,
  type Tense,
  type VerbClause,
} from "./meaning";
import {
  adjectives,
  fits,
  nounsOf,
  nouns,
  relations,
  type Time,
  times,
  towns,
  type Verb,
  vehicles,
  verbs,
} from "./words";

/** Draws what a sentence is to say. */
export function drawMeaning(random: Random): Meaning {
  const clause = drawClause(random);
  const states = !clause.asks && !clause.timeFirst && !askedFor(clause);
  if (!states || !chance(random, 0.08)) return { clause };
  const subject = drawSubject(random, ADULTS, { single: true });
  const verb = random.pick(["say", "think", "know"] as const);
  return { report: { subject, verb }, clause };
}

function askedFor(clause: Clause): boolean {
  return Object.values(clause).some(
    (part) => part === "asked" || (part as { kind?: string } | undefined)?.kind === "asked",
  );
}

function drawClause(random: Random): Clause {
  const draw = choose<() => Clause>(random, [
    [13, () => drawActivity(random)],
    [40, () => drawDoing(random)],
    [12, () => drawStative(random)],
    [6, () => drawGiving(random)],
    [8, () => drawMotion(random)],
    [4, () => drawHome(random)],
    [11, () => drawAdjective(random)],
    [4, () => drawComparison(random)],
    [3, () => drawJob(random)],
    [6, () => drawLocation(random)],
    [5, () => drawExistence(random)],
  ]);
  return draw();
}

/** Denied in so many cases, asked in so many, never both. */
function mood(random: Random): { negative: boolean; asks: boolean } {
  const at = random.next();
  return { negative: at < 0.16, asks: at > 0.86 };
}

const timesOf = new Map<Time["tense"], Time[]>();
for (const time of times) timesOf.set(time.tense, [...(timesOf.get(time.tense) ?? []), time]);

function drawTime(random: Random, tense: Time["tense"], years = false): Time {
  const far = tense === "past" ? "past year" : tense === "future" ? "future year" : "season";
  const choice = [...timesOf.get(tense)!, ...(years ? timesOf.get(far)! : [])];
  return random.pick(choice);
}

/** When a verb's clause happens: a time, or how often. */
function whenOf(random: Random, verb: Verb, tense: Tense, open: boolean) {
  const years = verb.kinds.has("years");
  const when = (time: Time) => ({ time, timeFirst: open && chance(random, 0.3) });
  switch (tense) {
    case "past":
      return chance(random, 0.6) ? when(drawTime(random, "past", years)) : NO_TIME;
    case "future":
      return chance(random, 0.75) ? when(drawTime(random, "future", years)) : NO_TIME;
    case "progressive":
      return chance(random, 0.15) ? when(drawTime(random, "now")) : NO_TIME;
    case "habit": {
      if (!open || chance(random, 0.5)) return when(drawTime(random, "habit", years));
      const frequency = random.pick(["often", "always", "sometimes", "never"] as const);
      return { ...NO_TIME, frequency };
    }
    default:
      return NO_TIME;
  }
}

const NO_TIME = { timeFirst: false };

/** The tenses that a verb is used in, each with its weight. */
function tenseOf(random: Random, verb: Verb, negative: boolean, asks: boolean): Tense {
  const { kinds } = verb;
  const has = (kind: string, weight: number) => (kinds.has(kind) ? weight : 0);
  const goes = kinds.has("motion");
  const result = kinds.has("result");
  return choose(random, [
    [result || kinds.has("giving") || (goes && negative) ? 0 : 30, "progressive"],
    [has("habit", 16), "habit"],
    [30, "past"],
    [has("experience", 8), "before"],
    [negative || asks || kinds.has("nomodal") || kinds.has("giving") ? 0 : 6, "already"],
    [16, "future"],
  ]);
}

/** Wants to, can, must: in place of a tense. */
function drawModal(random: Random, verb: Verb, asks: boolean): VerbClause["modal"] {
  if (verb.kinds.has("nomodal") || !chance(random, 0.16)) return undefined;
  return random.pick(asks ? (["want", "can"] as const) : (["want", "can", "must"] as const));
}

/** What all sentences about doing something have in common. */
function drawDeed(
  random: Random,
  verb: Verb,
  subject: Nominal,
  who: { asks: boolean; negative: boolean },
) {
  const modal = drawModal(random, verb, who.asks);
  const tense = modal ? "habit" : tenseOf(random, verb, who.negative, who.asks);
  const open = !who.asks && !who.negative;
  const when = modal ? NO_TIME : whenOf(random, verb, tense, open);
  return { kind: "verb" as const, subject, verb, modal, tense, ...who, ...when };
}

function verbsOf(...kinds: string[]): Verb[] {
  return verbs.filter((verb) => kinds.some((kind) => verb.kinds.has(kind)));
}

const PEOPLE = new Set(["adult", "child"]);
const ADULTS = new Set(["adult"]);
const PLACES = new Set(["place"]);
const SUBJECTS = new Set(["subject"]);
const LEARNT = new Set(["language", "subject", "sport"]);

const activities = verbsOf("activity");
const doings = verbsOf("transitive").concat(
  verbsOf("result").filter((v) => !v.kinds.has("motion")),
);
const statives = verbsOf("stative");
const givings = verbsOf("giving");
const motions = verbsOf("motion");

/** Where a verb's clause may happen. */
function spotOf(random: Random, verb: Verb, tense: Tense, share: number): Spot | undefined {
  if (tense === "already" || tense === "before") return undefined;
  if (verb.english === "travel") {
    return { kind: "town", town: random.pick(towns.filter(({ gender }) => gender !== "")) };
  }
  if (verb.places.length === 0 || !chance(random, share)) return undefined;
  return { kind: "place", noun: random.pick(verb.places) };
}

function drawActivity(random: Random): VerbClause {
  const who = mood(random);
  const verb = random.pick(activities);
  const subject = drawSubject(random, verb.subjects, who);
  const deed = drawDeed(random, verb, subject, who);
  const spot = spotOf(random, verb, deed.tense, 0.5);
  if (!who.negative && !who.asks && chance(random, 0.14)) {
    const asksWho = chance(random, 0.5);
    if (asksWho && deed.tense !== "already") {
      const subject = { kind: "asked", word: "who" } as const;
      return { ...deed, frequency: undefined, timeFirst: false, spot, subject };
    }
    if (!deed.modal && ["progressive", "future"].includes(deed.tense) && !isI(subject)) {
      return { ...deed, timeFirst: false, spot: { kind: "asked" } };
    }
  }
  return { ...deed, spot };
}

function isI(subject: Nominal): boolean {
  return subject.kind === "pronoun" && subject.pronoun === "I";
}

function drawDoing(random: Random): VerbClause {
  const who = mood(random);
  const verb = random.pick(doings);
  const subject = drawSubject(random, verb.subjects, who);
  const deed = drawDeed(random, verb, subject, who);
  const object = drawFitting(random, deed);
  const clause: VerbClause = { ...deed, object, spot: spotOf(random, verb, deed.tense, 0.2) };
  if (who.negative || who.asks || !chance(random, 0.13)) return clause;
  return question(random, clause) ?? clause;
}

/** An object that the verb can have, and that French can agree with. */
function drawFitting(random: Random, deed: VerbClause): Nominal {
  const { verb, tense, subject } = deed;
  const past = ["past", "before", "already"].includes(tense);
  const kind = verb.kinds.has("generic") || verb.kinds.has("bare") || verb.kinds.has("the");
  const pronounShare = verb.preposition === "" ? 0.3 : 0;
  for (;;) {
    const object = kind
      ? drawGeneric(random, verb.objects)
      : drawObject(random, verb.objects, "usual", subject, pronounShare);
    if (past && genderUnknown(object)) continue;
    if ((deed.negative || deed.frequency === "never") && isAnybody(object)) continue;
    if (verb.kinds.has("single") && agreementOf(object).plural) continue;
    if (subject.kind === "noun" && object.kind === "noun" && subject.noun === object.noun) continue;
    return object;
  }
}

/** A person or some who need not exist, whom French does not like to deny: pas d'étudiant. */
function isAnybody(object: Nominal): boolean {
  if (object.kind !== "noun" || !fits(object.noun, PEOPLE)) return false;
  return ["a", "some"].includes(object.determiner.kind);
}

/** Something as such: a language, a sport, a meal. */
function drawGeneric(random: Random, kinds: ReadonlySet<string>): Nominal {
  const noun = random.pick(nounsOf(kinds));
  return {
    kind: "noun",
    noun,
    plural: false,
    determiner: { kind: "generic" },
    adjectives: [],
  };
}

/** Who does it? What does he do it to? */
function question(random: Random, clause: VerbClause): VerbClause | undefined {
  const { verb, object, subject, tense, modal } = clause;
  const plain = { ...clause, frequency: undefined };
  if (tense === "already" || tense === "before") return undefined;
  const forPeople = verb.subjects.has("adult");
  if (chance(random, 0.4) && forPeople) {
    return { ...plain, timeFirst: false, subject: { kind: "asked", word: "who" } };
  }
  const asksWhat = verb.preposition === "" && !verb.kinds.has("bare") && !modal && !isI(subject);
  if (!asksWhat || tense === "habit") return undefined;
  const isWho = object!.kind !== "noun" || fits(object!.noun, PEOPLE);
  return { ...plain, timeFirst: false, object: { kind: "asked", word: isWho ? "who" : "what" } };
}

function drawStative(random: Random): VerbClause {
  const who = mood(random);
  const verb = random.pick(statives);
  const subject = drawSubject(random, verb.subjects, who);
  const clause: VerbClause = {
    ...{ kind: "verb", subject, verb, tense: "habit", ...who, ...NO_TIME },
    object: drawStativeObject(random, verb, subject),
  };
  const asksWhat = verb.preposition === "" && !isI(subject) && verb.english !== "understand";
  if (who.negative || who.asks || !asksWhat || !chance(random, 0.08)) return clause;
  const word = verb.kinds.has("people") ? "who" : "what";
  return { ...clause, object: { kind: "asked", word } };
}

function drawStativeObject(random: Random, verb: Verb, subject: Nominal): Nominal {
  const kind = (
    {
      like: "generic",
      hate: "generic",
      have: "indefinite",
      want: "usual",
      need: "usual",
      understand: "definite",
    } as const
  )[verb.english];
  const noun = random.pick(nounsOf(verb.objects));
  if (noun.tags.has("language") || noun.tags.has("subject") || noun.tags.has("sport")) {
    return drawGeneric(random, LEARNT);
  }
  if (kind) return drawThing(random, noun, kind);
  return drawObject(random, verb.objects, "definite", subject, 0.35);
}

function drawGiving(random: Random): VerbClause {
  const who = mood(random);
  const verb = random.pick(givings);
  const subject = drawSubject(random, verb.subjects, who);
  const deed = drawDeed(random, verb, subject, who);
  for (;;) {
    const recipient = drawObject(random, PEOPLE, "definite", subject, 0);
    const same = subject.kind === "noun" && recipient.kind === "noun";
    if (same && subject.noun === recipient.noun) continue;
    const noun = random.pick(nounsOf(verb.objects));
    return { ...deed, recipient, object: drawThing(random, noun, "usual") };
  }
}

function drawMotion(random: Random): VerbClause {
  const who = mood(random);
  const verb = random.pick(motions);
  const firstDraw = drawSubject(random, verb.subjects, who);
  const deed = drawDeed(random, verb, firstDraw, who);
  const past = ["past", "before", "already"].includes(deed.tense);
  const subject = past && genderUnknown(firstDraw) ? drawHim(random) : firstDraw;
  const toTown = chance(random, 0.35);
  const spot: Spot = toTown
    ? { kind: "town", town: random.pick(towns) }
    : { kind: "place", noun: random.pick(nounsOf(PLACES)) };
  const [train, bus, car, taxi, plane, bike, foot] = vehicles;
  const means = toTown ? [train, plane, car, bus] : [bus, car, taxi, bike, foot];
  const vehicle = verb.english === "go" && chance(random, 0.35) ? random.pick(means) : undefined;
  const open = !who.negative && !who.asks && verb.english === "go" && !deed.modal && !isI(subject);
  if (open && deed.tense !== "before" && deed.tense !== "already" && chance(random, 0.1)) {
    return { ...deed, subject, frequency: undefined, timeFirst: false, spot: { kind: "asked" } };
  }
  return { ...deed, subject, spot, vehicle };
}

function drawHim(random: Random): Nominal {
  return { kind: "pronoun", pronoun: random.pick(["he", "she", "they"] as const) };
}

/** Where somebody lives or comes from. */
function drawHome(random: Random): VerbClause {
  const lives = chance(random, 0.6);
  const { asks, negative } = mood(random);
  const verb = verbs.find(({ kinds }) => kinds.has(lives ? "residence" : "origin"))!;
  const subject = drawSubject(random, verb.subjects, { asks: true });
  const where = chance(random, 0.12);
  const spot: Spot =
    where && !asks ? { kind: "asked" } : { kind: "town", town: random.pick(towns) };
  const denies = negative && lives && !where;
  return {
    ...{ kind: "verb", subject, verb, tense: "habit", asks, negative: denies, ...NO_TIME },
    spot,
  };
}

const TOO = new Set(
  [
    "expensive",
    "heavy",
    "big",
    "small",
    "long",
    "difficult",
    "slow",
    "hot",
    "cold",
    "sweet",
  ].concat([
    "dirty",
    "shy",
    "lazy",
    "tired",
    "nervous",
    "young",
    "serious",
    "curious",
    "fat",
    "thin",
  ]),
);

function drawAdjective(random: Random): AdjectiveClause {
  const who = mood(random);
  const adjective = random.pick(adjectives);
  const { masculine, feminine, tags, manner } = adjective;
  const knownGender = masculine !== feminine;
  const asSuch = tags.has("subject") && chance(random, 0.7);
  const kinds = asSuch ? SUBJECTS : without(tags);
  const subject = asSuch
    ? drawGeneric(random, kinds)
    : withoutAdjectives(drawSubject(random, kinds, { ...who, knownGender }));
  const compares = manner !== "shi" && manner !== "colour";
  const plain = !who.negative && !who.asks && compares;
  const degree =
    !plain || chance(random, 0.7)
      ? undefined
      : chance(random, 0.6) || !TOO.has(adjective.english)
        ? "very"
        : "too";
  const tense =
    manner === "state"
      ? choose(random, [
          [4, "now"],
          [4, "past"],
          [2, "future"],
        ] as const)
      : "now";
  const time = tense === "now" ? undefined : drawTime(random, tense);
  const timeFirst = time !== undefined && !who.asks && chance(random, 0.3);
  return {
    kind: "adjective",
    subject,
    adjective,
    degree: tense === "future" ? undefined : degree,
    tense,
    ...who,
    time,
    timeFirst,
  };
}

const reduced = new Map<ReadonlySet<string>, ReadonlySet<string>>();

/** The kinds of noun but for what is spoken of as such: a language, music. */
function without(tags: ReadonlySet<string>): ReadonlySet<string> {
  if (!tags.has("subject")) return tags;
  const others = reduced.get(tags) ?? new Set([...tags].filter((tag) => tag !== "subject"));
  reduced.set(tags, others);
  return others;
}

function withoutAdjectives(subject: Nominal): Nominal {
  return subject.kind === "noun" ? { ...subject, adjectives: [] } : subject;
}

const gradable = adjectives.filter(({ comparative }) => comparative !== "");

function drawComparison(random: Random): ComparisonClause {
  const who = mood(random);
  const adjective = random.pick(gradable);
  const tag = new Set([random.pick([...adjective.tags])]);
  const subject = drawPlain(random, tag);
  const fitting = nouns.filter((noun) => fits(noun, tag) && noun !== subject.noun);
  if (fitting.length === 0 || subject.noun.tags.has("subject")) return drawComparison(random);
  const equal = !who.negative && chance(random, 0.25);
  const other = drawPlain(random, tag, subject.noun);
  return { kind: "comparison", subject, adjective, equal, other, ...who, ...NO_TIME };
}

const jobs = nounsOf(new Set(["job"]));

function drawJob(random: Random): JobClause {
  const who = mood(random);
  const job = random.pick(jobs);
  const knownGender = job.french !== job.otherGender;
  for (;;) {
    const subject = drawSubject(random, ADULTS, { ...who, single: true, knownGender });
    const isJob = subject.kind === "noun" && subject.noun.tags.has("job");
    if (isJob || agreementOf(subject).plural) continue;
    return { kind: "job", subject: withoutAdjectives(subject), job, ...who, ...NO_TIME };
  }
}

function drawLocation(random: Random): LocationClause {
  const who = mood(random);
  const relation = random.pick(relations);
  const people = relation.things.has("adult") && chance(random, 0.4);
  const subject: Nominal = people
    ? drawSubject(random, ADULTS, { ...who, asks: true, single: true })
    : drawPlain(random, relation.things);
  const noun = subject.kind === "noun" ? subject.noun : undefined;
  const where =
    !who.negative && !who.asks && chance(random, 0.2)
      ? "asked"
      : drawPlain(random, relation.where, noun);
  const plain = withoutAdjectives(subject);
  return { kind: "location", subject: plain, relation, where, ...who, ...NO_TIME };
}

function drawExistence(random: Random): ExistenceClause {
  const who = mood(random);
  const relation = random.pick(relations);
  const fitting = nouns.filter(
    (noun) => fits(noun, relation.things) && !noun.tags.has("kin") && !noun.tags.has("mass"),
  );
  const noun = random.pick(fitting);
  const thing = drawThing(random, noun, "indefinite");
  const where = drawPlain(random, relation.where, noun);
  return { kind: "existence", thing, relation, where, ...who, ...NO_TIME };
}
