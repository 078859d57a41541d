import type { Alignment, Link } from "../../measures/alignment";
import { words } from "../../text/words";

/** A word of a sentence that is being written, with what it stands for. */
export interface Token {
  text: string;
  /** The parts of the meaning that it says, such as "object.noun"; `du` says two. */
  of: readonly string[];
  /** Parts that it belongs to without saying them, as a measure word belongs to its noun. */
  near: readonly string[];
  /** What stands here before a vowel, in place of `text`: `l'` for `le`, `bel` for `beau`. */
  beforeVowel?: string;
  /** Whether it is an article, which `de` and `à` swallow: `du`, `aux`. */
  article?: boolean;
}

/** A token that says something. */
export function says(text: string, ...of: string[]): Token {
  return { text, of, near: [] };
}

const cut = new Map<string, readonly string[]>();

/** The tokens of an entry of more than one word: "living room", "grand-mère". */
export function saysAll(text: string, ...of: string[]): Token[] {
  const parts = cut.get(text) ?? words(text);
  cut.set(text, parts);
  return parts.map((part) => says(part, ...of));
}

/** A function word that belongs to something. */
export function belongs(text: string, ...near: string[]): Token {
  return { text, of: [], near };
}

/**
 * The alignment of two sentences with one meaning. Tokens that say the same part are a sure link. A
 * token that has none, because the other language does not say that part, may be linked to what it
 * belongs to.
 */
export function alignmentOf(source: readonly Token[], target: readonly Token[]): Alignment {
  const sure: Link[] = [];
  const linked = [new Set<number>(), new Set<number>()];
  source.forEach(({ of }, i) =>
    target.forEach((token, j) => {
      if (!meet(of, token.of)) return;
      sure.push([i, j]);
      linked[0].add(i);
      linked[1].add(j);
    }),
  );
  const possible = [...sure];
  source.forEach(({ of, near }, i) =>
    target.forEach((token, j) => {
      const belongs = !linked[0].has(i) && meet(near, token.of);
      if (belongs || (!linked[1].has(j) && meet(of, token.near))) possible.push([i, j]);
    }),
  );
  return { sure, possible };
}

function meet(a: readonly string[], b: readonly string[]): boolean {
  for (const part of a) if (b.includes(part)) return true;
  return false;
}

/** Tokens of a phrase in a table: `last=a week=b` says parts a and b, `the~b` belongs to b. */
export function phraseTokens(phrase: string, part: string): Token[] {
  return phrase.split(" ").map((entry) => {
    const [, text, sign, letters] = /^(.+)([=~])(\w+)$/.exec(entry)!;
    const parts = [...letters].map((letter) => `${part}.${letter}`);
    return sign === "=" ? says(text, ...parts) : belongs(text, ...parts);
  });
}

/** The same sentence with a capital at the beginning. */
export function capitalized(tokens: readonly Token[]): Token[] {
  const [first, ...rest] = tokens;
  return [{ ...first, text: first.text[0].toUpperCase() + first.text.slice(1) }, ...rest];
}
