import { attention } from "../../attention/attention";
import { close } from "../compare";
import type { Exercise } from "../exercise";
import type { Matrix } from "../numbers";

type MultiHead = (queries: Matrix, keys: Matrix, values: Matrix, heads: number) => Matrix;

// Five queries and four keys of six numbers, two heads of three: no two sizes are alike.
const queries = [
  [1, 0, 2, -1, 0.3, 1],
  [0.5, 1, -1, 0, 2, -0.4],
  [-1, 2, 0.3, 1, 0, 0.7],
  [0, -0.6, 1, 2, 1, -1],
  [1.5, 0.2, 0, -2, 1, 0.1],
];
const keys = [
  [0.2, 1, 1, 0, -1, 0.5],
  [2, -1, 0, 1, 0.4, 1],
  [-0.5, 0, 1.5, 0.6, 1, -2],
  [1, 0.3, -1, -0.7, 0, 2],
];
const values = [
  [10, 20, 30, 40, 50, 60],
  [-1, -2, -3, -4, -5, -6],
  [5, 0, 2, -8, 1, 3],
  [0, 7, -9, 6, 4, -2],
];

/** The contexts of two heads; `part` says which columns a head has. */
function headsWith(part: (column: number, head: number) => boolean, factor = 1): Matrix[] {
  return [0, 1].map((head) => {
    const cut = (rows: Matrix) => rows.map((row) => row.filter((_, column) => part(column, head)));
    const asked = cut(queries).map((row) => row.map((x) => x * factor));
    return attention(asked, cut(keys), cut(values)).context;
  });
}
const sideBySide = (heads: Matrix[]) => queries.map((_, i) => heads.flatMap((head) => head[i]));
const halves = (column: number, head: number) => Math.floor(column / 3) === head;
/** As many columns for a head as there are heads. */
const pairs = (column: number, head: number) => Math.floor(column / 2) === head;

const right = headsWith(halves);
const whole = attention(queries, keys, values).context;

export const heads: Exercise<MultiHead> = {
  id: "12.3",
  checks: [
    {
      claim: "with one head it is attention as it was",
      points: 1,
      holds: (answer) => close(answer(queries, keys, values, 1), whole),
    },
    {
      claim: "with two, each looks with its half of every vector, and brings home its half",
      points: 2,
      holds: (answer) => close(answer(queries, keys, values, 2), sideBySide(right)),
    },
  ],
  mistakes: [
    {
      seen: (answer) => close(answer(queries, keys, values, 2), whole),
      hint: "Every head looks with the whole vector, so all of them see the same. A head has d / H columns of its own.",
    },
    {
      seen: (answer) => close(answer(queries, keys, values, 2), right.flat()),
      hint: "Your heads stand one below the other: there are more rows than queries. A query's parts belong side by side, in one row.",
    },
    {
      seen: (answer) =>
        close(answer(queries, keys, values, 2), sideBySide(headsWith(halves, 1 / Math.SQRT2))),
      hint: "Each head divides its scores by the √d of the whole vector. A head's d is its own width.",
    },
    {
      seen: (answer) =>
        close(answer(queries, keys, values, 2), sideBySide(headsWith(halves, Math.sqrt(3 / 2)))),
      hint: "You divide the scores by the root of the number of heads. How many numbers does a head compare?",
    },
    {
      seen: (answer) => close(answer(queries, keys, values, 2), sideBySide(headsWith(pairs))),
      hint: "Your heads are as wide as there are heads, and some columns are seen by none. How wide is one, if all of them together have d columns?",
    },
    {
      seen: (answer) => {
        const found: unknown = answer(queries, keys, values, 2);
        const everySecond = headsWith((column, head) => column % 2 === head);
        const back = queries.map((_, i) =>
          [0, 1, 2].flatMap((c) => everySecond.map((head) => head[i][c])),
        );
        return close(found, sideBySide(everySecond)) || close(found, back);
      },
      hint: "A head takes every second column. It should have neighbouring ones: head 1 the first half, head 2 the second.",
    },
    {
      seen: (answer) =>
        close(
          answer(queries, keys, values, 2),
          queries.map((_, i) => right[0][i].map((x, c) => (x + right[1][i][c]) / 2)),
        ),
      hint: "You take the mean of the heads, and one can no longer tell what each has found. They are put side by side.",
    },
  ],
};
