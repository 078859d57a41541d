import { type tf } from "../../backend";
import { Graph } from "./graph";
import { mapNatives, type Native, nativesIn, toNative } from "./native";
import { type InputKind } from "./recorder";
import { forwardPlan, partSizes, partwise } from "./parts";

/** What every computation in native operations says of itself. */
interface Kernel {
  /** Tells apart kernels that do not run the same operations: it names all sizes they depend on. */
  name: string;
  /** Whether the calling thread computes it by itself (`parts.ts`). */
  onCallingThread?: boolean;
}

/** A computation that is never asked for its gradient. */
export interface ForwardKernel extends Kernel {
  /** From the inputs to the outputs. */
  outputs(natives: Native[]): Native[];
}

/** A computation whose gradient is written by hand. */
export interface FusedKernel<Trace> extends Kernel {
  /**
   * Which natives have as many rows as the output, where a row of that depends on the same row of
   * these alone: they can be computed in parts (`parts.ts`). They are floats.
   */
  rows: number[];
  /** How many rows the calling thread computes forward by itself, where it is not the usual number. */
  fewRows?: number;
  /**
   * From what is given and the inputs to the output, and what the backward pass needs of the way
   * there: natives of floats, in lists and objects. The output is no part of the trace.
   */
  forward(natives: Native[]): { output: Native; trace: Trace };
  /**
   * From the output's gradient to one gradient for each input, in the input's shape. The inputs are
   * the last natives.
   */
  backward(dOutput: Native, natives: Native[], trace: Trace): Native[];
}

/** A forward pass, and the backward pass that belongs to it. */
export type Run = (natives: Native[]) => {
  output: Native;
  trace: Native[];
  backward(dOutput: Native, natives: Native[]): Native[];
};

const runs = new Map<string, Run>();
const forwardGraphs = new Map<string, Graph>();

/** How to run a kernel: as two graphs, made when it is first run. */
export function runOf<Trace>(kernel: FusedKernel<Trace>, tensors: tf.Tensor[]): Run {
  const key = keyOf(kernel);
  let run = runs.get(key);
  if (!run) runs.set(key, (run = compile(kernel, tensors)));
  return run;
}

function keyOf({ name, onCallingThread }: Kernel): string {
  return onCallingThread ? `${name} on the calling thread` : name;
}

/** The output alone, where no backward pass will follow; the caller frees it. */
export function outputOf<Trace>(kernel: FusedKernel<Trace>, tensors: tf.Tensor[]): Native {
  const rows = tensors[kernel.rows[0]].shape[0]!;
  const { parts, onCallingThread } = forwardPlan(rows, kernel.fewRows);
  if (parts === 1) return outputsOf({ ...forwardOf(kernel), onCallingThread }, tensors)[0];
  const sizes = partSizes(rows, parts);
  const [output] = outputsOf(forwardOf(partwise(kernel, parts)), [sizes, ...tensors]);
  sizes.dispose();
  return output;
}

function forwardOf<Trace>({ name, forward }: FusedKernel<Trace>): ForwardKernel {
  return { name, outputs: (natives) => [forward(natives).output] };
}

/** The outputs of a kernel without a backward pass; the caller frees them. */
export function outputsOf(kernel: ForwardKernel, tensors: tf.Tensor[]): Native[] {
  const key = keyOf(kernel);
  let graph = forwardGraphs.get(key);
  if (!graph) {
    const record = (natives: Native[]) => ({ outputs: kernel.outputs(natives) });
    ({ graph } = Graph.record(tensors, record, kernel.onCallingThread));
    forwardGraphs.set(key, graph);
  }
  return graph.run(tensors.map(toNative));
}

/** Two graphs: from natives to output and trace, and from gradient, natives and trace back. */
function compile<Trace>(kernel: FusedKernel<Trace>, tensors: tf.Tensor[]): Run {
  const kinds = tensors.map(({ rank, dtype }): InputKind => ({ rank, dtype }));
  const recordForward = (natives: Native[]) => {
    const { output, trace } = kernel.forward(natives);
    const traced = [...new Set(nativesIn(trace))].filter((native) => !natives.includes(native));
    return { outputs: [output, ...traced], natives, trace, traced };
  };
  const forward = Graph.record(kinds, recordForward, kernel.onCallingThread);
  const unknown = forward.traced.map((): InputKind => ({ dtype: "float32" }));
  const backward = Graph.record(
    [{ dtype: "float32" }, ...kinds, ...unknown],
    ([dOutput, ...recorded]) => {
      const before = [...forward.natives, ...forward.traced];
      const now = new Map(before.map((native, i) => [native, recorded[i]]));
      const natives = recorded.slice(0, kinds.length);
      const trace = mapNatives(forward.trace, (native) => now.get(native)!);
      return { outputs: kernel.backward(dOutput, natives, trace) };
    },
    kernel.onCallingThread,
  );
  return (natives) => {
    const [output, ...trace] = forward.graph.run(natives);
    const runBack = (dOutput: Native, natives: Native[]) =>
      backward.graph.run([dOutput, ...natives, ...trace]);
    return { output, trace, backward: runBack };
  };
}
