/**
 * The stop button (■). Jupyter sends SIGINT to the kernel, or an `interrupt_request`.
 *
 * A cell's synchronous part is ended by Node itself (tslab runs it with `breakOnSigint`). But around
 * each such run Node takes all SIGINT listeners off and puts SIGINT back to its default, which kills:
 * for a moment, or for good if the cell registered a listener. Here Node's own answer to SIGINT never
 * leaves its place: it is held by threads that wait for it (sigint-worker.cjs), and `process.on`
 * does not touch it. The threads also hear an interrupt while this one is stuck.
 *
 * A cell that awaits is abandoned by tslab at once; here it may finish by itself when it listens.
 */
"use strict";

const path = require("node:path");
const { once } = require("node:events");
const { Worker } = require("node:worker_threads");

/** How long a cell may take to finish by itself when something in it listens for the interrupt. */
const GRACE_MS = 5000;
/** While one thread tells of an interrupt the other one waits for the next. */
const THREADS = 2;

class Interrupts {
  #running = false;
  /** @type {NodeJS.Timeout | undefined} */
  #grace;
  #executor;

  /** @param {import("tslab/dist/executor").Executor} executor */
  constructor(executor) {
    this.#executor = executor;
  }

  /** From now on no interrupt kills the kernel. */
  async listen() {
    leaveSigintAlone();
    /** When the interrupt came that this thread has not heard of yet, or 0. */
    const unheardSince = new BigInt64Array(new SharedArrayBuffer(8));
    const threads = Array.from({ length: THREADS }, () => {
      const file = path.join(__dirname, "sigint-worker.cjs");
      return new Worker(file, { workerData: { unheardSince } });
    });
    await Promise.all(threads.map((thread) => once(thread, "message")));
    for (const thread of threads) {
      thread.on("message", () => {
        Atomics.store(unheardSince, 0, 0n);
        this.interrupt();
      });
    }
  }

  /**
   * Runs a cell that an interrupt may end. It starts in a turn of the event loop of its own: when an
   * endless loop is ended from outside, what was to follow in the same turn is lost, and neither the
   * sockets nor the queue of cells must be part of that.
   * @template T
   * @param {() => Promise<T>} cell
   */
  async during(cell) {
    this.#running = true;
    await new Promise(setImmediate);
    try {
      return await cell();
    } finally {
      this.#running = false;
      clearTimeout(this.#grace);
      this.#grace = undefined;
    }
  }

  /** Tells the listeners; without any, or the second time, the running cell is abandoned. */
  interrupt() {
    const listened = process.emit("SIGINT", "SIGINT");
    if (!this.#running) return;
    const abandon = () => this.#executor.interrupt();
    if (listened && !this.#grace) this.#grace = setTimeout(abandon, GRACE_MS);
    else abandon();
  }
}

/** `process.on("SIGINT")` adds a listener, as ever, but no longer changes what the signal does. */
function leaveSigintAlone() {
  const emitter = /** @type {NodeJS.EventEmitter} */ (process);
  const start = emitter.listeners("newListener").find((f) => f.name === "startListeningIfSignal");
  if (!start) throw new Error(`Node ${process.version} handles signals in a way unknown here.`);
  emitter.off("newListener", /** @type {() => void} */ (start));
  emitter.on("newListener", (event) => {
    if (event !== "SIGINT") Reflect.apply(start, process, [event]);
  });
}

module.exports = { Interrupts };
