import { joinWords } from "../text/words";
import type { Figure } from "./figure";
import { gridLayout, gridTrace, type Grid } from "./grid";
import { checkShape } from "./shapes";
import { SEQUENTIAL } from "./theme";
import { escapeHtml, percent, spoken, theToken } from "./words";

/** A decoded sequence and what the decoder looked at while it wrote it. */
export interface Attended {
  /** Source tokens (characters or words), all of them: equal ones stay apart. */
  source: string[];
  /** Target tokens, in the order in which they were written. */
  target: string[];
  /** `[target, source]`: how much of the attention lay on each source token; rows sum to 1. */
  weights: number[][];
  /** By default “source” → “target”. */
  title?: string;
}

/**
 * An attention map: source tokens from left to right, written tokens from top to bottom, and in each
 * cell how much of the attention lay there (Bahdanau et al. 2014, arXiv 1409.0473, figure 3).
 *
 * Over a cell a sentence says what it means. Colours: Viridis, from 0 to 100 %.
 *
 * @throws Fails with a RangeError when `weights` is not `[target, source]`, or holds what is no
 *   share.
 */
export function attentionMap(attended: Attended): Figure {
  const grid = attentionGrid(attended);
  return { data: [gridTrace(grid)], layout: gridLayout(grid), alt: attentionAlt(attended) };
}

/** The grid of an attention map, checked. */
export function attentionGrid({ source, target, weights, title }: Attended): Grid {
  checkWeights({ source, target, weights });
  return {
    z: weights,
    x: source,
    y: target,
    xTitle: "source",
    yTitle: "target",
    title: title ?? `${quoted(source)} → ${quoted(target)}`,
    range: [0, 1],
    colorscale: SEQUENTIAL,
    largestCell: 32,
    colorbar: { title: "attention", tickformat: ".0%" },
    hover: weights.map((row, i) =>
      row.map((weight, j) => escapeHtml(sentence(target[i], weight, source[j], j + 1))),
    ),
  };
}

function sentence(written: string, weight: number, read: string, position: number): string {
  return (
    `to write ${spoken(written)}, ${percent(weight)} of the attention ` +
    `is on ${theToken(read)} at position ${position}`
  );
}

/** What an attention map shows: for every written token, where most of the attention lay. */
export function attentionAlt({ source, target, weights }: Attended): string {
  const rows = target.map((written, i) => {
    const most = weights[i].indexOf(Math.max(...weights[i]));
    return `${spoken(written)} looks most at ${theToken(source[most])} (position ${most + 1}, ${percent(weights[i][most])})`;
  });
  return `Attention map of ${quoted(source)} → ${quoted(target)}: ${rows.join("; ")}.`;
}

/** The tokens as one text: characters as they are, words with spaces between them. */
function quoted(tokens: string[]): string {
  const areWords = tokens.some((token) => [...token].length > 1) && !tokens.includes(" ");
  return `“${areWords ? joinWords(tokens) : tokens.join("")}”`;
}

function checkWeights({ source, target, weights }: Attended): void {
  checkShape(
    "attention map: weights",
    weights,
    { name: "target", length: target.length },
    { name: "source", length: source.length },
  );
  for (const [i, row] of weights.entries()) {
    for (const [j, weight] of row.entries()) {
      // A sum of rounded float32 shares may be a little above 1.
      if (!(weight >= 0 && weight <= 1 + 1e-4)) {
        throw new RangeError(
          `attention map: weights[${i}][${j}] is ${weight}; a weight is a share from 0 to 1. ` +
            "Are these scores, from before the softmax?",
        );
      }
    }
  }
}
