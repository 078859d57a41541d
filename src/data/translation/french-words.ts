import type { Token } from "./token";
import type { Agreement } from "./meaning";
import { irregularVerbs, pluralInFrench, type Adjective, type FrenchVerb } from "./words";

/** The forms of a verb; what is not in the table is regular: "parler", "manger". */
export function conjugated(infinitive: string): FrenchVerb {
  const irregular = irregularVerbs.get(infinitive);
  if (irregular) return irregular;
  const stem = infinitive.slice(0, -2);
  const soft = stem.endsWith("g") ? `${stem}e` : stem; // mangeons
  return {
    je: `${stem}e`,
    tu: `${stem}es`,
    il: `${stem}e`,
    nous: `${soft}ons`,
    ils: `${stem}ent`,
    participle: `${stem}é`,
    future: infinitive,
    auxiliary: "avoir",
  };
}

const futureEndings = { je: "ai", tu: "as", il: "a", nous: "ons", ils: "ont" };

export function futureOf(infinitive: string, person: Agreement["person"]): string {
  return conjugated(infinitive).future + futureEndings[person];
}

/** The imperfect of "être", the tense of what was so for a while. */
export const wasForms = { je: "étais", tu: "étais", il: "était", nous: "étions", ils: "étaient" };

/** A participle that agrees: allé, allée, allés, allées. */
export function agreeing(participle: string, { gender, plural }: Agreement): string {
  const inGender = gender === "f" ? `${participle}e` : participle;
  return plural ? pluralInFrench(inGender) : inGender;
}

/** The adjective as it agrees with a noun or a subject. */
export function adjectiveForm(adjective: Adjective, { gender, plural }: Agreement): string {
  const { masculine, feminine } = adjective;
  const inGender = gender === "f" ? feminine : masculine;
  return plural ? pluralInFrench(inGender) : inGender;
}

/** Whether a word begins with a vowel that is heard; of words with h, "huit" alone counts as not. */
function beginsWithVowel(word: string): boolean {
  return /^[aeiouyhâéêèîôœ]/i.test(word) && word !== "huit";
}

const contractions: Readonly<Record<string, string>> = {
  "de le": "du",
  "de les": "des",
  "à le": "au",
  "à les": "aux",
};

/** Elision and contraction: le oncle is l'oncle, ma amie mon amie, de le chat du chat. */
export function contracted(tokens: readonly Token[]): Token[] {
  const done: Token[] = [];
  for (const [i, token] of tokens.entries()) {
    const next = tokens[i + 1];
    const elided = token.beforeVowel !== undefined && next && beginsWithVowel(next.text);
    const text = elided ? token.beforeVowel! : token.text;
    const last = done.at(-1);
    const both = last && token.article ? contractions[`${last.text} ${text}`] : undefined;
    if (last && both) {
      const of = [...last.of, ...token.of];
      done[done.length - 1] = { text: both, of, near: [...last.near, ...token.near] };
    } else done.push({ ...token, text });
  }
  return done;
}
