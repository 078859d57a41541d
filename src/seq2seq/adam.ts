import { tf } from "../backend";
import { type AdamStep, type Moments, PlainMoments, plainStep } from "./adam-moments";
import { NativeMoments, nativeStep } from "./adam-native";

/** Tensors with their names, as tfjs's optimizers give and take them. */
type NamedTensors = Parameters<tf.Optimizer["setWeights"]>[0];

/**
 * Adam, whose learning rate can be set at each step, and whose state goes on bit for bit after it
 * was saved and loaded. On tfjs-node it is one operation of TensorFlow for each variable, which
 * takes a tenth of the time of tfjs's own.
 *
 * It steps by the form θ ← θ − rate·m / (√v + ε̂), with rate = α·√(1−β₂ᵗ)/(1−β₁ᵗ) and
 * ε̂ = ε·√(1−β₂ᵗ): the same numbers as tfjs's α·m̂ / (√v̂ + ε), with less to compute.
 * Source: Kingma and Ba 2015, arXiv 1412.6980, algorithm 1 and the end of section 2.
 */
export class Adam extends tf.Optimizer {
  static className = "Adam";
  /** How many steps `train` takes an epoch: `iterations` says by it which epoch is going on. */
  stepsPerEpoch: number | undefined;
  /** Where several replicas of a model learn together: gives the sum of their gradients. */
  allReduce: ((gradients: tf.Tensor[]) => tf.Tensor[]) | undefined;

  private readonly beta1 = 0.9;
  private readonly beta2 = 0.999;
  private readonly epsilon = tf.backend().epsilon();
  private readonly backend = tf.getBackend();
  /** One for each variable, in the order of the gradients. */
  private state: { name: string; moments: Moments }[] = [];

  constructor(private learningRate = 1e-3) {
    super();
  }

  /** The step size; it counts from the next step on. */
  setLearningRate(learningRate: number): void {
    this.learningRate = learningRate;
  }

  /**
   * Takes a step. A variable without a gradient stays as it is.
   * @throws Error when the state is that of another model, or was made on another backend.
   */
  applyGradients(gradients: Parameters<tf.Optimizer["applyGradients"]>[0]): void {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    const learning = named
      .map(({ name, tensor }, i) => ({ ...this.variable(name, i), gradient: tensor }))
      .filter(({ gradient }) => gradient);
    const sums = this.allReduce?.(learning.map(({ gradient }) => gradient));
    const updates = sums ? learning.map((one, i) => ({ ...one, gradient: sums[i] })) : learning;
    const step = this.backend === "tensorflow" ? nativeStep : plainStep;
    step(updates, this.nextStep());
    tf.dispose(sums ?? []);
    this.incrementIterations();
  }

  /** The variable of that name and its moments. */
  private variable(name: string, index: number): { variable: tf.Variable; moments: Moments } {
    if (tf.getBackend() !== this.backend) {
      throw new Error(
        `Adam: it was made on the backend "${this.backend}", and the backend is now ` +
          `"${tf.getBackend()}". Make a new one.`,
      );
    }
    const variable = tf.engine().registeredVariables[name];
    this.state[index] ??= { name, moments: this.newMoments(tf.zerosLike(variable)) };
    const { moments } = this.state[index];
    if (String(moments.shape) === String(variable.shape)) return { variable, moments };
    throw new Error(
      `Adam: its state has shape [${moments.shape}] where the variable "${name}" has ` +
        `[${variable.shape}]: it is of another model, or other layers were trainable.`,
    );
  }

  /** Moments that begin with the given ones, which are disposed. */
  private newMoments(first: tf.Tensor, second = first.clone()): Moments {
    const Kind = this.backend === "tensorflow" ? NativeMoments : PlainMoments;
    const moments = new Kind(first, second);
    tf.dispose([first, second]);
    return moments;
  }

  private nextStep(): AdamStep {
    // As float32 has them: 1 − β₂ is then another number, by a part in 80,000.
    const [beta1, beta2] = [Math.fround(this.beta1), Math.fround(this.beta2)];
    const t = this.iterations + 1;
    const correction = Math.sqrt(1 - beta2 ** t);
    const rate = (this.learningRate * correction) / (1 - beta1 ** t);
    return { rate, beta1, beta2, epsilon: this.epsilon * correction };
  }

  /** The number of steps, then all m, then all v: copies, which the caller disposes. */
  override async getWeights(): Promise<NamedTensors> {
    const read = this.state.map(({ name, moments }) => ({ name, tensors: moments.read() }));
    return [
      await this.saveIterations(),
      ...read.map(({ name, tensors }) => ({ name: `${name}/m`, tensor: tensors[0] })),
      ...read.map(({ name, tensors }) => ({ name: `${name}/v`, tensor: tensors[1] })),
    ];
  }

  /** Goes on from what `getWeights` gave; the tensors stay the caller's. */
  override async setWeights(weights: NamedTensors): Promise<void> {
    const moments = await this.extractIterations(weights);
    const count = moments.length / 2;
    this.dispose();
    this.state = moments.slice(0, count).map(({ name, tensor }, i) => ({
      name: name.replace(/\/m$/, ""),
      moments: this.newMoments(tensor.clone(), moments[count + i].tensor.clone()),
    }));
  }

  /** Forgets what it knows of the variables, and frees the memory. */
  override dispose(): void {
    for (const { moments } of this.state) moments.dispose();
    this.state = [];
  }

  getConfig(): tf.serialization.ConfigDict {
    const { learningRate, beta1, beta2, epsilon } = this;
    return { learningRate, beta1, beta2, epsilon };
  }
}

/** The model's optimizer, when it is this module's Adam (`train` compiles models with it). */
export function adamOf(model: tf.LayersModel): Adam | undefined {
  // Not `instanceof`: tfjs makes that true for anything with an optimizer's methods.
  const optimizer = model.optimizer as tf.Optimizer | undefined;
  return optimizer?.constructor === Adam ? (optimizer as Adam) : undefined;
}
