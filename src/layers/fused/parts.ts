import { tf } from "../../backend";
import type { FusedKernel } from "./kernel-run";
import type { Native } from "./native";
import { addAll, concat, splitRows } from "./operations";

/**
 * Rows that do not depend on each other, computed in parts: in a graph TensorFlow spreads these over
 * the processor's cores. And which threads compute them.
 */

/** A part of fewer rows is not worth a thread. */
const ROWS_A_PART = 32;
/** What two cores do best; the same whatever their number, so that the bits are too. */
const MOST_FORWARD = 4;
/** The same with a gradient, where each part adds products and sums of its own. */
const MOST_IN_TRAINING = 2;

/** So many rows, forward alone, are computed sooner than shared with threads that have to be woken. */
const FEW_ROWS = 16;

/** How many teams of workers train. */
let teams = 0;

/**
 * Says that a team of workers begins to train. Until it ends, whatever this thread trains is computed
 * in one part, by the thread itself, as each worker has a core of its own. The bits of another
 * training beside it differ by that.
 */
export function beginTeam(): void {
  teams++;
}

/** The opposite of `beginTeam`. */
export function endTeam(): void {
  teams--;
}

/** How some rows are computed. */
export interface Plan {
  parts: number;
  /** Whether the calling thread does it by itself. Otherwise TensorFlow's own threads do. */
  onCallingThread: boolean;
}

/**
 * How to compute so many rows where no gradient will be asked for.
 * @param few So many are the calling thread's.
 */
export function forwardPlan(rows: number, few = FEW_ROWS): Plan {
  if (rows <= few) return { parts: 1, onCallingThread: true };
  return { parts: partsOf(rows, MOST_FORWARD), onCallingThread: false };
}

/** The same where a gradient will be asked for. */
export function trainingPlan(rows: number): Plan {
  if (teams > 0) return { parts: 1, onCallingThread: true };
  return { parts: partsOf(rows, MOST_IN_TRAINING), onCallingThread: false };
}

function partsOf(rows: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(rows / ROWS_A_PART)));
}

/** The sizes of the parts of some rows, `[parts]`. */
export function partSizes(rows: number, parts: number): tf.Tensor1D {
  const size = (part: number) =>
    Math.floor(((part + 1) * rows) / parts) - Math.floor((part * rows) / parts);
  return tf.tensor1d(
    Array.from({ length: parts }, (_, part) => size(part)),
    "int32",
  );
}

/**
 * Computes the rows in parts of the given sizes.
 * @param rows Natives with a row for each of the batch, as those have that `compute` returns.
 */
export function inParts(
  rows: Native[],
  sizes: Native,
  count: number,
  compute: (rows: Native[]) => Native[],
): Native[] {
  if (count === 1) return compute(rows);
  const cut = rows.map((native) => splitRows(native, sizes, count));
  const results = Array.from({ length: count }, (_, part) => compute(cut.map((all) => all[part])));
  return results[0].map((_, output) => together(results.map((result) => result[output])));
}

/** What a kernel in parts keeps of each part. */
interface PartTrace<Trace> {
  natives: Native[];
  trace: Trace;
}

/**
 * The same kernel with its rows in `count` parts, whose sizes come as the first native. The gradient
 * of what has no rows, a weight, is the sum of the parts' gradients.
 */
export function partwise<Trace>(
  { name, rows, forward, backward }: FusedKernel<Trace>,
  count: number,
): FusedKernel<PartTrace<Trace>[]> {
  return {
    name: `${name} in ${count} parts`,
    rows: rows.map((place) => place + 1),

    forward([sizes, ...natives]) {
      const cut = natives.map((native, i) =>
        rows.includes(i) ? splitRows(native, sizes, count) : undefined,
      );
      const parts = Array.from({ length: count }, (_, part) => {
        const ofPart = natives.map((native, i) => cut[i]?.[part] ?? native);
        return { natives: ofPart, ...forward(ofPart) };
      });
      return {
        output: together(parts.map(({ output }) => output)),
        trace: parts.map(({ natives, trace }) => ({ natives, trace })),
      };
    },

    backward(dOutput, [sizes], trace) {
      const dOutputs = splitRows(dOutput, sizes, count);
      const parts = trace.map((part, i) => backward(dOutputs[i], part.natives, part.trace));
      const given = trace[0].natives.length - parts[0].length;
      return parts[0].map((_, i) => {
        const gradients = parts.map((part) => part[i]);
        return rows.includes(given + i) ? together(gradients) : addAll(gradients);
      });
    },
  };
}

const together = (parts: Native[]) => concat(parts, 0);
