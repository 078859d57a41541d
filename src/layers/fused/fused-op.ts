import { tf } from "../../backend";
import { type FusedKernel, outputOf, runOf } from "./kernel-run";
import { free, type Native, toNative, toTensor } from "./native";
import { partSizes, partwise, trainingPlan } from "./parts";

/**
 * Runs a fused kernel as one operation of tfjs: one entry on its tape instead of thousands. Call it
 * within a `tf.tidy`.
 * @param given What the kernel reads without giving it a gradient.
 */
export function fusedOp<Trace>(
  kernel: FusedKernel<Trace>,
  given: tf.Tensor[],
  inputs: tf.Tensor[],
  outputShape: number[],
): tf.Tensor {
  const all = [...given, ...inputs];
  if (!tf.engine().isTapeOn()) return toTensor(outputOf(kernel, all), outputShape);
  const rows = all[kernel.rows[0]].shape[0]!;
  const { parts, onCallingThread } = trainingPlan(rows);
  if (parts === 1) return differentiable({ ...kernel, onCallingThread }, all, inputs, outputShape);
  const sizes = partSizes(rows, parts);
  return differentiable(partwise(kernel, parts), [sizes, ...all], inputs, outputShape);
}

/** @param all What the kernel reads, the inputs last. */
function differentiable<Trace>(
  kernel: FusedKernel<Trace>,
  all: tf.Tensor[],
  inputs: tf.Tensor[],
  outputShape: number[],
): tf.Tensor {
  const operation = tf.customGrad((...args) => {
    const save = args[args.length - 1] as unknown as (tensors: tf.Tensor[]) => void;
    const { output, trace, backward } = runOf(kernel, all)(all.map(toNative));
    save(all);
    waitForGradient(trace);
    const gradFunc = (dOutput: tf.Tensor, saved: tf.Tensor[]) => {
      if (tf.engine().isTapeOn()) {
        throw new Error(
          "The fused kernels have no second derivatives. Call useFusedKernels(false) for those.",
        );
      }
      const gradients = backward(toNative(dOutput), saved.map(toNative));
      endWait(trace);
      return gradients.map((native, i) => toTensor(native, inputs[i].shape));
    };
    return { value: toTensor(output, outputShape), gradFunc };
  });
  return operation(...inputs);
}

/** The natives of traces whose gradients have not been asked for yet, and their tape. */
const traces = new Set<Native[]>();
let tape: unknown;

/** Keeps a trace until its gradient is computed, or until another tape shows that it never will. */
function waitForGradient(natives: Native[]): void {
  const { activeTape } = tf.engine().state;
  if (tape !== activeTape) {
    for (const abandoned of traces) endWait(abandoned);
    tape = activeTape;
  }
  traces.add(natives);
}

function endWait(natives: Native[]): void {
  if (traces.delete(natives)) free(natives);
}
