import { Random } from "../../random";
import type { Split } from "../dates/splits";
import type { Clause, Meaning, Nominal } from "./meaning";
import { nounsOf } from "./words";

export type { Split } from "../dates/splits";

/** Verbs with fewer objects than this are always for training with all of them. */
const FEW = 4;

/**
 * The combinations of two content words in a sentence: adjective and noun, verb and object, subject
 * and verb, a thing and where it is.
 */
export function combinationsOf({ clause }: Meaning): string[] {
  return [...new Set([...nominalsOf(clause).flatMap(attributes), ...pairsOf(clause)])].sort();
}

function nominalsOf(clause: Clause): Nominal[] {
  return Object.values(clause).filter((part: unknown): part is Nominal =>
    ["noun", "both"].includes((part as { kind?: string } | undefined)?.kind ?? ""),
  );
}

function attributes(nominal: Nominal): string[] {
  if (nominal.kind !== "noun") return [];
  return nominal.adjectives.map(({ id }) => `${id} + ${nominal.noun.english}`);
}

function pairsOf(clause: Clause): string[] {
  switch (clause.kind) {
    case "verb": {
      const { subject, verb, object } = clause;
      return [
        ...headsOf(subject).map((noun) => `${noun} + ${verb.id}`),
        ...(nounsOf(verb.objects).length < FEW ? [] : headsOf(object)).map(
          (noun) => `${verb.id} + ${noun}`,
        ),
      ];
    }
    case "adjective":
      return headsOf(clause.subject).map((noun) => `${clause.adjective.id} + ${noun}`);
    case "comparison":
      return [...headsOf(clause.subject), ...headsOf(clause.other)].map(
        (noun) => `${clause.adjective.id} + ${noun}`,
      );
    case "job":
      return headsOf(clause.subject).map((noun) => `${noun} + ${clause.job.english}`);
    case "location":
    case "existence": {
      const thing = clause.kind === "location" ? clause.subject : clause.thing;
      const where = clause.where === "asked" ? undefined : clause.where;
      return headsOf(thing).flatMap((noun) => headsOf(where).map((place) => `${noun} + ${place}`));
    }
  }
}

/** The nouns of a phrase; pronouns and names combine with everything. */
function headsOf(nominal: Nominal | undefined): string[] {
  if (nominal?.kind === "both") return nominal.of.flatMap(headsOf);
  return nominal?.kind === "noun" ? [nominal.noun.english] : [];
}

/**
 * The split of a combination, fixed once for all: 8 % are for the test, 4 % for validation.
 * The number is drawn from the name (FNV-1a), so it is the same on every machine.
 */
export function splitOfCombination(combination: string): Split {
  let hash = 0x811c9dc5;
  for (const character of combination) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  }
  const share = new Random(hash).next();
  if (share < 0.08) return "test";
  return share < 0.12 ? "validation" : "train";
}

/**
 * The split of a sentence, by its combinations: in the test at least one that is never trained on;
 * in training none of the others' ones. A sentence with some of the test and some of the validation
 * is in no split.
 */
export function splitOfSentence(combinations: readonly string[]): Split | undefined {
  const held = new Set(combinations.map(splitOfCombination).filter((split) => split !== "train"));
  if (held.size === 0) return "train";
  return held.size === 1 ? [...held][0] : undefined;
}
