import { join } from "node:path";
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from "node:worker_threads";
import { tf } from "../../backend";
import { availableCores } from "../../cores";
import { beginTeam, endTeam } from "../../layers/fused/parts";
import type { Adam } from "../adam";
import type { Batch, EncodedPair } from "../batches";
import { addonFile } from "./addon";
import { Control, Over } from "./control";
import { Exchange } from "./exchange";
import type { Numbers, Report, Task, WorkerSetup } from "./messages";
import { batchOf, shares } from "./share";
import { orderedWeights } from "./weights";

/**
 * The replicas of a model that learn together: the main thread's, which is the model itself, and
 * one more in each worker thread.
 *
 * In each step the rows of the batch are divided among them; the sum of their gradients is the
 * whole batch's, and each takes the same step by it. So their weights stay equal to the last bit,
 * and a training goes as it does without workers, but for the rounding of the sums.
 * Source: “data parallelism”, synchronous; Goyal et al. 2017, arXiv 1706.02677, section 3.
 */
export class Team {
  private readonly members: Member[] = [];
  private readonly memory: Pick<WorkerSetup, "control" | "gradients" | "results">;
  private readonly control: Control;
  private readonly exchange: Exchange;
  private readonly results: Float64Array;
  /** The data of each weight after the last step. */
  private known: object[] = [];

  private constructor(
    private readonly model: tf.LayersModel,
    private readonly adam: Adam,
    private readonly workers: number,
  ) {
    const shapes = model.trainableWeights.map(({ shape }) => shape as number[]);
    this.memory = {
      control: Control.memory(workers),
      gradients: Exchange.memory(workers, shapes),
      results: new SharedArrayBuffer(16 * workers),
    };
    this.control = new Control(this.memory.control, () => this.checkMembers());
    this.exchange = new Exchange(this.memory.gradients, shapes, 0, this.control);
    this.results = new Float64Array(this.memory.results);
  }

  /**
   * Starts the worker threads, one fewer than `workers`, with the model and Adam's state.
   * @throws Error when a worker cannot start, when no weight learns, or on another backend than
   *   tfjs-node's.
   */
  static async start(model: tf.LayersModel, adam: Adam, workers: number): Promise<Team> {
    if (tf.getBackend() !== "tensorflow") {
      throw new Error(
        `train: workers is ${workers}, but the backend is "${tf.getBackend()}", and only ` +
          `tfjs-node's own, "tensorflow", can have several. Leave workers out.`,
      );
    }
    const cores = availableCores();
    if (workers > cores) {
      console.warn(`train: there are ${cores} cores: more than ${cores} workers are no faster.`);
    }
    if (model.trainableWeights.length === 0) {
      throw new Error("train: no weight of the model is trainable, so there is nothing to learn.");
    }
    const team = new Team(model, adam, workers);
    beginTeam();
    try {
      await team.startMembers();
    } catch (error) {
      await team.close();
      throw error;
    }
    return team;
  }

  private async startMembers(): Promise<void> {
    const setup = {
      addon: addonFile(),
      topology: this.model.toJSON(undefined, false) as object,
      trainable: orderedWeights(this.model).map((weight) => weight.trainable),
      adam: await stateOf(this.adam),
      ...this.memory,
    };
    for (let replica = 1; replica < this.workers; replica++) {
      this.members.push(new Member({ ...setup, replica }));
    }
    await Promise.all(this.members.map((member) => member.started));
    const failure = this.failure();
    if (failure) throw failure;
    this.adam.allReduce = (gradients) => this.whileAlive(() => this.exchange.allReduce(gradients));
  }

  /** Lets the workers begin a step, and returns the main thread's part of the batch. */
  begin(pairs: readonly EncodedPair[], tokensPerRow: number, learningRate: number): Batch {
    const parts = shares(pairs, tokensPerRow, this.workers);
    const step = ++this.exchange.step;
    this.exchange.sharing = parts.length;
    const task: Task = {
      modelStep: this.adam.iterations,
      learningRate,
      sharing: parts.length,
      weights: this.weightsSetFromOutside(),
    };
    this.members.forEach(({ port }, i) => port.postMessage({ ...task, share: parts[i + 1] }));
    this.control.reach("step", 0, step);
    return batchOf(parts[0]);
  }

  /** All weights, where one is not what the last step left; so it is before the first. */
  private weightsSetFromOutside(): Numbers[] | undefined {
    const weights = orderedWeights(this.model).map((weight) => weight.read());
    if (weights.every(({ dataId }, i) => dataId === this.known[i])) return undefined;
    return weights.map((weight) => ({ values: weight.dataSync<"float32">(), shape: weight.shape }));
  }

  /**
   * Waits until the workers have taken the step too; returns their parts of its loss and accuracy.
   * @throws Error when one cannot go on.
   */
  finish(): { loss: number; accuracy: number } {
    this.known = orderedWeights(this.model).map((weight) => weight.read().dataId);
    const sum = { loss: 0, accuracy: 0 };
    for (let replica = 1; replica < this.workers; replica++) {
      this.whileAlive(() => this.control.wait("step", replica, this.exchange.step));
      sum.loss += this.results[2 * replica];
      sum.accuracy += this.results[2 * replica + 1];
    }
    return sum;
  }

  /** Ends the threads. They come to their end by themselves: to stop one in TensorFlow is unsafe. */
  async close(): Promise<void> {
    endTeam();
    this.adam.allReduce = undefined;
    this.control.end();
    await Promise.all(this.members.map((member) => member.ended));
    this.exchange.dispose();
  }

  /** Waits for workers; one that ended while it was waited for becomes the reason of an Error. */
  private whileAlive<Result>(wait: () => Result): Result {
    try {
      return wait();
    } catch (error) {
      throw error instanceof Over ? (this.failure() ?? error) : error;
    }
  }

  private checkMembers(): void {
    const failure = this.failure();
    if (failure) throw failure;
  }

  private failure(): Error | undefined {
    for (const [i, member] of this.members.entries()) {
      const reason = member.failure();
      if (reason) return new Error(`train: worker ${i + 1} of ${this.workers - 1} ${reason}`);
    }
    return undefined;
  }
}

/** A worker thread, seen from the main thread. */
class Member {
  readonly port: MessagePort;
  /** Resolves when the worker can take steps, or has failed. */
  readonly started: Promise<void>;
  /** Resolves when the thread is gone. */
  readonly ended: Promise<void>;
  private readonly worker: Worker;
  private report: Report | undefined;
  private gone = false;

  constructor(setup: Omit<WorkerSetup, "port">) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.worker = new Worker(join(__dirname, "worker.js"), {
      workerData: { ...setup, port: port2 } satisfies WorkerSetup,
      transferList: [port2],
      execArgv: [], // what loads TypeScript in the main thread is of no use there
    });
    this.worker.on("error", (error) => (this.report = { error: String(error) }));
    this.ended = new Promise((resolve) => this.worker.once("exit", () => resolve()));
    void this.ended.then(() => (this.gone = true));
    this.started = new Promise((resolve) => {
      void this.ended.then(resolve);
      this.port.on("message", (report: Report) => {
        this.report = report;
        resolve();
      });
    });
  }

  /** Why the worker cannot go on, where it cannot. The event loop need not have run. */
  failure(): string | undefined {
    this.report = (receiveMessageOnPort(this.port)?.message as Report | undefined) ?? this.report;
    if (this.report && "error" in this.report) return `failed: ${this.report.error}`;
    // Node gives -1 for a thread that has ended, also while the main thread is blocked.
    const { idle } = this.worker.performance.eventLoopUtilization();
    return this.gone || idle < 0 ? "has ended before the training" : undefined;
  }
}

/** Adam's state, copied out of its tensors. */
async function stateOf(adam: Adam): Promise<WorkerSetup["adam"]> {
  const weights = await adam.getWeights();
  return weights.map(({ name, tensor }) => {
    const values = tensor.dataSync<"float32" | "int32">();
    tensor.dispose();
    return { name, values, shape: tensor.shape };
  });
}
