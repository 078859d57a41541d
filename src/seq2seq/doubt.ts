/** What a sure answer of a model looks like, measured on pairs it was not trained on. */
export interface Confidence {
  /** Below it, the lowest probability of an answer's tokens makes the answer uncertain. */
  lowestProbability: number;
}

/** What the doubts are drawn from: a part of `Translation`. */
export interface Evidence {
  source: string[];
  unknown: string[];
  tokenProbabilities: number[];
  ended: boolean;
}

/** Why an answer should not be relied on, in words; none where it looks like the sure ones. */
export function doubtsAbout(evidence: Evidence, confidence?: Confidence): string[] {
  const { source, unknown, tokenProbabilities, ended } = evidence;
  if (source.length === 0) return ["the text is empty"];
  const doubts: string[] = [];
  if (unknown.length > 0) {
    const list = [...new Set(unknown)].map((character) => `"${character}"`).join(", ");
    doubts.push(`the model has never seen ${list}`);
  }
  if (!ended) doubts.push("the answer did not come to an end");
  const lowest = Math.min(...tokenProbabilities);
  if (confidence && lowest < confidence.lowestProbability) {
    doubts.push(
      `a character of the answer has a probability of only ${lowest.toFixed(2)} ` +
        `(sure answers have at least ${confidence.lowestProbability.toFixed(2)})`,
    );
  }
  return doubts;
}
