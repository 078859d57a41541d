import { tf } from "../../backend";
import { free, type Native, owned, toNative, toTensor } from "./native";

/** A computation whose gradient is written by hand, in native operations. */
export interface FusedKernel<Trace> {
  /**
   * From the inputs to the output, and what the backward pass needs of the way there. The output
   * is no part of the trace.
   */
  forward(inputs: Native[]): { output: Native; shape: number[]; trace: Trace };
  /** From the output's gradient to one gradient for each input, in the input's shape. */
  backward(dOutput: Native, inputs: Native[], trace: Trace): Native[];
}

/** Runs a fused kernel as one operation of tfjs: one entry on its tape instead of thousands. */
export function fusedOp<Trace>(inputs: tf.Tensor[], kernel: FusedKernel<Trace>): tf.Tensor {
  const recording = tf.engine().isTapeOn();
  const operation = tf.customGrad((...args) => {
    const save = args[args.length - 1] as unknown as (tensors: tf.Tensor[]) => void;
    const { result, natives } = owned(() => kernel.forward(inputs.map(toNative)));
    const { output, shape, trace } = result;
    const waiting = natives.filter((native) => native !== output);
    if (recording) {
      save(inputs);
      waitForGradient(waiting);
    } else free(waiting);
    const gradFunc = (dOutput: tf.Tensor, saved: tf.Tensor[]) => {
      const gradients = owned(() =>
        kernel.backward(toNative(dOutput), saved.map(toNative), trace),
      ).result;
      endWait(waiting);
      return gradients.map((native, i) => toTensor(native, inputs[i].shape));
    };
    return { value: toTensor(output, shape), gradFunc };
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
