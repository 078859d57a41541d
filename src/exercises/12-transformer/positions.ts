import { sinusoidalPositions } from "../../transformer/positions";
import { close } from "../compare";
import type { Exercise } from "../exercise";
import { dot } from "../numbers";

type Positions = (time: number, d: number) => number[][];

const [time, d] = [12, 6];
const right = sinusoidalPositions(time, d);
const cells = (cell: (t: number, column: number) => number) =>
  right.map((row, t) => row.map((_, column) => cell(t, column)));
/** Sine and cosine in turn, of what `angle` says. */
const inTurn = (angle: (t: number, column: number) => number) =>
  cells((t, column) => (column % 2 === 0 ? Math.sin : Math.cos)(angle(t, column)));
const pairOf = (column: number) => column - (column % 2);

/** Sine and cosine of two different hands, and time that begins at 1: as the task prints it. */
const asPrinted = inTurn((t, column) => (t + 1) / 10_000 ** (column / d));

export const positions: Exercise<Positions> = {
  id: "12.2",
  checks: [
    {
      claim: "position 0 is 0 1 0 1 0 1: all hands stand at the top",
      points: 1,
      holds: (answer) => close(answer(time, d)[0], [0, 1, 0, 1, 0, 1]),
    },
    {
      claim: "the dot product of two positions depends on their distance alone",
      points: 1,
      holds: (answer) => {
        const p = answer(time, d);
        const apart = [1, 3].map((distance) => dot(p[2], p[2 + distance]));
        return (
          [1, 3].every((distance, i) => close(dot(p[8], p[8 + distance]), apart[i])) &&
          !close(apart[0], apart[1], 1e-3)
        );
      },
    },
    {
      claim: "each pair of columns turns at its own pace, as the formula says",
      points: 2,
      holds: (answer) => close(answer(time, d), right),
    },
  ],
  mistakes: [
    {
      seen: (answer) => close(answer(time, d), asPrinted),
      hint: "That is the code as it was printed. Work out its first row by hand, and the angles of columns 0 and 1 in its second one.",
    },
    {
      seen: (answer) =>
        close(
          answer(time, d),
          inTurn((t, column) => t / 10_000 ** (column / d)),
        ),
      hint: "Position 0 is right now. But a hand needs the sine and the cosine of one and the same angle, and here the two columns of a pair turn at different paces.",
    },
    {
      seen: (answer) =>
        close(
          answer(time, d),
          inTurn((t, column) => (t + 1) / 10_000 ** (pairOf(column) / d)),
        ),
      hint: "The hands are right now, and everything comes one position too early: the first position is number 0.",
    },
    {
      seen: (answer) =>
        close(
          answer(time, d),
          inTurn((t, column) => t / 10_000 ** (pairOf(column) / 2 / d)),
        ),
      hint: "The first hand is right, the later ones are too fast: the exponent is 2i/d, and i counts pairs.",
    },
    {
      seen: (answer) =>
        close(
          answer(time, d),
          inTurn((t, column) => t * 10_000 ** (pairOf(column) / d)),
        ),
      hint: "Later hands should turn more slowly. Yours race.",
    },
    {
      seen: (answer) =>
        close(
          answer(time, d).map((row) => [...row].sort((a, b) => a - b)),
          right.map((row) => [...row].sort((a, b) => a - b)),
        ),
      hint: "All numbers are there, in other columns: column 2i has the sine and column 2i + 1, just beside it, the cosine.",
    },
  ],
};
