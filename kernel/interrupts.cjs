/**
 * The stop button (■). Jupyter sends SIGINT to the kernel, or an `interrupt_request`.
 *
 * A cell's synchronous part is ended by Node itself (tslab runs it with `breakOnSigint`). A cell
 * that awaits is abandoned by tslab at once; here it may finish by itself when a helper listens.
 */
"use strict";

const vm = require("node:vm");

/** How long a cell may take to finish by itself when something in it listens for the interrupt. */
const GRACE_MS = 5000;

class Interrupts {
  #running = false;
  /** @type {NodeJS.Timeout | undefined} */
  #grace;
  /** @type {import("tslab/dist/executor").Executor} */
  #executor;

  /** @param {import("tslab/dist/executor").Executor} executor */
  constructor(executor) {
    this.#executor = executor;
    process.on("SIGINT", this.#onInterrupt);
    this.#listenAgainAfterCells();
  }

  /**
   * Runs a cell that an interrupt may end.
   * @template T
   * @param {() => Promise<T>} cell
   */
  async during(cell) {
    this.#running = true;
    try {
      return await cell();
    } finally {
      this.#running = false;
      clearTimeout(this.#grace);
      this.#grace = undefined;
    }
  }

  /** Without a cell to stop there is nothing to do: the listener alone keeps the kernel alive. */
  #onInterrupt = () => {
    if (!this.#running) return;
    const othersListen = process.listenerCount("SIGINT") > 1;
    if (othersListen && !this.#grace) this.#grace = setTimeout(this.#abandon, GRACE_MS);
    else this.#abandon();
  };

  #abandon = () => this.#executor.interrupt();

  /**
   * After code run with `breakOnSigint` Node leaves SIGINT at its default, which kills, and listens
   * again only when the first listener arrives: if the cell registered one in its synchronous part,
   * that moment has passed. So all listeners are taken off and put back. Ours goes first, because a
   * `once` listener that ran before it would not be counted.
   */
  #listenAgainAfterCells() {
    const run = vm.runInThisContext;
    vm.runInThisContext = (code, options) => {
      try {
        return run(code, options);
      } finally {
        const listeners = /** @type {NodeJS.SignalsListener[]} */ (process.rawListeners("SIGINT"));
        process.removeAllListeners("SIGINT");
        process.on("SIGINT", this.#onInterrupt);
        for (const listener of listeners) {
          if (listener !== this.#onInterrupt) process.on("SIGINT", listener);
        }
      }
    };
  }
}

module.exports = { Interrupts };
