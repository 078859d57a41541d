import { tf } from "../../backend";
import { Graph } from "./graph";
import { free, type Native, nativesIn, owned, toNative, toTensor } from "./native";

/** A computation whose gradient is written by hand, in native operations. */
export interface FusedKernel<Trace> {
  /** Tells apart kernels that do not run the same operations: it names all sizes they depend on. */
  name: string;
  /**
   * From the inputs, and from what is given without a gradient, to the output and what the backward
   * pass needs of the way there: natives, in lists and objects. The output is no part of it.
   */
  forward(inputs: Native[], given: Native[]): { output: Native; trace: Trace };
  /** From the output's gradient to one gradient for each input, in the input's shape. */
  backward(dOutput: Native, inputs: Native[], trace: Trace): Native[];
}

/** Runs a fused kernel as one operation of tfjs: one entry on its tape instead of thousands. */
export function fusedOp<Trace>(
  kernel: FusedKernel<Trace>,
  inputs: tf.Tensor[],
  given: tf.Tensor[],
  outputShape: number[],
): tf.Tensor {
  const training = tf.engine().isTapeOn();
  const operation = tf.customGrad((...args) => {
    const save = args[args.length - 1] as unknown as (tensors: tf.Tensor[]) => void;
    const run = training ? compiledOrEager(kernel, ranksOf(inputs), ranksOf(given)) : eager(kernel);
    const { output, waiting, backward } = run(inputs.map(toNative), given.map(toNative));
    if (training) {
      save(inputs);
      waitForGradient(waiting);
    } else free(waiting);
    const gradFunc = (dOutput: tf.Tensor, saved: tf.Tensor[]) => {
      const gradients = backward(toNative(dOutput), saved.map(toNative));
      endWait(waiting);
      return gradients.map((native, i) => toTensor(native, inputs[i].shape));
    };
    return { value: toTensor(output, outputShape), gradFunc };
  });
  return operation(...inputs);
}

/** A forward pass, and the backward pass that belongs to it. */
type Run = (
  inputs: Native[],
  given: Native[],
) => {
  output: Native;
  /** What has to live until the backward pass. */
  waiting: Native[];
  backward(dOutput: Native, inputs: Native[]): Native[];
};

function eager<Trace>(kernel: FusedKernel<Trace>): Run {
  return (inputs, given) => {
    const { result, natives } = owned(() => kernel.forward(inputs, given));
    const { output, trace } = result;
    return {
      output,
      waiting: natives.filter((native) => native !== output),
      backward: (dOutput, inputs) => owned(() => kernel.backward(dOutput, inputs, trace)).result,
    };
  };
}

/** Making graphs takes a quarter of a second; after so many runs it is likely to be worth it. */
const COMPILE_AFTER = 10;
const runsBefore = new Map<string, number>();
const compiled = new Map<string, Run>();

const ranksOf = (tensors: tf.Tensor[]) => tensors.map((tensor) => tensor.rank);

function compiledOrEager<Trace>(
  kernel: FusedKernel<Trace>,
  inputRanks: number[],
  givenRanks: number[],
): Run {
  const runs = runsBefore.get(kernel.name) ?? 0;
  runsBefore.set(kernel.name, runs + 1);
  if (runs < COMPILE_AFTER) return eager(kernel);
  let run = compiled.get(kernel.name);
  if (!run) compiled.set(kernel.name, (run = compile(kernel, inputRanks, givenRanks)));
  return run;
}

/** Two graphs: from inputs to output and trace, and from gradient, inputs and trace to gradients. */
function compile<Trace>(
  kernel: FusedKernel<Trace>,
  inputRanks: number[],
  givenRanks: number[],
): Run {
  const inputCount = inputRanks.length;
  let traced: Native[] = [];
  const forward = Graph.record([...inputRanks, ...givenRanks], (natives) => {
    const inputs = natives.slice(0, inputCount);
    const { output, trace } = kernel.forward(inputs, natives.slice(inputCount));
    traced = [...new Set(nativesIn(trace))].filter((native) => !inputs.includes(native));
    return { outputs: [output, ...traced], inputs, trace };
  });
  const backward = Graph.record(
    [undefined, ...inputRanks, ...traced.map(() => undefined)],
    ([dOutput, ...natives]) => {
      const inputs = natives.slice(0, inputCount);
      const before = [...forward.inputs, ...traced];
      const trace = replaced(
        forward.trace,
        new Map(before.map((native, i) => [native, natives[i]])),
      );
      return { outputs: kernel.backward(dOutput, inputs, trace) };
    },
  );
  return (inputs, given) => {
    const [output, ...waiting] = forward.graph.run([...inputs, ...given]);
    return {
      output,
      waiting,
      backward: (dOutput, inputs) => backward.graph.run([dOutput, ...inputs, ...waiting]),
    };
  };
}

/** The same lists and objects with other natives. */
function replaced<Value>(value: Value, natives: Map<Native, Native>): Value {
  if (typeof value === "number") return natives.get(value) as Value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((part: unknown) => replaced(part, natives)) as Value;
  const parts = Object.entries(value).map(([key, part]) => [key, replaced(part, natives)]);
  return Object.fromEntries(parts) as Value;
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
