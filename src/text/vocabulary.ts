/** The ids every vocabulary reserves, in this order. */
export const PAD = 0;
export const START = 1;
export const END = 2;
export const UNKNOWN = 3;

/** How the reserved ids look in `Vocabulary.tokens`; no character of a text can equal them. */
const RESERVED = ["<pad>", "<start>", "<end>", "<unknown>"] as const;

/** What `decode` writes for UNKNOWN: U+FFFD, the replacement character. */
const UNKNOWN_CHARACTER = "\ufffd";

/** The characters of a text by Unicode code point, so that an emoji or 𠮷 is one character. */
export function characters(text: string): string[] {
  return Array.from(text);
}

/** A two-way table between characters and ids; ids 0 to 3 are PAD, START, END and UNKNOWN. */
export class Vocabulary {
  /** The token of each id: the four reserved ones first, then the characters. */
  readonly tokens: readonly string[];
  private readonly ids: ReadonlyMap<string, number>;

  private constructor(sortedCharacters: readonly string[]) {
    this.tokens = [...RESERVED, ...sortedCharacters];
    this.ids = new Map(this.tokens.map((token, id) => [token, id]));
  }

  /** The vocabulary of all characters in the texts, sorted by code point, whatever their order. */
  static fromTexts(texts: Iterable<string>): Vocabulary {
    const found = new Set<string>();
    for (const text of texts) for (const character of characters(text)) found.add(character);
    return new Vocabulary([...found].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!));
  }

  /** The number of ids, the four reserved ones included. */
  get size(): number {
    return this.tokens.length;
  }

  /**
   * The ids of a text's characters, without START and END.
   * A character the vocabulary has not seen becomes UNKNOWN and is listed in `unknown`.
   */
  encode(text: string): { ids: number[]; unknown: string[] } {
    const unknown: string[] = [];
    const ids = characters(text).map((character) => {
      const id = this.ids.get(character);
      if (id === undefined) unknown.push(character);
      return id ?? UNKNOWN;
    });
    return { ids, unknown };
  }

  /**
   * The text of some ids: stops at END, leaves out PAD and START, writes UNKNOWN as U+FFFD.
   * @throws Fails with a RangeError for an id outside the vocabulary.
   */
  decode(ids: Iterable<number>): string {
    let text = "";
    for (const id of ids) {
      if (id === END) break;
      if (id === PAD || id === START) continue;
      text += id === UNKNOWN ? UNKNOWN_CHARACTER : this.token(id);
    }
    return text;
  }

  /** The tokens as plain JSON; `fromJSON` reads them back. */
  toJSON(): string[] {
    return [...this.tokens];
  }

  /**
   * The vocabulary that `toJSON` wrote.
   * @throws Fails with a TypeError when `tokens` is anything else.
   */
  static fromJSON(tokens: unknown): Vocabulary {
    if (!Array.isArray(tokens) || RESERVED.some((token, id) => tokens[id] !== token)) {
      throw new TypeError(
        `Vocabulary.fromJSON: tokens must be a list that starts with ${RESERVED.join(", ")}, ` +
          `but it is ${excerpt(tokens)}. Pass what Vocabulary.toJSON wrote.`,
      );
    }
    const rest: unknown[] = tokens.slice(RESERVED.length);
    const seen = new Set<unknown>();
    rest.forEach((token, index) => {
      const isCharacter = typeof token === "string" && characters(token).length === 1;
      if (!isCharacter || seen.has(token)) {
        throw new TypeError(
          `Vocabulary.fromJSON: tokens[${index + RESERVED.length}] is ${excerpt(token)}, ` +
            `but it must be one character ${isCharacter ? "that occurs only once" : "of text"}. ` +
            `Pass what Vocabulary.toJSON wrote.`,
        );
      }
      seen.add(token);
    });
    return new Vocabulary(rest as string[]);
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

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
