/**
 * Sinusoidal positions: what is added to the token at each position, so that attention can tell one
 * position from another.
 *
 *     p[t][2i] = sin(t / 10000^(2i/d))     p[t][2i+1] = cos(t / 10000^(2i/d))
 *
 * Each pair of columns is the hand of a clock that turns by the same angle at every step, the first
 * pair fast, the last one slowly. Source: Vaswani et al. 2017, arXiv 1706.03762, section 3.5.
 * @param time How many positions.
 * @param modelDim d, how many numbers a position has.
 * @param first The first position, counted from 0; 0 unless given.
 * @returns `[time, modelDim]`.
 */
export function sinusoidalPositions(time: number, modelDim: number, first = 0): number[][] {
  return Array.from({ length: time }, (_, row) =>
    Array.from({ length: modelDim }, (_, column) => {
      const pair = Math.floor(column / 2);
      const angle = (first + row) / 10_000 ** ((2 * pair) / modelDim);
      return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }),
  );
}
