import { joinWords, words } from "./words";

/** The ids every vocabulary reserves, in this order. */
export const PAD = 0;
export const START = 1;
export const END = 2;
export const UNKNOWN = 3;

/** How the reserved ids look in `Vocabulary.tokens`; no token of a text can equal them. */
const RESERVED = ["<pad>", "<start>", "<end>", "<unknown>"] as const;

/** What `decode` writes for UNKNOWN: U+FFFD, the replacement character. */
export const UNKNOWN_CHARACTER = "\ufffd";

/** What a vocabulary can cut texts into. */
export const tokenKinds = ["characters", "words", "spaced"] as const;
export type TokenKind = (typeof tokenKinds)[number];

export interface VocabularyOptions {
  /**
   * What the tokens are; `"characters"` unless given. Words are cut as `words` does; `"spaced"` is
   * for texts with a space between all their tokens, such as Chinese that is cut into words already.
   */
  tokens?: TokenKind;
  /** Tokens that occur less often are left out, and so become UNKNOWN; 1 unless given. */
  minCount?: number;
  /** The largest `size`: of more tokens the most frequent ones are kept; no limit unless given. */
  maxSize?: number;
}

/** The characters of a text by Unicode code point, so that an emoji or 𠮷 is one character. */
export function characters(text: string): string[] {
  return Array.from(text);
}

/** How each kind of tokens is cut out of a text, and put together again. */
const CUTTING = {
  characters: { split: characters, join: (tokens: readonly string[]) => tokens.join("") },
  words: { split: words, join: joinWords },
  spaced: {
    split: (text: string) => (text === "" ? [] : text.split(" ")),
    join: (tokens: readonly string[]) => tokens.join(" "),
  },
};

/** A two-way table between tokens and ids; ids 0 to 3 are PAD, START, END and UNKNOWN. */
export class Vocabulary {
  /** The token of each id: the four reserved ones first, then the characters or words. */
  readonly tokens: readonly string[];
  private readonly ids: ReadonlyMap<string, number>;

  private constructor(
    sortedTokens: readonly string[],
    /** What the tokens are. */
    readonly kind: TokenKind,
  ) {
    this.tokens = [...RESERVED, ...sortedTokens];
    this.ids = new Map(this.tokens.map((token, id) => [token, id]));
  }

  /**
   * The vocabulary of all characters, or words, in the texts, sorted by code point, whatever their
   * order.
   * @throws Fails with a RangeError when `minCount` is no whole number of at least 1, or `maxSize`
   *   leaves no room for a token beside the four reserved ones.
   */
  static fromTexts(texts: Iterable<string>, options: VocabularyOptions = {}): Vocabulary {
    const { tokens: kind = "characters", minCount = 1, maxSize = Infinity } = options;
    checkLimits(kind, minCount, maxSize);
    const counts = new Map<string, number>();
    for (const text of texts) {
      for (const token of CUTTING[kind].split(text)) {
        counts.set(token, (counts.get(token) ?? 0) + 1);
      }
    }
    const sorted = [...counts.keys()].filter((token) => counts.get(token)! >= minCount);
    sorted.sort(byCodePoints);
    if (sorted.length > maxSize - RESERVED.length) {
      sorted.sort((a, b) => counts.get(b)! - counts.get(a)!); // keeps the order of equal ones
      sorted.length = maxSize - RESERVED.length;
      sorted.sort(byCodePoints);
    }
    return new Vocabulary(sorted, kind);
  }

  /**
   * This vocabulary and the tokens that only the texts have, sorted by code point behind its own,
   * which keep their ids.
   */
  grow(texts: Iterable<string>): Vocabulary {
    const found = Vocabulary.fromTexts(texts, { tokens: this.kind }).tokens;
    const added = found.filter((token) => !this.ids.has(token));
    return new Vocabulary([...this.tokens.slice(RESERVED.length), ...added], this.kind);
  }

  /** The number of ids, the four reserved ones included. */
  get size(): number {
    return this.tokens.length;
  }

  /** What one token is called. */
  get tokenName(): "character" | "word" {
    return this.kind === "characters" ? "character" : "word";
  }

  /** The text's characters or words; `join` makes the text of them again. */
  split(text: string): string[] {
    return CUTTING[this.kind].split(text);
  }

  /** The text that consists of some characters or words, as `split` cuts them. */
  join(tokens: readonly string[]): string {
    return CUTTING[this.kind].join(tokens);
  }

  /**
   * The ids of a text's tokens, without START and END.
   * A token the vocabulary lacks becomes UNKNOWN and is listed in `unknown`.
   */
  encode(text: string): { ids: number[]; unknown: string[] } {
    const unknown: string[] = [];
    const ids = this.split(text).map((token) => {
      const id = this.ids.get(token);
      if (id === undefined) unknown.push(token);
      return id ?? UNKNOWN;
    });
    return { ids, unknown };
  }

  /**
   * The text of some ids: stops at END, leaves out PAD and START, writes UNKNOWN as U+FFFD.
   * @throws Fails with a RangeError for an id outside the vocabulary.
   */
  decode(ids: Iterable<number>): string {
    return this.join(this.decodeTokens(ids));
  }

  /** The tokens of some ids, as `decode` writes them. */
  decodeTokens(ids: Iterable<number>): string[] {
    const tokens: string[] = [];
    for (const id of ids) {
      if (id === END) break;
      if (id === PAD || id === START) continue;
      tokens.push(id === UNKNOWN ? UNKNOWN_CHARACTER : this.token(id));
    }
    return tokens;
  }

  /** The tokens as plain JSON, a list where they are characters; `fromJSON` reads them back. */
  toJSON(): string[] | { kind: TokenKind; tokens: string[] } {
    const tokens = [...this.tokens];
    return this.kind === "characters" ? tokens : { kind: this.kind, tokens };
  }

  /**
   * The vocabulary that `toJSON` wrote.
   * @throws Fails with a TypeError when it is given anything else.
   */
  static fromJSON(json: unknown): Vocabulary {
    const { kind, tokens } = hasKind(json) ? json : { kind: "characters" as const, tokens: json };
    if (!Array.isArray(tokens) || RESERVED.some((token, id) => tokens[id] !== token)) {
      throw new TypeError(
        `Vocabulary.fromJSON: tokens must be a list that starts with ${RESERVED.join(", ")}, ` +
          `but it is ${excerpt(tokens)}. Pass what Vocabulary.toJSON wrote.`,
      );
    }
    const rest: unknown[] = tokens.slice(RESERVED.length);
    const seen = new Set<unknown>();
    rest.forEach((token, index) => {
      const isToken =
        typeof token === "string" && (kind !== "characters" || characters(token).length === 1);
      if (!isToken || seen.has(token)) {
        const one = kind === "characters" ? "character" : "word";
        throw new TypeError(
          `Vocabulary.fromJSON: tokens[${index + RESERVED.length}] is ${excerpt(token)}, ` +
            `but it must be one ${one} ${isToken ? "that occurs only once" : "of text"}. ` +
            `Pass what Vocabulary.toJSON wrote.`,
        );
      }
      seen.add(token);
    });
    return new Vocabulary(rest as string[], kind);
  }

  private token(id: number): string {
    const token = this.tokens[id];
    if (token === undefined) {
      throw new RangeError(
        `Vocabulary.decode: id ${id} is not in this vocabulary, whose ids are 0 to ` +
          `${this.size - 1}. Decode with the vocabulary of the model that made the ids.`,
      );
    }
    return token;
  }
}

function hasKind(
  json: unknown,
): json is { kind: Exclude<TokenKind, "characters">; tokens: unknown } {
  const kind = typeof json === "object" && (json as { kind?: unknown } | null)?.kind;
  return kind === "words" || kind === "spaced";
}

function checkLimits(kind: TokenKind, minCount: number, maxSize: number): void {
  if (!tokenKinds.includes(kind)) {
    throw new RangeError(
      `Vocabulary.fromTexts: tokens is "${kind}"; it is one of ${tokenKinds.join(", ")}.`,
    );
  }
  if (!Number.isInteger(minCount) || minCount < 1) {
    throw new RangeError(
      `Vocabulary.fromTexts: minCount is ${minCount}; give a whole number of at least 1.`,
    );
  }
  if (!(maxSize > RESERVED.length) || (maxSize < Infinity && !Number.isInteger(maxSize))) {
    throw new RangeError(
      `Vocabulary.fromTexts: maxSize is ${maxSize}; give a whole number above ${RESERVED.length}, ` +
        `which ids are reserved.`,
    );
  }
}

function byCodePoints(a: string, b: string): number {
  const [left, right] = [characters(a), characters(b)];
  const i = left.findIndex((character, index) => character !== right[index]);
  if (i < 0) return left.length - right.length;
  return left[i].codePointAt(0)! - (right[i]?.codePointAt(0) ?? -1);
}

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
