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
 *
 * @throws Error when a step does not carry the same keys as it was given.
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
      return { carried: asGiven(carried, left.carried), outputs: nativesIn(left.outputs) };
    },
  });
  return {
    carried: withNatives(carried, looped.carried),
    outputs: withNatives(outputs!, looped.outputs),
  };
}

/**
 * The natives that a step carries, in the order of those it was given: they are matched by their
 * keys, as in another order they would go round in each other's place.
 */
function asGiven(given: unknown, left: unknown): Native[] {
  const places = byPlace(given).map(([place]) => place);
  const found = new Map(byPlace(left));
  const natives = places.flatMap((place) => found.get(place) ?? []);
  if (natives.length < places.length || found.size > places.length) {
    throw new Error(
      `scan: a step was given ${places.join(", ")} and carries ${[...found.keys()].join(", ")}. ` +
        "It must carry the same, as the next step reads it.",
    );
  }
  return natives;
}

/** All natives in a native, a list or an object of them, each with where it stands. */
function byPlace(value: unknown, place = "carried"): [string, Native][] {
  if (typeof value === "number") return [[place, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => byPlace(part, `${place}.${key}`));
}
