import { recordLoop } from "./loop";
import { type Native, nativesIn, withNatives } from "./native";
import { currentRecorder } from "./operations";

/**
 * A recurrence: a step for each part of some sequences, which hands something on to the next step
 * and leaves outputs behind. `Sequences`, `Carried` and `Outputs` are natives of floats, or lists
 * and objects of them; so is what a step reads from outside. A step cannot scan.
 */
export interface Scan<Sequences, Carried, Outputs> {
  /** Each `[time, …]`: a step reads its own part of each. */
  sequences: Sequences;
  /** From the last part to the first. */
  backwards?: boolean;
  /** What the step that is taken first finds. */
  carried: Carried;
  step(parts: Sequences, carried: Carried): { carried: Carried; outputs: Outputs };
}

/**
 * Takes the steps, and gives what the last one carries and all outputs, stacked `[time, …]`.
 *
 * It is one loop of TensorFlow's own: soon made, and good for any length. With the steps written
 * out one by one a graph was no faster, but took ¼ s to make, for each length (bench/README.md).
 */
export function scan<Sequences, Carried, Outputs>(
  scan: Scan<Sequences, Carried, Outputs>,
): { carried: Carried; outputs: Outputs } {
  const { sequences, backwards, carried, step } = scan;
  let outputs: Outputs | undefined;
  const looped = recordLoop(currentRecorder(), {
    sequences: nativesIn(sequences),
    backwards,
    carried: nativesIn(carried),
    step(parts: Native[], now: Native[]) {
      const left = step(withNatives(sequences, parts), withNatives(carried, now));
      outputs = left.outputs;
      return { carried: nativesIn(left.carried), outputs: nativesIn(left.outputs) };
    },
  });
  return {
    carried: withNatives(carried, looped.carried),
    outputs: withNatives(outputs!, looped.outputs),
  };
}
