import type { MessagePort } from "node:worker_threads";
import type { Share } from "./share";

/** Numbers of a tensor, as they go from thread to thread. */
export interface Numbers {
  values: Float32Array | Int32Array;
  shape: number[];
}

/** What a worker is started with. */
export interface WorkerSetup {
  /** Which replica it is: from 1 on, as the main thread is 0. */
  replica: number;
  /** The addon's file, of which it loads a copy. */
  addon: string;
  /** The model as `model.toJSON` gives it, and which of its weights learn (`orderedWeights`). */
  topology: object;
  trainable: boolean[];
  /** The state of Adam. */
  adam: (Numbers & { name: string })[];
  /** The shared memory of `Control`, `Exchange` and `Results`. */
  control: SharedArrayBuffer;
  gradients: SharedArrayBuffer;
  results: SharedArrayBuffer;
  port: MessagePort;
}

/** What a worker does in a step. */
export interface Task {
  /** How many steps the model has taken before. */
  modelStep: number;
  learningRate: number;
  /** How many replicas have rows. */
  sharing: number;
  /** The worker's own rows, if it has any. */
  share?: Share;
  /** The model's weights, where they are not those that the last step left. */
  weights?: Numbers[];
}

/** What a worker tells: that it is ready, or why it cannot go on. */
export type Report = { ready: true } | { error: string };
