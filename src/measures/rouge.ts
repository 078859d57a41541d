/** How much of one text stands in another; each number is from 0 to 1. */
export interface Overlap {
  /** The share of the answer that stands in the reference. */
  precision: number;
  /** The share of the reference that stands in the answer. */
  recall: number;
  /** Their harmonic mean. */
  fMeasure: number;
}

export interface RougeScores {
  /** Words. */
  rouge1: Overlap;
  /** Pairs of neighbouring words. */
  rouge2: Overlap;
  /** The longest common subsequence: words in the same order, with others between them or not. */
  rougeL: Overlap;
}

/**
 * ROUGE-1, ROUGE-2 and ROUGE-L of one summary against one reference (Lin 2004,
 * https://aclanthology.org/W04-1013).
 *
 * Texts are compared as the Python package rouge-score 0.1.2 does it without its stemmer: in small
 * letters, cut at everything that is no letter from a to z and no digit. Other scripts have no words
 * for it, and get 0.
 */
export function rouge(answer: string, reference: string): RougeScores {
  const [written, wanted] = [wordsOf(answer), wordsOf(reference)];
  return {
    rouge1: overlapOf(nGrams(written, 1), nGrams(wanted, 1)),
    rouge2: overlapOf(nGrams(written, 2), nGrams(wanted, 2)),
    rougeL: overlap(longestCommonSubsequence(written, wanted), written.length, wanted.length),
  };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function nGrams(words: readonly string[], n: number): string[] {
  return words.slice(n - 1).map((_, start) => words.slice(start, start + n).join(" "));
}

/** Counts an n-gram as often as it stands in both. */
function overlapOf(written: readonly string[], wanted: readonly string[]): Overlap {
  const left = new Map<string, number>();
  for (const gram of wanted) left.set(gram, (left.get(gram) ?? 0) + 1);
  let shared = 0;
  for (const gram of written) {
    const count = left.get(gram) ?? 0;
    if (count === 0) continue;
    left.set(gram, count - 1);
    shared++;
  }
  return overlap(shared, written.length, wanted.length);
}

function overlap(shared: number, written: number, wanted: number): Overlap {
  const precision = shared / Math.max(1, written);
  const recall = shared / Math.max(1, wanted);
  const fMeasure = shared === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, fMeasure };
}

/** Its length, by the table of all beginnings of `a` and `b`, row by row. */
function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let previous = Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const current = [0];
    b.forEach((other, j) => {
      current.push(word === other ? previous[j] + 1 : Math.max(previous[j + 1], current[j]));
    });
    previous = current;
  }
  return previous[b.length];
}
