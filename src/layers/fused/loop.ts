import { type Attributes, booleanOf, integerOf, textOf, typeOf } from "./graph-attributes";
import { binding, type Native } from "./native";
import { type Recorder } from "./recorder";

const FLOAT = binding.TF_FLOAT;
const INTEGER = binding.TF_INT32;
/** TensorFlow's number for a resource, as an array is one; tfjs-node does not name it. */
const RESOURCE = 20;

const float = { T: typeOf(FLOAT) };
const integer = { T: typeOf(INTEGER) };

/** A step for each part of some sequences, one after the other; `scan.ts` says it with types. */
export interface Loop {
  /** Each `[time, …]`: a step reads its own part of each. */
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

/**
 * The body of a loop: TensorFlow runs it in a frame of its own, into which every tensor that it reads
 * from outside has to be brought.
 */
export class Frame {
  private readonly inner = new Set<Native>();
  private readonly brought = new Map<Native, Native>();
  private readonly name: string;

  constructor(private readonly recorder: Recorder) {
    this.name = `loop ${recorder.count}`;
  }

  /** Says that these are of the body. */
  own(natives: Native[]): void {
    for (const native of natives) this.inner.add(native);
  }

  /** A native as the body reads it. */
  inside(native: Native): Native {
    if (this.inner.has(native)) return native;
    const type = this.recorder.isInteger(native) ? INTEGER : FLOAT;
    return this.brought.get(native) ?? this.bring(native, type);
  }

  /** Brings in what is the same for all steps. */
  bring(native: Native, type: number): Native {
    const inside = this.enter(native, type, true);
    this.brought.set(native, inside);
    return inside;
  }

  enter(native: Native, type: number, isConstant: boolean): Native {
    const attributes = {
      T: typeOf(type),
      frame_name: textOf(this.name),
      is_constant: booleanOf(isConstant),
      parallel_iterations: integerOf(1),
    };
    const write = () => this.recorder.add("Enter", [native], attributes, 1);
    const entered = this.recorder.within(undefined, write);
    this.own(entered);
    return entered[0];
  }
}

/**
 * A loop of TensorFlow's own, as its control flow is built (Yu et al. 2018, arXiv 1805.01772). Each
 * variable goes round: `Merge` takes its first value from `Enter` and the later ones from
 * `NextIteration`, and `Switch` sends it into the body or, at the end, to `Exit`. The steps leave
 * their outputs in arrays, whose order of writing is held by a variable that is called a flow.
 */
export function recordLoop(
  recorder: Recorder,
  { sequences, backwards, carried, step }: Loop,
): Looped {
  const one = (operation: string, inputs: Native[], attributes: Attributes = {}) =>
    recorder.add(operation, inputs, attributes, 1)[0];
  const [first, next, stride] = [0, 1, [1]].map((value) => recorder.integers(value));
  const time = lengthOf(recorder, sequences[0], first);
  const last = one("Sub", [time, next], integer);

  const frame = new Frame(recorder);
  for (const native of [time, last]) frame.bring(native, INTEGER);
  const variables = [
    new Variable(recorder, frame, first, INTEGER),
    new Variable(recorder, frame, recorder.constant(Float32Array.of(0), []), FLOAT),
    ...carried.map((native) => new Variable(recorder, frame, native, FLOAT)),
  ];
  const arrays: Native[] = [];

  recorder.within(frame, () => {
    const goesOn = one("LoopCond", [one("Less", [variables[0].merged, time], integer)]);
    const [n, firstFlow, ...now] = variables.map((variable) => variable.body(goesOn));
    const t = backwards ? one("Sub", [last, n], integer) : n;
    const from = one("ExpandDims", [t, first], { ...integer, Tdim: typeOf(INTEGER) });
    const to = one("AddV2", [from, stride], integer);
    const part = { ...float, Index: typeOf(INTEGER), shrink_axis_mask: integerOf(1) };
    const parts = sequences.map((native) => one("StridedSlice", [native, from, to, stride], part));
    const { carried, outputs } = step(parts, now);
    let flow = firstFlow;
    for (const output of outputs) {
      const array = recorder.within(undefined, () => arrayOf(recorder, time));
      frame.bring(array, RESOURCE);
      arrays.push(array);
      flow = one("TensorArrayWriteV3", [array, t, output, flow], float);
    }
    const later = [one("AddV2", [n, next], integer), flow, ...carried];
    variables.forEach((variable, i) => variable.goOn(later[i]));
  });

  const [, flow, ...left] = variables.map((variable) => variable.exit());
  const all = one("Range", [first, time, next], { Tidx: typeOf(INTEGER) });
  const dtype = typeOf(FLOAT);
  return {
    carried: left,
    outputs: arrays.map((array) => one("TensorArrayGatherV3", [array, all, flow], { dtype })),
  };
}

/** What changes from step to step. */
class Variable {
  /** Its value before it is known whether there is another step. */
  readonly merged: Native;
  private readonly node: number;
  private atEnd!: Native;

  constructor(
    private readonly recorder: Recorder,
    frame: Frame,
    first: Native,
    private readonly type: number,
  ) {
    const entered = frame.enter(first, type, false);
    this.node = recorder.count;
    const attributes = { T: typeOf(type), N: integerOf(2) };
    const write = () => recorder.add("Merge", [entered], attributes, 2);
    [this.merged] = recorder.within(frame, write);
  }

  /** Its value in the body. */
  body(goesOn: Native): Native {
    const attributes = { T: typeOf(this.type) };
    const [atEnd, inBody] = this.recorder.add("Switch", [this.merged, goesOn], attributes, 2);
    this.atEnd = atEnd;
    return inBody;
  }

  /** Gives it its value for the next step. */
  goOn(native: Native): void {
    const [later] = this.recorder.add("NextIteration", [native], { T: typeOf(this.type) }, 1);
    this.recorder.addInput(this.node, later);
  }

  /** Its value after the last step, outside. */
  exit(): Native {
    return this.recorder.add("Exit", [this.atEnd], { T: typeOf(this.type) }, 1)[0];
  }
}

function lengthOf(recorder: Recorder, sequence: Native, first: Native): Native {
  const [shape] = recorder.add("Shape", [sequence], { ...float, out_type: typeOf(INTEGER) }, 1);
  const gather = { Tparams: typeOf(INTEGER), Tindices: typeOf(INTEGER), Taxis: typeOf(INTEGER) };
  return recorder.add("GatherV2", [shape, first, first], gather, 1)[0];
}

/** An array for the outputs of so many steps. */
function arrayOf(recorder: Recorder, time: Native): Native {
  const [array] = recorder.add("TensorArrayV3", [time], { dtype: typeOf(FLOAT) }, 2);
  return array;
}
