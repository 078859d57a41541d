import type { Exercise } from "../exercise";
import type { Matrix } from "../numbers";

interface Thin {
  B: Matrix;
  A: Matrix;
}
type Lora = (d: number, k: number, rank: number, draw: () => number) => Thin;

const [d, k, rank] = [5, 4, 2];

/** What the answer makes, with numbers that are all different. */
function made(answer: Lora): Thin {
  let draws = 0;
  return answer(d, k, rank, () => Math.sin(7 * ++draws));
}
const isShaped = (matrix: Matrix, rows: number, columns: number) =>
  matrix.length === rows && matrix.every((row) => row.length === columns);
const fits = ({ B, A }: Thin) => isShaped(B, d, rank) && isShaped(A, rank, k);
const isZero = (matrix: Matrix) => matrix.flat().every((x) => x === 0);
const entry = ({ B, A }: Thin, i: number, j: number) =>
  A.reduce((sum, row, r) => sum + B[i][r] * row[j], 0);
const changesNothing = (thin: Thin) =>
  thin.B.every((_, i) => thin.A[0].every((_, j) => Math.abs(entry(thin, i, j)) < 1e-12));
/** Whether two vectors point in different directions: where they do not, all of these are 0. */
const differ = (a: number[], b: number[]) =>
  a.some((x, i) => b.some((y, j) => Math.abs(x * y - a[j] * b[i]) > 1e-9));
const canLearn = ({ B, A }: Thin) =>
  differ(A[0], A[1]) ||
  differ(
    B.map((row) => row[0]),
    B.map((row) => row[1]),
  );

export const lora: Exercise<Lora> = {
  id: "11.5",
  checks: [
    {
      claim: "B is [d, r] and A is [r, k]: r (d + k) numbers",
      points: 1,
      holds: (answer) => fits(made(answer)),
    },
    {
      claim: "at first BA changes nothing",
      points: 1,
      holds: (answer) => fits(made(answer)) && changesNothing(made(answer)),
    },
    {
      claim: "and yet all r directions can be learnt",
      points: 1,
      holds: (answer) => fits(made(answer)) && canLearn(made(answer)),
    },
  ],
  mistakes: [
    {
      seen: (answer) => isShaped(made(answer).B, rank, d) || isShaped(made(answer).A, k, rank),
      hint: "The shapes lie on their side. BA is added to W₀, which is [d, k]: what does that say about the rows of B and the columns of A?",
    },
    {
      seen: (answer) => isShaped(made(answer).B, d, k) || isShaped(made(answer).A, d, k),
      hint: "One of your matrices is as large as W₀ itself, and nothing is saved. The rank is the narrow side of both.",
    },
    {
      seen: (answer) => isZero(made(answer).A) && isZero(made(answer).B),
      hint: "Nothing changes at first, and nothing ever will: the slope of B is made of A and the slope of A of B, and both are 0. One of them has to be drawn.",
    },
    {
      seen: (answer) => !changesNothing(made(answer)),
      hint: "BA is not 0, so the model that was trained for so long is disturbed before it has learnt anything.",
    },
    {
      seen: (answer) => !canLearn(made(answer)),
      hint: "All your rows are the same, and with the same slopes they stay so: it is rank 1, at the price of r. Draw a number for each entry.",
    },
  ],
};
