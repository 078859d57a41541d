import { tf } from "../../backend";
import type { FusedKernel } from "./kernel-run";
import { addAll, concat, type Native, splitRows } from "./native";

/** A part of fewer rows is not worth a thread. */
const ROWS_A_PART = 32;
/** What decoding does best in on two cores; the same on every machine, so that the bits are too. */
const MOST_PARTS = 4;
/** The same for training, where each part adds products and sums of its own. */
const MOST_IN_TRAINING = 2;

let mostInTraining = MOST_IN_TRAINING;

/** Whether several workers train in this process: each of them then computes its rows in one part. */
export function shareCores(shared: boolean): void {
  mostInTraining = shared ? 1 : MOST_IN_TRAINING;
}

/** The sizes of the parts that a batch is best decoded in, `[parts]`. */
export function partSizes(batch: number, most = MOST_PARTS): tf.Tensor1D {
  const parts = Math.max(1, Math.min(most, Math.floor(batch / ROWS_A_PART)));
  const size = (part: number) =>
    Math.floor(((part + 1) * batch) / parts) - Math.floor((part * batch) / parts);
  return tf.tensor1d(
    Array.from({ length: parts }, (_, part) => size(part)),
    "int32",
  );
}

/** The sizes of the parts that a batch is best trained on in, `[parts]`. */
export function trainingPartSizes(batch: number): tf.Tensor1D {
  return partSizes(batch, mostInTraining);
}

/**
 * A computation on rows that do not depend on each other, in `count` parts: in a graph TensorFlow
 * spreads these over the processor's cores.
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
  return results[0].map((_, output) =>
    concat(
      results.map((result) => result[output]),
      0,
    ),
  );
}

/** What a kernel in parts keeps of each part. */
interface PartTrace<Trace> {
  natives: Native[];
  trace: Trace;
}

/**
 * The same kernel with the rows of a batch in `count` parts, which do not depend on each other: in a
 * graph TensorFlow spreads them over the processor's cores. The sizes of the parts come as the first
 * native. The gradient of a weight is the sum of the parts' gradients.
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
      const output = concat(
        parts.map((part) => part.output),
        0,
      );
      return { output, trace: parts.map(({ natives, trace }) => ({ natives, trace })) };
    },

    backward(dOutput, [sizes], trace) {
      const dOutputs = splitRows(dOutput, sizes, count);
      const parts = trace.map((part, i) => backward(dOutputs[i], part.natives, part.trace));
      const given = trace[0].natives.length - parts[0].length;
      return parts[0].map((_, i) => {
        const gradients = parts.map((part) => part[i]);
        return rows.includes(given + i) ? concat(gradients, 0) : addAll(gradients);
      });
    },
  };
}
