import { type Numbers, readNumbers } from "./numbers";

/** What can be told to `softmax`. */
export interface SoftmaxOptions {
  /**
   * Which keys may be looked at: true keeps a key, false gives it the weight 0.
   * `[n]` for all rows alike (padding), or `[m, n]`, a row for each query (causal attention).
   */
  mask?: boolean[] | boolean[][];
  /** The scores are divided by it: below 1 sharpens, above 1 flattens. 1 unless given. */
  temperature?: number;
}

/**
 * Turns each row of scores into weights that are positive and sum to 1:
 * α_ij = exp(e_ij) / Σ_k exp(e_ik).
 *
 * The largest score of the row is subtracted first. It changes no weight, and it keeps exp from
 * overflowing, which it otherwise does above about 709.
 *
 * Source: the article's §4.2; temperature: Hinton et al. 2015 (arXiv 1503.02531), equation 1.
 * @param scores One row `[n]` or many `[m, n]`; the weights come in the same form.
 * @throws Fails with a TypeError or RangeError for scores or a mask that are not in order, a row
 *   whose mask leaves no key, and a temperature that is not above 0.
 */
export function softmax<S extends Numbers>(scores: S, options: SoftmaxOptions = {}): S {
  const { rows, shape, restore } = readNumbers("scores", scores);
  const { mask, temperature = 1 } = options;
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new RangeError(
      `temperature is ${temperature}, but it must be a finite number above 0. ` +
        `Use a small one, such as 0.01, for weights that are nearly all on the largest score.`,
    );
  }
  const kept = mask && readMask(mask, rows, shape);
  return restore(rows.map((row, i) => softmaxOfRow(row, temperature, kept?.[i])));
}

function softmaxOfRow(row: number[], temperature: number, kept?: boolean[]): number[] {
  const isKept = (j: number) => kept?.[j] ?? true;
  const largest = Math.max(...row.filter((_, j) => isKept(j)));
  const powers = row.map((score, j) => (isKept(j) ? Math.exp((score - largest) / temperature) : 0));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** The mask as one row of booleans for each row of scores. */
function readMask(mask: boolean[] | boolean[][], rows: number[][], shape: string): boolean[][] {
  const isVector = !Array.isArray(mask[0]);
  const masks = (isVector ? rows.map(() => mask) : mask) as boolean[][];
  const maskShape = isVector ? `[${mask.length}]` : `[${mask.length}, ${masks[0].length}]`;
  masks.forEach((row, i) => {
    const bad = row.findIndex((entry) => typeof entry !== "boolean");
    if (bad !== -1) {
      throw new TypeError(
        `mask ${maskShape} holds ${JSON.stringify(row[bad])}, but it must hold only true (keep) ` +
          `and false (leave out).`,
      );
    }
    if (masks.length !== rows.length || row.length !== rows[0].length) {
      throw new RangeError(
        `mask ${maskShape} does not fit scores ${shape}: give one boolean for each key ` +
          `([${rows[0].length}]) or for each score ([${rows.length}, ${rows[0].length}]).`,
      );
    }
    if (!row.includes(true)) {
      throw new RangeError(
        `mask ${maskShape} leaves out every key in row ${i} of scores ${shape}, ` +
          `so no weights can sum to 1. Keep at least one key in each row.`,
      );
    }
  });
  return masks;
}
