import { tf } from "../backend";

/**
 * tfjs's Adam with what a long training needs: a learning rate that can be set at each step, and a
 * state that goes on bit for bit after it was saved and loaded.
 * Source: Kingma and Ba 2015, arXiv 1412.6980, algorithm 1.
 */
export class Adam extends tf.AdamOptimizer {
  /** How many steps `train` takes an epoch: `iterations` says by it which epoch is going on. */
  stepsPerEpoch: number | undefined;

  constructor(learningRate = 1e-3) {
    super(learningRate, 0.9, 0.999, tf.backend().epsilon());
  }

  /** The step size; it counts from the next step on. */
  setLearningRate(learningRate: number): void {
    this.learningRate = learningRate;
  }

  override applyGradients(gradients: Parameters<tf.AdamOptimizer["applyGradients"]>[0]): void {
    this.recomputeDecay();
    super.applyGradients(gradients);
  }

  /**
   * Makes β₁ᵗ and β₂ᵗ from the step's number t. tfjs multiplies them up step by step in float32,
   * which gives other last bits than the powers it starts from after `setWeights`.
   */
  private recomputeDecay(): void {
    const { accBeta1, accBeta2 } = this as unknown as Record<"accBeta1" | "accBeta2", tf.Variable>;
    const t = this.iterations + 1;
    tf.tidy(() => {
      accBeta1.assign(tf.scalar(this.beta1 ** t));
      accBeta2.assign(tf.scalar(this.beta2 ** t));
    });
  }
}

/** The model's optimizer, when it is this module's Adam (`train` compiles models with it). */
export function adamOf(model: tf.LayersModel): Adam | undefined {
  // Not `instanceof`: tfjs makes that true for anything with an optimizer's methods.
  const optimizer = model.optimizer as tf.Optimizer | undefined;
  return optimizer?.constructor === Adam ? (optimizer as Adam) : undefined;
}
