import { characters } from "../text/vocabulary";

/** What `Confidence` judges an answer by. */
export interface Evidence {
  /** The text, and the answer's. */
  source: string;
  target: string;
  /** The tokens of the text that the model does not know, and what they are. */
  unknown: string[];
  sourceToken: "character" | "word";
  /** What the answer is written in. */
  token: "character" | "word";
  tokenProbabilities: number[];
  ended: boolean;
}

/** What a model's sure answers look like; `measureConfidence` finds it out. */
export interface Confidence {
  /** The lowest probability that a token of a sure answer has. */
  lowestProbability: number;
  /** What the sources and the targets of the training are made of. */
  source: Familiar;
  target: Familiar;
}

/** The stretches of characters that texts are made of, and how many others a text may have. */
export interface Familiar {
  stretches: Stretches;
  /** The largest share of a text's stretches that may be unseen. */
  unseen: number;
}

/** All stretches of `length` characters in a set of texts, their beginnings and ends included. */
export class Stretches {
  private constructor(
    readonly length: number,
    private readonly seen: ReadonlySet<string>,
  ) {}

  static of(texts: Iterable<string>, length: number): Stretches {
    const seen = new Set<string>();
    for (const text of texts) for (const stretch of stretchesOf(text, length)) seen.add(stretch);
    return new Stretches(length, seen);
  }

  /** The share of a text's stretches that are in none of the texts. */
  unseenIn(text: string): number {
    const stretches = stretchesOf(text, this.length);
    return stretches.filter((stretch) => !this.seen.has(stretch)).length / stretches.length;
  }

  toJSON(): { length: number; seen: string[] } {
    return { length: this.length, seen: [...this.seen].sort() };
  }

  /** What `toJSON` wrote. */
  static fromJSON({ length, seen }: { length: number; seen: string[] }): Stretches {
    return new Stretches(length, new Set(seen));
  }
}

/** The text's stretches; two control characters stand for its beginning and its end. */
function stretchesOf(text: string, length: number): string[] {
  const marked = ["\u0002", ...characters(text), "\u0003"];
  const count = Math.max(1, marked.length - length + 1);
  return Array.from({ length: count }, (_, start) => marked.slice(start, start + length).join(""));
}

/** Why an answer should not be relied on, in words; none where it looks like the sure ones. */
export function doubtsAbout(evidence: Evidence, confidence?: Confidence): string[] {
  const { source, target, unknown, tokenProbabilities, ended } = evidence;
  if (source.length === 0) return ["the text is empty"];
  const doubts: string[] = [];
  if (unknown.length > 0) doubts.push(unknownTokens(unknown, evidence.sourceToken));
  if (!ended) doubts.push("the answer did not come to an end");
  if (!confidence) return doubts;
  const unseen = confidence.source.stretches.unseenIn(source);
  if (unseen > confidence.source.unseen) {
    const [found, limit] = percents(unseen, confidence.source.unseen);
    doubts.push(
      `the text is unlike those trained on (${found} of it is new; of sure ones at most ${limit})`,
    );
  }
  if (ended && confidence.target.stretches.unseenIn(target) > confidence.target.unseen) {
    doubts.push("the answer is unlike those trained on");
  }
  const lowest = Math.min(...tokenProbabilities);
  if (lowest < confidence.lowestProbability) {
    const [found, limit] = percents(lowest, confidence.lowestProbability);
    doubts.push(
      `a ${evidence.token} of the answer is only ${found} probable (of sure ones at least ${limit})`,
    );
  }
  return doubts;
}

/** A word may be missing because it was rare; a character, because it never came. */
function unknownTokens(unknown: readonly string[], kind: "character" | "word"): string {
  const tokens = [...new Set(unknown)].map((token) => `"${token}"`);
  if (kind === "character") return `the model has never seen ${tokens.join(", ")}`;
  return `${tokens.join(", ")} ${tokens.length > 1 ? "are" : "is"} not in the model's vocabulary`;
}

/** Two different shares in per cent, with as few decimals as tell them apart. */
function percents(...shares: [number, number]): string[] {
  const texts = (decimals: number) => shares.map((share) => (100 * share).toFixed(decimals));
  let decimals = 0;
  while (decimals < 10 && texts(decimals)[0] === texts(decimals)[1]) decimals++;
  return texts(decimals).map((text) => `${text} %`);
}
