import {
  type Attributes,
  FLOAT,
  FLOATS,
  INTEGER,
  INTEGERS,
  integerOf,
  SHAPE,
} from "./graph-attributes";
import { Frame, Variable } from "./loop-frame";
import { binding, type Native } from "./native";
import { type Recorder } from "./recorder";

/** A step for each part of some sequences, one after the other; `scan.ts` says it with types. */
export interface Loop {
  /** Each `[time, …]`, one at least: a step reads its own part of each. */
  sequences: Native[];
  /** From the last part to the first. */
  backwards?: boolean;
  /** What the step that is taken first finds. */
  carried: Native[];
  step(parts: Native[], carried: Native[]): { carried: Native[]; outputs: Native[] };
}

export interface Looped {
  /** What the step that was taken last leaves. */
  carried: Native[];
  /** The outputs of all steps, each `[time, …]`. */
  outputs: Native[];
}

const { TF_FLOAT, TF_INT32 } = binding;
/** TensorFlow's number for a resource, as an array is one; tfjs-node does not name it. */
const RESOURCE = 20;

const GATHER = { Tparams: INTEGER, Tindices: INTEGER, Taxis: INTEGER };
const EXPAND = { ...INTEGERS, Tdim: INTEGER };
const PART = { ...FLOATS, Index: INTEGER, shrink_axis_mask: integerOf(1) };
const ARRAY = { dtype: FLOAT };

/**
 * A loop of TensorFlow's own, as its control flow is built (Yu et al. 2018, arXiv 1805.01772). Each
 * variable goes round: `Merge` takes its first value from `Enter` and the later ones from
 * `NextIteration`, and `Switch` sends it into the body or, at the end, to `Exit`. The steps leave
 * their outputs in arrays, whose order of writing is held by a variable that is called a flow.
 *
 * @throws Error when it is written within the step of another loop.
 */
export function recordLoop(recorder: Recorder, loop: Loop): Looped {
  if (recorder.inLoop) {
    throw new Error("scan: a scan within the step of another one cannot be written down.");
  }
  const node = (name: string, inputs: Native[], attributes: Attributes = {}) =>
    recorder.add(name, inputs, attributes, 1)[0];
  const [zero, one] = [0, 1].map((value) => recorder.integers(value));
  const time = node("GatherV2", [node("Shape", [loop.sequences[0]], SHAPE), zero, zero], GATHER);
  const last = node("Sub", [time, one], INTEGERS);

  const frame = new Frame(recorder);
  for (const native of [time, last]) frame.bring(native, TF_INT32);
  const variables = [
    new Variable(recorder, frame, zero, TF_INT32),
    new Variable(recorder, frame, recorder.constant(Float32Array.of(0), []), TF_FLOAT),
    ...loop.carried.map((native) => new Variable(recorder, frame, native, TF_FLOAT)),
  ];
  const arrays: Native[] = [];
  recorder.within(frame, () => {
    const goesOn = node("LoopCond", [node("Less", [variables[0].merged, time], INTEGERS)]);
    const [n, firstFlow, ...now] = variables.map((variable) => variable.body(goesOn));
    const t = loop.backwards ? node("Sub", [last, n], INTEGERS) : n;
    const { carried, outputs } = loop.step(partsAt(recorder, loop.sequences, t), now);
    const flow = outputs.reduce((before, output) => {
      const array = recorder.within(undefined, () =>
        recorder.add("TensorArrayV3", [time], ARRAY, 2),
      );
      arrays.push(array[0]);
      frame.bring(array[0], RESOURCE);
      return node("TensorArrayWriteV3", [array[0], t, output, before], FLOATS);
    }, firstFlow);
    const next = [node("AddV2", [n, one], INTEGERS), flow, ...carried];
    variables.forEach((variable, i) => variable.goOn(next[i]));
  });

  const [, flow, ...carried] = variables.map((variable) => variable.exit());
  const all = node("Range", [zero, time, one], { Tidx: INTEGER });
  const outputs = arrays.map((array) => node("TensorArrayGatherV3", [array, all, flow], ARRAY));
  return { carried, outputs };
}

/** The parts of some sequences that stand at t. */
function partsAt(recorder: Recorder, sequences: Native[], t: Native): Native[] {
  const one = recorder.integers([1]);
  const [from] = recorder.add("ExpandDims", [t, recorder.integers(0)], EXPAND, 1);
  const [to] = recorder.add("AddV2", [from, one], INTEGERS, 1);
  return sequences.map(
    (sequence) => recorder.add("StridedSlice", [sequence, from, to, one], PART, 1)[0],
  );
}
