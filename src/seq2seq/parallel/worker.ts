// What a worker thread runs: it learns beside the main thread, see `Team`.
import { workerData } from "node:worker_threads";
import { loadOwnAddon } from "./addon";
import { Control } from "./control";
import type { Report, WorkerSetup } from "./messages";

async function run(setup: WorkerSetup): Promise<void> {
  try {
    loadOwnAddon(setup.addon);
    const { Replica } = await import("./replica"); // which loads tfjs-node
    const replica = await Replica.from(setup);
    setup.port.postMessage({ ready: true } satisfies Report);
    await replica.work();
  } catch (error) {
    setup.port.postMessage({ error: String(error) } satisfies Report);
    new Control(setup.control).end();
  } finally {
    setup.port.close();
  }
}

void run(workerData as WorkerSetup);
