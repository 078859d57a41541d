/**
 * A thread of interrupts.cjs that does nothing but wait for SIGINT, and tells the main thread.
 *
 * Of all code that runs with `breakOnSigint` Node ends the run that began last: a cell's synchronous
 * part if there is one, else this thread's. And while one such run lasts, SIGINT keeps its handler.
 */
"use strict";

const { Session } = require("node:inspector");
const { Script } = require("node:vm");
const { parentPort, workerData } = require("node:worker_threads");

/** The main thread is stuck if it has not heard of an interrupt for so long. */
const STUCK_MS = 1000n;

/** @type {BigInt64Array} */
const unheardSince = workerData.unheardSince;
const wait = new Script("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)");

/**
 * An endless loop after an `await` can only be ended from outside. The first ■ may have come in the
 * middle of a long step; the second one means it.
 */
function endWhatIsStuck() {
  const since = Atomics.load(unheardSince, 0);
  if (since === 0n || BigInt(Date.now()) - since < STUCK_MS) return;
  const mainThread = new Session();
  mainThread.connectToMainThread();
  mainThread.post("Runtime.terminateExecution");
  mainThread.disconnect();
}

parentPort?.postMessage("ready");
for (;;) {
  try {
    wait.runInThisContext({ breakOnSigint: true });
  } catch {
    endWhatIsStuck();
    Atomics.compareExchange(unheardSince, 0, 0n, BigInt(Date.now()));
    parentPort?.postMessage("SIGINT");
  }
}
