import { tf } from "../backend";

/** The numbers of one step of Adam, the same for all variables: θ ← θ − rate·m / (√v + epsilon). */
export interface AdamStep {
  rate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** What Adam keeps of a variable: m and v, the moving means of its gradient and of the square. */
export interface Moments {
  readonly shape: number[];
  /** Copies of m and v, which the caller disposes. */
  read(): [first: tf.Tensor, second: tf.Tensor];
  dispose(): void;
}

/** A variable that is to learn from its gradient. */
export interface Update {
  variable: tf.Variable;
  moments: Moments;
  gradient: tf.Tensor;
}

/** The moments as tfjs's variables, for any backend. */
export class PlainMoments implements Moments {
  readonly first: tf.Variable;
  readonly second: tf.Variable;

  constructor(first: tf.Tensor, second: tf.Tensor) {
    this.first = tf.variable(first, false);
    this.second = tf.variable(second, false);
  }

  get shape(): number[] {
    return this.first.shape;
  }

  read(): [tf.Tensor, tf.Tensor] {
    return [this.first.clone(), this.second.clone()];
  }

  dispose(): void {
    tf.dispose([this.first, this.second]);
  }
}

/** A step of Adam as the paper writes it, in tfjs's operations. */
export function plainStep(updates: Update[], { rate, beta1, beta2, epsilon }: AdamStep): void {
  tf.tidy(() => {
    for (const { variable, moments, gradient } of updates) {
      const { first, second } = moments as PlainMoments;
      first.assign(first.mul(beta1).add(gradient.mul(1 - beta1)));
      second.assign(second.mul(beta2).add(gradient.square().mul(1 - beta2)));
      variable.assign(variable.sub(first.mul(rate).div(second.sqrt().add(epsilon))));
    }
  });
}
