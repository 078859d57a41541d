/**
 * How often a replica looks for what it waits for before it goes to sleep: being woken takes some
 * 50 µs, and replicas wait for each other less than that.
 */
const LOOKS = 5000;

/** How long a replica sleeps before it looks whether the others are still alive, in ms. */
const NAP = 200;

/** Thrown where a replica waits and the training is over. */
export class Over extends Error {}

/**
 * How the replicas of a model wait for each other, on a few numbers in memory that they share: the
 * steps that each has come to in each phase, and whether the training is over.
 */
export class Control {
  private readonly words: Int32Array;

  /** The memory that `replicas` replicas need. */
  static memory(replicas: number): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * (1 + 2 * replicas));
  }

  /** @param check Called now and then by a replica that waits; it throws if that is in vain. */
  constructor(
    memory: SharedArrayBuffer,
    private readonly check: () => void = () => {},
  ) {
    this.words = new Int32Array(memory);
  }

  /** Tells the others that a replica has come to a step. */
  reach(phase: Phase, replica: number, step: number): void {
    const word = wordOf(phase, replica);
    Atomics.store(this.words, word, step);
    Atomics.notify(this.words, word);
  }

  /**
   * Waits until a replica has come to a step.
   * @throws `Over` when the training is over, and what `check` throws.
   */
  wait(phase: Phase, replica: number, step: number): void {
    const word = wordOf(phase, replica);
    for (let look = 0; ; look++) {
      const reached = Atomics.load(this.words, word);
      if (reached >= step) return;
      if (Atomics.load(this.words, OVER)) throw new Over();
      if (look < LOOKS) continue;
      if (Atomics.wait(this.words, word, reached, NAP) === "timed-out") this.check();
    }
  }

  /** Ends the training for all who wait. */
  end(): void {
    Atomics.store(this.words, OVER, 1);
    for (let word = 0; word < this.words.length; word++) Atomics.notify(this.words, word);
  }
}

/**
 * In each step a replica has first published its gradients and then taken the step. The main
 * thread, replica 0, takes the last phase first: it says that a step begins.
 */
export type Phase = "gradients" | "step";

const OVER = 0;

function wordOf(phase: Phase, replica: number): number {
  return 1 + 2 * replica + (phase === "gradients" ? 0 : 1);
}
