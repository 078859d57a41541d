/** The positions of a source token and of the target token that it belongs with. */
export type Link = [source: number, target: number];

/** Which tokens of two sentences belong together (Och and Ney 2003, section 4.1). */
export interface Alignment {
  /** Links that nobody would leave out. */
  sure: Link[];
  /** The sure links, and those that may be there or not. */
  possible: Link[];
}

export interface AlignmentScore {
  /** From 0, all right, to 1. */
  errorRate: number;
  /** The share of the proposed links that are possible ones. */
  precision: number;
  /** The share of the sure links that are proposed. */
  recall: number;
}

/**
 * The alignment error rate of the links A that something proposes for some sentences, against the
 * sure links S and the possible links P, which include the sure ones:
 *
 *     AER = 1 − (|A ∩ S| + |A ∩ P|) / (|A| + |S|)
 *
 * A sure link that is missing costs, and so does a proposed one that is not even possible; a
 * possible one costs nothing, be it proposed or not. Counts are over all sentences together.
 * Source: Och and Ney 2003, https://aclanthology.org/J03-1002, section 4.1.
 * @throws Error when there is not one alignment for each sentence, or no link at all to compare.
 */
export function alignmentErrorRate(
  proposed: readonly (readonly Link[])[],
  alignments: readonly Alignment[],
): AlignmentScore {
  if (proposed.length !== alignments.length) {
    throw new Error(
      `alignmentErrorRate: links of ${proposed.length} sentences, but ${alignments.length} ` +
        "alignments to compare them with. Give one of each for every sentence.",
    );
  }
  const sums = { proposed: 0, sure: 0, hitSure: 0, hitPossible: 0 };
  proposed.forEach((links, sentence) => {
    const { sure, possible } = alignments[sentence];
    const [isSure, isPossible] = [new Set(sure.map(String)), new Set(possible.map(String))];
    const made = [...new Set(links.map(String))];
    sums.proposed += made.length;
    sums.sure += isSure.size;
    sums.hitSure += made.filter((link) => isSure.has(link)).length;
    sums.hitPossible += made.filter((link) => isSure.has(link) || isPossible.has(link)).length;
  });
  if (sums.proposed + sums.sure === 0) {
    throw new Error("alignmentErrorRate: there is no link, neither proposed nor sure.");
  }
  return {
    errorRate: 1 - (sums.hitSure + sums.hitPossible) / (sums.proposed + sums.sure),
    precision: sums.proposed === 0 ? 0 : sums.hitPossible / sums.proposed,
    recall: sums.sure === 0 ? 0 : sums.hitSure / sums.sure,
  };
}

/**
 * The links that an attention map `[target, source]` proposes: each written token with the source
 * token it looked at most.
 * A row of zeros proposes nothing.
 * @param options With a `threshold` it is every source token that got at least such a share.
 */
export function linksOf(
  weights: readonly (readonly number[])[],
  options: { threshold?: number } = {},
): Link[] {
  const { threshold } = options;
  return weights.flatMap((row, target) => {
    const largest = Math.max(...row);
    if (largest === 0) return []; // it looked nowhere: local attention can miss the source
    const most = row.indexOf(largest);
    const sources = [...row.keys()].filter((source) =>
      threshold === undefined ? source === most : row[source] >= threshold,
    );
    return sources.map((source): Link => [source, target]);
  });
}
