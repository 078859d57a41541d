/**
 * The exponent k of the power law y = c·xᵏ that fits best: the slope of ln y over ln x, by least
 * squares. On log axes such a law is a straight line, and k says how steep it is.
 * @throws Fails with a RangeError when there are fewer than two points, or a number is not above 0.
 */
export function fitExponent(x: readonly number[], y: readonly number[]): number {
  if (x.length < 2 || x.length !== y.length || ![...x, ...y].every((value) => value > 0)) {
    throw new RangeError(
      `fitExponent: ${x.length} x and ${y.length} y given; it takes as many of both, at least two, ` +
        "and all of them above 0.",
    );
  }
  const [lnX, lnY] = [x.map(Math.log), y.map(Math.log)];
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(lnX), mean(lnY)];
  const together = mean(lnX.map((value, i) => (value - meanX) * (lnY[i] - meanY)));
  return together / mean(lnX.map((value) => (value - meanX) ** 2));
}

/**
 * Where two curves over the same x cross for the last time, read off between two points on log axes;
 * `undefined` where they do not.
 */
export function crossingOf(
  x: readonly number[],
  a: readonly number[],
  b: readonly number[],
): number | undefined {
  const gap = x.map((_, i) => Math.log(a[i] / b[i]));
  for (let i = x.length - 1; i > 0; i--) {
    if (gap[i] === 0) return x[i];
    if (gap[i] > 0 === gap[i - 1] > 0) continue;
    const share = gap[i - 1] / (gap[i - 1] - gap[i]);
    return x[i - 1] * (x[i] / x[i - 1]) ** share;
  }
  return undefined;
}
