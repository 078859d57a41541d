import type { EncodedPair } from "./batches";

/** Keeps the time and the running means of a training. */
export class Meter {
  private epochStartedAt = 0;
  private stepStartedAt = 0;
  private rows = 0;
  private tokens = 0;
  private sums = { loss: 0, accuracy: 0, rows: 0 };
  /** Recent steps count most, so that the time left follows what else the machine is doing. */
  private readonly recent = { seconds: 0, tokens: 0, steps: 0 };

  startEpoch(): void {
    this.epochStartedAt = performance.now();
    this.sums = { loss: 0, accuracy: 0, rows: 0 };
  }

  startStep(pairs: readonly EncodedPair[]): void {
    this.stepStartedAt = performance.now();
    this.rows = pairs.length;
    this.tokens = pairs.reduce((sum, pair) => sum + pair.source.length + pair.target.length + 1, 0);
  }

  endStep({ loss, accuracy }: { loss: number; accuracy: number }): void {
    this.sums.loss += loss * this.rows;
    this.sums.accuracy += accuracy * this.rows;
    this.sums.rows += this.rows;
    const step = {
      seconds: (performance.now() - this.stepStartedAt) / 1000,
      tokens: this.tokens,
      steps: 1,
    };
    for (const key of ["seconds", "tokens", "steps"] as const) {
      this.recent[key] = 0.98 * this.recent[key] + step[key];
    }
  }

  means(): { loss: number; accuracy: number } {
    const { loss, accuracy, rows } = this.sums;
    return { loss: loss / rows, accuracy: accuracy / rows };
  }

  tokensPerSecond(): number {
    return this.recent.tokens / this.recent.seconds;
  }

  secondsPerStep(): number {
    return this.recent.seconds / this.recent.steps;
  }

  epochSeconds(): number {
    return (performance.now() - this.epochStartedAt) / 1000;
  }
}
