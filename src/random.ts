/**
 * A seeded generator of random numbers: the same seed gives the same numbers on every machine.
 *
 * The course draws its data, the order of its batches and its dropout masks from it, because
 * `Math.random` cannot be seeded. The algorithm is mulberry32 (public domain, Tommy Ettinger);
 * it is fast and good enough for teaching data, and not for cryptography.
 */
export class Random {
  private state: number;

  /**
   * @param seed Any integer; only its lowest 32 bits count.
   * @throws Fails with a RangeError when the seed is no integer.
   */
  constructor(seed: number) {
    if (!Number.isInteger(seed)) {
      throw new RangeError(`seed is ${seed}, but it must be an integer. Give one, such as 1.`);
    }
    this.state = seed | 0;
  }

  /** A number in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)];
  }

  /** A shuffled copy of a list (Fisher–Yates); the list itself stays as it is. */
  shuffle<T>(list: readonly T[]): T[] {
    const copy = [...list];
    for (let last = copy.length - 1; last > 0; last--) {
      const other = this.integer(0, last);
      [copy[last], copy[other]] = [copy[other], copy[last]];
    }
    return copy;
  }
}
