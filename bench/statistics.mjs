/** The value below which a share of the numbers lies; between two of them, a mean of the two. */
export function quantile(/** @type {number[]} */ numbers, /** @type {number} */ share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** Median and spread of times, in milliseconds. */
export function summary(/** @type {number[]} */ ms) {
  return {
    medianMs: round(quantile(ms, 0.5)),
    p10Ms: round(quantile(ms, 0.1)),
    p90Ms: round(quantile(ms, 0.9)),
  };
}

/** Three digits behind the point: microseconds, where the number is a time. */
export function round(/** @type {number} */ value) {
  return Math.round(value * 1000) / 1000;
}
