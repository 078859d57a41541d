import type { Adjective, Gender, Name, Noun, Phrase, Relation, Time, Verb } from "./words";

/** The persons of the verb; "you" is one person that one knows well: tu, 你. */
export type Pronoun = "I" | "you" | "he" | "she" | "we" | "they";
export const pronouns: readonly Pronoun[] = ["I", "you", "he", "she", "we", "they"];

export type Determiner =
  | { kind: "a" | "the" | "this" | "that" | "some" | "many" | "few" }
  /** A thing without article in English: "bread" that one eats, "cats" that one likes. */
  | { kind: "bare" | "generic" }
  | { kind: "number"; value: number }
  | { kind: "possessive"; owner: Pronoun };

export interface NounPhrase {
  kind: "noun";
  noun: Noun;
  plural: boolean;
  determiner: Determiner;
  adjectives: readonly Adjective[];
}

/** What can be a subject or an object. */
export type Nominal =
  | NounPhrase
  | { kind: "pronoun"; pronoun: Pronoun }
  | { kind: "name"; name: Name }
  | { kind: "both"; of: readonly [Nominal, Nominal] }
  /** What is asked for. */
  | { kind: "asked"; word: "who" | "what" };

/** A place with the words that put something there: in the garden, in Paris. */
export type Spot = { kind: "place"; noun: Noun } | { kind: "town"; town: Name } | { kind: "asked" };

export type Tense = "progressive" | "habit" | "past" | "before" | "already" | "future";
export type Modal = "want" | "can" | "must";
export type Frequency = "often" | "always" | "sometimes" | "never";

/** What every kind of sentence has. */
interface Base {
  negative: boolean;
  /** Whether it asks for yes or no. */
  asks: boolean;
  time?: Time;
  /** Whether the time stands first. */
  timeFirst: boolean;
}

/** Somebody does something. */
export interface VerbClause extends Base {
  kind: "verb";
  subject: Nominal;
  verb: Verb;
  tense: Tense;
  modal?: Modal;
  frequency?: Frequency;
  object?: Nominal;
  /** To whom something is given. */
  recipient?: Nominal;
  /** Where it happens; of a motion, where it leads. */
  spot?: Spot;
  vehicle?: Phrase;
}

/** Somebody or something is somehow: now, in the past, in the future. */
export interface AdjectiveClause extends Base {
  kind: "adjective";
  subject: Nominal;
  adjective: Adjective;
  degree?: "very" | "too";
  tense: "now" | "past" | "future";
}

/** A is taller than B, or as tall as B. */
export interface ComparisonClause extends Base {
  kind: "comparison";
  subject: NounPhrase;
  adjective: Adjective;
  equal: boolean;
  other: NounPhrase;
}

/** Somebody is a teacher. */
export interface JobClause extends Base {
  kind: "job";
  subject: Nominal;
  job: Noun;
}

/** The book is on the table; where is it? */
export interface LocationClause extends Base {
  kind: "location";
  subject: Nominal;
  relation: Relation;
  where: NounPhrase | "asked";
}

/** There is a book on the table. */
export interface ExistenceClause extends Base {
  kind: "existence";
  thing: NounPhrase;
  relation: Relation;
  where: NounPhrase;
}

export type Clause =
  VerbClause | AdjectiveClause | ComparisonClause | JobClause | LocationClause | ExistenceClause;

/** What a sentence says, before any language says it. */
export interface Meaning {
  /** Who says, thinks or knows it. */
  report?: { subject: Nominal; verb: "say" | "think" | "know" };
  clause: Clause;
}

/** Grammatical person, number and gender, as verbs and adjectives agree with them. */
export interface Agreement {
  person: "je" | "tu" | "il" | "nous" | "ils";
  plural: boolean;
  gender: Gender;
}

/** What a verb or an adjective agrees with; a mixed group, and those not known, are masculine. */
export function agreementOf(nominal: Nominal): Agreement {
  switch (nominal.kind) {
    case "pronoun":
      return agreementOfPronoun(nominal.pronoun);
    case "name":
      return { person: "il", plural: false, gender: nominal.name.gender || "m" };
    case "asked":
      return { person: "il", plural: false, gender: "m" };
    case "both": {
      const feminine = nominal.of.every((one) => agreementOf(one).gender === "f");
      return { person: "ils", plural: true, gender: feminine ? "f" : "m" };
    }
    case "noun": {
      const { plural, noun } = nominal;
      return { person: plural ? "ils" : "il", plural, gender: noun.gender };
    }
  }
}

const persons = { I: "je", you: "tu", he: "il", she: "il", we: "nous", they: "ils" } as const;

function agreementOfPronoun(pronoun: Pronoun): Agreement {
  const plural = pronoun === "we" || pronoun === "they";
  return { person: persons[pronoun], plural, gender: pronoun === "she" ? "f" : "m" };
}

/** Whether French would have to know if a man or a woman speaks, or is spoken to. */
export function genderUnknown(nominal: Nominal): boolean {
  return nominal.kind === "pronoun" && ["I", "you", "we"].includes(nominal.pronoun);
}

/** The question words and what a question asks for. */
export function asksFor(clause: Clause): "subject" | "object" | "spot" | "nothing" {
  if (clause.kind === "location" && clause.where === "asked") return "spot";
  if (clause.kind !== "verb") return "nothing";
  if (clause.subject.kind === "asked") return "subject";
  if (clause.object?.kind === "asked") return "object";
  return clause.spot?.kind === "asked" ? "spot" : "nothing";
}
