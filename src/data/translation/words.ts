import { readFileSync } from "node:fs";
import { join } from "node:path";
import { datasetsFolder } from "../folder";

export type Gender = "m" | "f";

/** A noun in the three languages. */
export interface Noun {
  english: string;
  englishPlural: string;
  french: string;
  frenchPlural: string;
  gender: Gender;
  /** A job's name for somebody of the other gender. */
  otherGender: string;
  chinese: string;
  /** The measure word between a number and the noun. */
  measure: string;
  /** What it is, for what can be said of it: "animal", "small". */
  tags: ReadonlySet<string>;
  /** Of a place: how one says that something happens there. */
  where?: { english: string; french: string; chinese: string };
}

export interface Adjective {
  /** Tells adjectives with the same English apart: "old 旧". */
  id: string;
  english: string;
  /** "taller"; "more" where it is more tall; empty where it is not compared. */
  comparative: string;
  masculine: string;
  feminine: string;
  beforeVowel: string;
  beforeNoun: boolean;
  attributive: string;
  predicate: string;
  tags: ReadonlySet<string>;
  manner: string;
}

export interface Verb {
  /** Tells verbs with the same English apart: "play 弹". */
  id: string;
  english: string;
  /** A second word behind it, as in "wait for". */
  particle: string;
  past: string;
  participle: string;
  ing: string;
  french: string;
  /** A second word behind the French verb, as in "avoir besoin". */
  frenchParticle: string;
  /** What French puts before the object. */
  preposition: string;
  chinese: string;
  kinds: ReadonlySet<string>;
  subjects: ReadonlySet<string>;
  objects: ReadonlySet<string>;
  places: readonly Noun[];
}

/** A name, or a town or country: the latter alone have a gender in French. */
export interface Name {
  english: string;
  french: string;
  chinese: string;
  gender: Gender | "";
}

/** A time or a means of transport: three phrases of marked tokens (see `phraseTokens`). */
export interface Phrase {
  english: string;
  french: string;
  chinese: string;
}

export interface Time extends Phrase {
  /** When it is; "past year" and "future year" are long ago and far ahead. */
  tense: "past" | "past year" | "future" | "future year" | "now" | "habit" | "season";
}

/** Where something is: "on the table". */
export interface Relation extends Phrase {
  things: ReadonlySet<string>;
  where: ReadonlySet<string>;
}

/** How an irregular French verb is conjugated. */
export interface FrenchVerb {
  je: string;
  tu: string;
  il: string;
  nous: string;
  ils: string;
  participle: string;
  /** What the endings of the future are put to. */
  future: string;
  auxiliary: string;
}

/** The rows of a table of `datasets/translation`, by the names of its columns. */
function readTable(name: string): Record<string, string>[] {
  const text = readFileSync(join(datasetsFolder, "translation", `${name}.tsv`), "utf8");
  const [header, ...lines] = text.trimEnd().split("\n");
  const columns = header.split("\t");
  return lines.map((line) => {
    const cells = line.split("\t");
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ""]));
  });
}

function setOf(cell: string): ReadonlySet<string> {
  return new Set(cell.split(" ").filter((tag) => tag !== ""));
}

function nounOf(row: Record<string, string>): Noun {
  const [english, englishPlural = pluralInEnglish(english)] = row.english.split("/");
  const [french, frenchPlural = pluralInFrench(french)] = row.french.split("/");
  const [at, in_, on = ""] = row.where.split(" ");
  return {
    english,
    englishPlural,
    french,
    frenchPlural,
    gender: row.gender as Gender,
    otherGender: row["other gender"],
    chinese: row.chinese,
    measure: row.measure,
    tags: setOf(row.tags),
    ...(at !== "" && { where: { english: at, french: in_, chinese: on } }),
  };
}

function pluralInEnglish(noun: string): string {
  if (/(s|x|ch|sh)$/.test(noun)) return `${noun}es`;
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

/** The plural of a French noun or adjective where it is regular. */
export function pluralInFrench(word: string): string {
  if (/[sxz]$/.test(word)) return word;
  return /(au|eu)$/.test(word) && word !== "bleu" ? `${word}x` : `${word}s`;
}

function adjectiveOf(row: Record<string, string>): Adjective {
  return {
    id: `${row.english} ${row.predicate}`,
    english: row.english,
    comparative: row.comparative,
    masculine: row.french,
    feminine: row.feminine,
    beforeVowel: row["before vowel"],
    beforeNoun: row.position === "before",
    attributive: row.attributive,
    predicate: row.predicate,
    tags: setOf(row.tags),
    manner: row.manner,
  };
}

function verbOf(row: Record<string, string>): Verb {
  const [english, particle = ""] = row.english.split("+");
  const [past, participle, ing] = formsOf(english, row.forms);
  const [french, frenchParticle = ""] = row.french.split(" ");
  return {
    id: `${english} ${row.chinese}`,
    english,
    particle,
    past,
    participle,
    ing,
    french,
    frenchParticle,
    preposition: row.preposition,
    chinese: row.chinese,
    kinds: setOf(row.kind),
    subjects: setOf(row.subjects),
    objects: setOf(row.objects),
    places: row.places === "" ? [] : row.places.split(",").map(placeNamed),
  };
}

/** Past, participle and the form in -ing: "gave given giving" from the table, or regular ones. */
function formsOf(english: string, irregular: string): string[] {
  const [past, participle, ing] = irregular.split(" ").filter((form) => form !== "");
  const stem = english.endsWith("e") ? english.slice(0, -1) : english;
  return [past ?? `${english}ed`, participle ?? past ?? `${english}ed`, ing ?? `${stem}ing`];
}

function placeNamed(name: string): Noun {
  const place = nouns.find((noun) => noun.english === name && noun.where);
  if (!place) throw new Error(`verbs.tsv names the place "${name}", which nouns.tsv lacks.`);
  return place;
}

export const nouns = readTable("nouns").map(nounOf);
export const adjectives = readTable("adjectives").map(adjectiveOf);
export const verbs = readTable("verbs").map(verbOf);
export const names = readTable("names") as unknown as readonly Name[];
export const towns = readTable("towns") as unknown as readonly Name[];
export const times = readTable("times") as unknown as readonly Time[];
export const vehicles = readTable("vehicles") as unknown as readonly Phrase[];
export const relations = readTable("relations").map((row): Relation => ({
  english: row.english,
  french: row.french,
  chinese: row.chinese,
  things: setOf(row.things),
  where: setOf(row.where),
}));
export const irregularVerbs: ReadonlyMap<string, FrenchVerb> = new Map(
  readTable("french-verbs").map((row) => [row.infinitive, row as unknown as FrenchVerb]),
);

/** Whether a noun is of one of the kinds that something goes with. */
export function fits(noun: Noun, tags: ReadonlySet<string>): boolean {
  for (const tag of tags) if (noun.tags.has(tag)) return true;
  return false;
}

const found = new Map<ReadonlySet<string>, readonly Noun[]>();

/** The nouns of one of some kinds. */
export function nounsOf(tags: ReadonlySet<string>): readonly Noun[] {
  let fitting = found.get(tags);
  if (!fitting) {
    fitting = nouns.filter((noun) => fits(noun, tags));
    found.set(tags, fitting);
  }
  return fitting;
}
