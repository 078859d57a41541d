import assert from "node:assert/strict";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-node";
import { Graph } from "attention-lab/dist/layers/fused/graph";
import { free, type Native, toNative, toTensor } from "attention-lab/dist/layers/fused/native";
import { add, floats, mul, transpose } from "attention-lab/dist/layers/fused/operations";
import { scan } from "attention-lab/dist/layers/fused/scan";
import { countNatives } from "./native-helpers";

const ROWS = [
  [1, 2],
  [3, 4],
];
/** The sum of the rows, and twice that. */
const ONCE_AND_TWICE = [
  [4, 6],
  [8, 12],
];

/** A graph of vectors `[time, 2]`, which runs with numbers and gives lists of them. */
function graphOf(compute: (sequence: Native) => Native[]) {
  const kinds = [{ rank: 2, dtype: "float32" }];
  const { graph } = Graph.record(kinds, ([x]) => ({ outputs: compute(x) }));
  return (rows: number[][], shapes: number[][]) => {
    const input = tf.tensor2d(rows);
    const outputs = graph.run([toNative(input)]);
    return outputs.map((native, i) => toTensor(native, shapes[i]).arraySync());
  };
}

/** Sums, weighted by a number from outside, and what each step has read. */
const sums = (backwards: boolean) =>
  graphOf((sequence) => {
    const two = floats([2], []);
    const { carried, outputs } = scan({
      sequences: { x: sequence },
      backwards,
      carried: floats([0, 0], [2]),
      step({ x }, sum) {
        const next = add(sum, mul(two, x));
        return { carried: next, outputs: { next, read: x, outside: two } };
      },
    });
    return [carried, outputs.next, outputs.read, outputs.outside];
  });

test("one graph scans sequences of any length, forwards and backwards", () => {
  for (const backwards of [false, true]) {
    const run = sums(backwards);
    for (const time of [7, 1, 2]) {
      const rows = Array.from({ length: time }, (_, t) => [t + 1, 10 * t]);
      const inOrder = backwards ? [...rows].reverse() : rows;
      let sum = [0, 0];
      const nexts = inOrder.map((row) => (sum = sum.map((s, i) => s + 2 * row[i])));
      const expected = backwards ? [...nexts].reverse() : nexts;
      const shapes = [[2], [time, 2], [time, 2], [time]];
      const twos = Array<number>(time).fill(2);
      assert.deepEqual(run(rows, shapes), [sum, expected, rows, twos]);
    }
  }
});

test("two scans stand in one graph, and the second reads what the first one left", () => {
  const run = graphOf((sequence) => {
    const doubled = scan({
      sequences: sequence,
      carried: floats([0], []),
      step: (x, carried) => ({ carried, outputs: add(x, x) }),
    });
    const summed = scan({
      sequences: doubled.outputs,
      carried: floats([0, 0], [2]),
      step: (x, sum) => ({ carried: add(sum, x), outputs: sum }),
    });
    return [summed.carried, doubled.carried];
  });
  assert.deepEqual(run(ROWS, [[2], []]), [[8, 12], 0]);
});

test("what is carried twice goes two ways", () => {
  const run = graphOf((sequence) => {
    const zero = floats([0, 0], [2]);
    const { carried } = scan({
      sequences: sequence,
      carried: [zero, zero],
      step: (x, [a, b]) => ({ carried: [add(a, x), add(b, add(x, x))], outputs: [] as Native[] }),
    });
    return carried;
  });
  assert.deepEqual(run(ROWS, [[2], [2]]), ONCE_AND_TWICE);
});

test("what a step carries is matched by its keys, in whatever order it returns them", () => {
  const run = graphOf((sequence) => {
    const { carried } = scan({
      sequences: sequence,
      carried: { once: floats([0, 0], [2]), more: { twice: floats([0, 0], [2]) } },
      step: (x, { once, more }) => ({
        carried: { more: { twice: add(more.twice, add(x, x)) }, once: add(once, x) },
        outputs: [] as Native[],
      }),
    });
    return [carried.once, carried.more.twice];
  });
  assert.deepEqual(run(ROWS, [[2], [2]]), ONCE_AND_TWICE);
});

test("a step that carries more, less or something else than it was given is refused", () => {
  const carrying = (left: (x: Native) => Record<string, Native>) => () =>
    graphOf((sequence) => {
      const zero = floats([0, 0], [2]);
      const given: Record<string, Native> = { a: zero, b: zero };
      const { carried } = scan({
        sequences: sequence,
        carried: given,
        step: (x) => ({ carried: left(x), outputs: x }),
      });
      return Object.values(carried);
    });
  const given = "a step was given carried\\.a, carried\\.b and carries";
  assert.doesNotThrow(carrying((x) => ({ b: x, a: x })));
  for (const [keys, said] of [
    ["abc", "carried\\.a, carried\\.b, carried\\.c\\."],
    ["a", "carried\\.a\\."],
    ["ac", "carried\\.a, carried\\.c\\."],
  ]) {
    const left = (x: Native) => Object.fromEntries([...keys].map((key) => [key, x]));
    assert.throws(carrying(left), new RegExp(`${given} ${said}`));
  }
});

test("a scan within a step is refused, and says so", () => {
  const within = () =>
    graphOf((sequence) => {
      const inner = (x: Native) =>
        scan({ sequences: x, carried: x, step: (part) => ({ carried: part, outputs: part }) });
      const { carried } = scan({
        sequences: sequence,
        carried: sequence,
        step: (x) => ({ carried: x, outputs: inner(x).carried }),
      });
      return [carried];
    });
  assert.throws(within, /a scan within the step of another one/);
});

test("operations are refused where no graph is being written down", () => {
  const x = tf.tensor2d([[1, 2]]);
  assert.throws(() => transpose(toNative(x), [1, 0]), /Graph.record/);
});

test("a graph that scans leaves no native behind", () => {
  const input = tf.tensor2d(ROWS);
  const { graph } = Graph.record([{ rank: 2, dtype: "float32" }], ([x]) => {
    const { carried, outputs } = scan({
      sequences: x,
      carried: floats([0, 0], [2]),
      step: (row, sum) => ({ carried: add(row, sum), outputs: row }),
    });
    return { outputs: [carried, outputs] };
  });
  const native = toNative(input);
  const before = countNatives();
  for (let i = 0; i < 20; i++) free(graph.run([native]));
  assert.equal(countNatives(), before);
});
