import { type tf } from "../../backend";
import { Graph, type InputKind } from "./graph";
import { type Native, nativesIn, owned, toNative } from "./native";
import { forwardParts, partSizes, partwise } from "./parts";

/** What every computation in native operations says of itself. */
interface Kernel {
  /** Tells apart kernels that do not run the same operations: it names all sizes they depend on. */
  name: string;
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

/**
 * After so many runs it is likely that more will follow, and worth it to make graphs: for a batch of
 * 128 dates that took as long as running three or four times without them.
 */
export const COMPILE_AFTER = 5;
/** The graph of a forward pass alone takes an eighth of a second, and saves some 4 ms a run. */
const COMPILE_FORWARD_AFTER = 25;
const runsBefore = new Map<string, number>();
const compiled = new Map<string, Run>();
const forwardGraphs = new Map<string, Graph>();

/** How to run a kernel: operation by operation at first, as a graph once it has been run often. */
export function runOf<Trace>(kernel: FusedKernel<Trace>, tensors: tf.Tensor[]): Run {
  if (!isHot(kernel.name, COMPILE_AFTER)) return (natives) => eager(kernel, natives);
  let run = compiled.get(kernel.name);
  if (!run) compiled.set(kernel.name, (run = compile(kernel, tensors)));
  return run;
}

/** Like `runOf` where no backward pass will follow: the output alone. As a graph it is in parts. */
export function outputOf<Trace>(kernel: FusedKernel<Trace>, tensors: tf.Tensor[]): Native {
  const rows = tensors[kernel.rows[0]].shape[0]!;
  const parts = forwardParts(rows);
  const hot = isHot(`${kernel.name} forward`, COMPILE_FORWARD_AFTER);
  if (!hot) return owned(() => kernel.forward(tensors.map(toNative)).output).result;
  if (parts === 1) return runForward(forwardOf(kernel), tensors)[0];
  const sizes = partSizes(rows, parts);
  const [output] = runForward(forwardOf(partwise(kernel, parts)), [sizes, ...tensors]);
  sizes.dispose();
  return output;
}

function forwardOf<Trace>({ name, forward }: FusedKernel<Trace>): ForwardKernel {
  return { name, outputs: (natives) => [forward(natives).output] };
}

/** The outputs of a kernel without a backward pass; the caller frees them. */
export function outputsOf(kernel: ForwardKernel, tensors: tf.Tensor[]): Native[] {
  return isHot(`${kernel.name} forward`, COMPILE_FORWARD_AFTER)
    ? runForward(kernel, tensors)
    : owned(() => kernel.outputs(tensors.map(toNative))).result;
}

function runForward(kernel: ForwardKernel, tensors: tf.Tensor[]): Native[] {
  let graph = forwardGraphs.get(kernel.name);
  if (!graph) {
    const record = (natives: Native[]) => ({ outputs: kernel.outputs(natives) });
    forwardGraphs.set(kernel.name, (graph = Graph.record(tensors, record).graph));
  }
  return graph.run(tensors.map(toNative));
}

/** Counts the runs of a kernel, and tells whether they have been that many. */
function isHot(name: string, runsNeeded: number): boolean {
  const runs = runsBefore.get(name) ?? 0;
  runsBefore.set(name, runs + 1);
  return runs >= runsNeeded;
}

function eager<Trace>(kernel: FusedKernel<Trace>, natives: Native[]): ReturnType<Run> {
  const forward = owned(() => kernel.forward(natives));
  const { output, trace } = forward.result;
  return {
    output,
    trace: forward.natives.filter((native) => native !== output),
    backward: (dOutput, natives) => owned(() => kernel.backward(dOutput, natives, trace)).result,
  };
}

/** Two graphs: from natives to output and trace, and from gradient, natives and trace back. */
function compile<Trace>(kernel: FusedKernel<Trace>, tensors: tf.Tensor[]): Run {
  const kinds = tensors.map(({ rank, dtype }): InputKind => ({ rank, dtype }));
  const forward = Graph.record(kinds, (natives) => {
    const { output, trace } = kernel.forward(natives);
    const traced = [...new Set(nativesIn(trace))].filter((native) => !natives.includes(native));
    return { outputs: [output, ...traced], natives, trace, traced };
  });
  const unknown = forward.traced.map((): InputKind => ({ dtype: "float32" }));
  const backward = Graph.record(
    [{ dtype: "float32" }, ...kinds, ...unknown],
    ([dOutput, ...recorded]) => {
      const before = [...forward.natives, ...forward.traced];
      const now = new Map(before.map((native, i) => [native, recorded[i]]));
      const natives = recorded.slice(0, kinds.length);
      return { outputs: kernel.backward(dOutput, natives, replaced(forward.trace, now)) };
    },
  );
  return (natives) => {
    const [output, ...trace] = forward.graph.run(natives);
    const runBack = (dOutput: Native, natives: Native[]) =>
      backward.graph.run([dOutput, ...natives, ...trace]);
    return { output, trace, backward: runBack };
  };
}

/** The same lists and objects with other natives. */
export function replaced<Value>(value: Value, natives: Map<Native, Native>): Value {
  if (typeof value === "number") return natives.get(value) as Value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((part: unknown) => replaced(part, natives)) as Value;
  const parts = Object.entries(value).map(([key, part]) => [key, replaced(part, natives)]);
  return Object.fromEntries(parts) as Value;
}
