import { booleanOf, integerOf, textOf, typeOf } from "./graph-attributes";
import { binding, type Native } from "./native";
import { type Recorder } from "./recorder";

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

  /** A native as the body reads it: floats, or whole numbers that the recorder knows as constants. */
  inside(native: Native): Native {
    if (this.inner.has(native)) return native;
    const type = this.recorder.isInteger(native) ? binding.TF_INT32 : binding.TF_FLOAT;
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

/** What changes from step to step. */
export class Variable {
  /** Its value before it is known whether there is another step. */
  readonly merged: Native;
  private atEnd!: Native;

  constructor(
    private readonly recorder: Recorder,
    frame: Frame,
    first: Native,
    private readonly type: number,
  ) {
    const entered = frame.enter(first, type, false);
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
    this.recorder.addInput(this.merged, later);
  }

  /** Its value after the last step, outside. */
  exit(): Native {
    return this.recorder.add("Exit", [this.atEnd], { T: typeOf(this.type) }, 1)[0];
  }
}
