import { tf } from "../backend";
import { fusedGRU } from "./fused/gru";
import { fusedKernels } from "./fused/switch";
import type { LayerArgs } from "./layer-args";
import { LARGE } from "./mask";

/** One step of a recurrent layer: projected input and state to the next state. */
export type Recurrence = (projected: tf.Tensor2D, state: tf.Tensor2D) => tf.Tensor2D;

export interface GRUArgs extends LayerArgs {
  /** The size of the hidden state. */
  units: number;
  /**
   * Where the reset gate acts: `false` on the state before its product with the recurrent kernel
   * (Cho et al. 2014), `true` on the product (Keras's default, and PyTorch's only form).
   * `false` unless given.
   */
  resetAfter?: boolean;
  /** Seed of the initial weights; 0 unless given. */
  seed?: number;
}

/**
 * A gated recurrent unit over a whole sequence, as Keras writes it:
 *
 *     z  = σ(x·Wz + h·Uz + bz)            update gate
 *     r  = σ(x·Wr + h·Ur + br)            reset gate
 *     h̃  = tanh(x·Wh + (r∘h)·Uh + bh)     candidate; with resetAfter: r∘(h·Uh + b′h)
 *     h′ = z∘h + (1 − z)∘h̃
 *
 * Called with `[sequence [batch, time, features], mask [batch, time], initialState [batch, units]]`
 * (the last one or two can be left out; a mask is 1 on real steps and 0 on padding) it returns
 * `[outputs [batch, time, units], state [batch, units]]`. On padding the state stays as it is.
 * The kernels hold the gates in the order z, r, h. Source: Cho et al. 2014, arXiv 1406.1078.
 * @throws Fails with an Error when `units` is no whole number above 0, or the sequence has no steps.
 */
export class GRU extends tf.layers.Layer {
  static className = "AttentionLabGRU"; // "GRU" is tfjs's own
  readonly units: number;
  readonly resetAfter: boolean;
  private readonly seed: number;
  /** `[features, 3·units]`. */
  kernel!: tf.LayerVariable;
  /** `[units, 3·units]`. */
  recurrentKernel!: tf.LayerVariable;
  /** `[3·units]`. */
  bias!: tf.LayerVariable;
  /** `[3·units]`, with `resetAfter` only. */
  recurrentBias?: tf.LayerVariable;

  constructor(args: GRUArgs) {
    super({ name: args.name, trainable: args.trainable });
    if (!Number.isInteger(args.units) || args.units < 1) {
      throw new Error(`GRU: units is ${args.units}; it is a whole number, at least 1.`);
    }
    this.units = args.units;
    this.resetAfter = args.resetAfter ?? false;
    this.seed = args.seed ?? 0;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as number[];
    const features = shape[shape.length - 1];
    const glorot = (offset: number) => tf.initializers.glorotUniform({ seed: this.seed + offset });
    const zeros = tf.initializers.zeros();
    const width = 3 * this.units;
    this.kernel = this.addWeight("kernel", [features, width], "float32", glorot(0));
    this.recurrentKernel = this.addWeight(
      "recurrent_kernel",
      [this.units, width],
      "float32",
      glorot(1),
    );
    this.bias = this.addWeight("bias", [width], "float32", zeros);
    if (this.resetAfter) {
      this.recurrentBias = this.addWeight("recurrent_bias", [width], "float32", zeros);
    }
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    return tf.tidy(() => {
      const [sequence, mask, initialState] = Array.isArray(inputs) ? inputs : [inputs];
      const [batch, time, features] = sequence.shape as number[];
      if (time === 0) {
        throw new Error(`GRU: the sequence has no steps (shape [${batch}, 0, ${features}]).`);
      }
      const start = (initialState ?? tf.zeros([batch, this.units])) as tf.Tensor2D;
      const outputs = this.states(sequence as tf.Tensor3D, start, mask as tf.Tensor2D);
      return [outputs, outputs.slice([0, time - 1, 0], [batch, 1, this.units]).squeeze([1])];
    });
  }

  /** The state after each step: `[batch, time, units]`. */
  states(sequence: tf.Tensor3D, initialState: tf.Tensor2D, mask?: tf.Tensor2D): tf.Tensor3D {
    if (!fusedKernels()) return this.plain(sequence, initialState, mask);
    return fusedGRU({ sequence, mask, initialState, ...this.tensors() });
  }

  /** The weights, as the fused kernels take them. */
  tensors() {
    return {
      kernel: this.kernel.read() as tf.Tensor2D,
      bias: this.bias.read() as tf.Tensor1D,
      recurrentKernel: this.recurrentKernel.read() as tf.Tensor2D,
      recurrentBias: this.recurrentBias?.read() as tf.Tensor1D | undefined,
    };
  }

  /** The sequence step by step, as the formula reads: what `fusedGRU` computes faster. */
  plain(sequence: tf.Tensor3D, initialState: tf.Tensor2D, mask?: tf.Tensor2D): tf.Tensor3D {
    const projected = this.project(sequence, mask);
    const next = this.recurrence();
    let state = initialState;
    const states = stepsOf(projected).map((input) => {
      state = next(input, state);
      return state;
    });
    return tf.stack(states, 1) as tf.Tensor3D;
  }

  /**
   * x·W + b for all steps at once: `[batch, time, features]` → `[batch, time, 3·units]`.
   *
   * On padding the update gate's input becomes so large that z is exactly 1, so h′ = h.
   */
  project(sequence: tf.Tensor3D, mask?: tf.Tensor2D): tf.Tensor3D {
    const [batch, time, features] = sequence.shape;
    const flat = this.projectStep(sequence.reshape([batch * time, features]) as tf.Tensor2D);
    const projected = flat.reshape([batch, time, 3 * this.units]) as tf.Tensor3D;
    if (!mask) return projected;
    const padding = tf.sub(1, mask).mul(LARGE).expandDims(2);
    const onUpdateGate = tf.concat([tf.ones([this.units]), tf.zeros([2 * this.units])]);
    return projected.add(padding.mul(onUpdateGate)) as tf.Tensor3D;
  }

  /** x·W + b for one step: `[batch, features]` → `[batch, 3·units]`. */
  projectStep(input: tf.Tensor2D): tf.Tensor2D {
    return tf.matMul(input, this.kernel.read() as tf.Tensor2D).add(this.bias.read());
  }

  /**
   * The step h → h′ with the recurrent weights read once for the whole sequence: a function of the
   * projected input `[batch, 3·units]` and the state `[batch, units]` to the next state.
   */
  recurrence(): Recurrence {
    const candidateAndUpdateGate = this.resetAfter
      ? this.resetAfterGates()
      : this.resetBeforeGates();
    return (projected, state) => {
      const { z, candidate } = candidateAndUpdateGate(projected, state);
      return z.mul(state).add(tf.sub(1, z).mul(candidate)) as tf.Tensor2D;
    };
  }

  private resetBeforeGates() {
    const parts = [2 * this.units, this.units];
    const [gateKernel, candidateKernel] = tf.split(this.recurrentKernel.read(), parts, 1);
    return (projected: tf.Tensor2D, state: tf.Tensor2D) => {
      const [gateInput, candidateInput] = tf.split(projected, parts, 1);
      const gates = gateInput.add(tf.matMul(state, gateKernel)).sigmoid();
      const [z, r] = tf.split(gates, 2, 1);
      const candidate = candidateInput.add(tf.matMul(r.mul(state), candidateKernel)).tanh();
      return { z, candidate };
    };
  }

  private resetAfterGates() {
    const parts = [2 * this.units, this.units];
    const kernel = this.recurrentKernel.read();
    const bias = this.recurrentBias!.read();
    return (projected: tf.Tensor2D, state: tf.Tensor2D) => {
      const [gateInput, candidateInput] = tf.split(projected, parts, 1);
      const recurrent = tf.matMul(state, kernel).add(bias);
      const [gateRecurrent, candidateRecurrent] = tf.split(recurrent, parts, 1);
      const [z, r] = tf.split(gateInput.add(gateRecurrent).sigmoid(), 2, 1);
      const candidate = candidateInput.add(r.mul(candidateRecurrent)).tanh();
      return { z, candidate };
    };
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape[] {
    const [batch, time] = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tf.Shape;
    return [
      [batch, time, this.units],
      [batch, this.units],
    ];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      units: this.units,
      resetAfter: this.resetAfter,
      seed: this.seed,
    };
  }
}
tf.serialization.registerClass(GRU);

/** The steps of a sequence `[batch, time, features]`, each `[batch, features]`. */
export function stepsOf(sequence: tf.Tensor3D): tf.Tensor2D[] {
  // Of one step, tfjs's gradient of unstack fails.
  if (sequence.shape[1] === 1) return [sequence.squeeze([1])];
  return tf.unstack(sequence, 1) as tf.Tensor2D[];
}
