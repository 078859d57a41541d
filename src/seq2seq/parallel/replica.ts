import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { tf } from "../../backend";
import { beginTeam } from "../../layers/fused/parts";
import { Adam } from "../adam";
import { setDropouts } from "../dropouts";
import { tokenAccuracy, tokenLoss } from "../loss";
import "../vocab-sizes"; // which registers the layers of every kind of model
import { Control, Over } from "./control";
import { Exchange } from "./exchange";
import type { Numbers, Task, WorkerSetup } from "./messages";
import { batchOf, type Share } from "./share";
import { orderedWeights } from "./weights";

/** A copy of the model in a worker thread, which learns in step with the main thread's. */
export class Replica {
  private constructor(
    private readonly model: tf.LayersModel,
    private readonly adam: Adam,
    private readonly exchange: Exchange,
    private readonly control: Control,
    private readonly results: Float64Array,
    private readonly replica: number,
    private readonly port: MessagePort,
  ) {}

  static async from(setup: WorkerSetup): Promise<Replica> {
    const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology: setup.topology }));
    beginTeam();
    orderedWeights(model).forEach((weight, i) => (weight.trainable = setup.trainable[i]));
    const adam = new Adam();
    const state = setup.adam.map(({ name, ...numbers }) => ({ name, tensor: asTensor(numbers) }));
    await adam.setWeights(state);
    tf.dispose(state.map(({ tensor }) => tensor));
    model.compile({ optimizer: adam, loss: tokenLoss, metrics: [tokenAccuracy] });
    const control = new Control(setup.control);
    const shapes = model.trainableWeights.map(({ shape }) => shape as number[]);
    const exchange = new Exchange(setup.gradients, shapes, setup.replica, control);
    adam.allReduce = (gradients) => exchange.allReduce(gradients);
    const results = new Float64Array(setup.results);
    return new Replica(model, adam, exchange, control, results, setup.replica, setup.port);
  }

  /** Takes the steps that the main thread takes, until the training is over. */
  async work(): Promise<void> {
    try {
      for (let step = 1; ; step++) {
        this.control.wait("step", 0, step);
        const { message } = receiveMessageOnPort(this.port) as { message: Task };
        await this.take(step, message);
        this.control.reach("step", this.replica, step);
      }
    } catch (error) {
      if (!(error instanceof Over)) throw error;
    } finally {
      this.exchange.dispose();
    }
  }

  private async take(step: number, task: Task): Promise<void> {
    const { modelStep, learningRate, sharing, share, weights } = task;
    if (weights) this.setWeights(weights);
    this.adam.setLearningRate(learningRate);
    Object.assign(this.exchange, { step, sharing });
    const [loss, accuracy] = share ? await this.learn(share, modelStep) : this.follow();
    this.results.set([loss, accuracy], 2 * this.replica);
  }

  /** A step on rows of the replica's own. */
  private async learn(share: Share, modelStep: number): Promise<number[]> {
    setDropouts(this.model, { step: modelStep, firstRow: share.firstRow });
    const { xs, ys } = batchOf(share);
    const logs = (await this.model.trainOnBatch(xs, ys)) as number[];
    tf.dispose([xs, ys]);
    return logs;
  }

  /** A step by the others' gradients alone. */
  private follow(): number[] {
    const variables = this.model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    // Any tensors of their shapes do, as they go into no sum.
    this.adam.applyGradients(
      variables.map((variable) => ({ name: variable.name, tensor: variable })),
    );
    return [0, 0];
  }

  private setWeights(weights: Numbers[]): void {
    tf.tidy(() =>
      orderedWeights(this.model).forEach((weight, i) => weight.write(asTensor(weights[i]))),
    );
  }
}

function asTensor({ values, shape }: Numbers): tf.Tensor {
  return tf.tensor(values, shape, values instanceof Int32Array ? "int32" : "float32");
}
