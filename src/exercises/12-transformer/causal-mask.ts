import type { Exercise } from "../exercise";

type Mask = boolean[][];

/** The mask that a rule makes: whether query i may look at key j. */
const maskOf = (time: number, past: number, may: (i: number, j: number) => boolean): Mask =>
  Array.from({ length: time }, (_, i) => Array.from({ length: past + time }, (_, j) => may(i, j)));
const same = (a: Mask, b: Mask) => JSON.stringify(a) === JSON.stringify(b);

const time = 4;
const right = maskOf(time, 0, (i, j) => j <= i);
const rightWithPast = maskOf(2, 3, (i, j) => j <= 3 + i);
/** Whether a mask allows something, forbids something, and obeys a rule wherever it `matters`. */
const obeys = (mask: Mask, matters: (i: number, j: number) => boolean) =>
  mask.flat().includes(true) &&
  mask.flat().includes(false) &&
  right.every((row, i) => row.every((may, j) => !matters(i, j) || mask[i][j] === may));

export const causalMask: Exercise<(time: number, past: number) => Mask> = {
  id: "12.1",
  checks: [
    {
      claim: "nobody sees what lies ahead",
      points: 1,
      holds: (answer) => obeys(answer(time, 0), (i, j) => j > i),
    },
    {
      claim: "everybody sees itself and all that lies before",
      points: 1,
      holds: (answer) => obeys(answer(time, 0), (i, j) => j <= i),
    },
    {
      claim: "two new tokens behind three that were kept see these three, and still no future",
      points: 1,
      holds: (answer) => same(answer(2, 3), rightWithPast),
    },
  ],
  mistakes: [
    {
      seen: (answer) =>
        same(
          answer(time, 0),
          maskOf(time, 0, (i, j) => j < i),
        ),
      hint: "Nobody sees itself, and the first position sees nothing at all: its softmax would have no key left. What a position has read it may look at.",
    },
    {
      seen: (answer) =>
        [(i: number, j: number) => j >= i, (i: number, j: number) => j > i].some((may) =>
          same(answer(time, 0), maskOf(time, 0, may)),
        ),
      hint: "The staircase is upside down: everybody sees the future and not the past. i is who looks, j is who is looked at.",
    },
    {
      seen: (answer) =>
        same(
          answer(time, 0),
          maskOf(time, 0, (i, j) => j <= i + 1),
        ),
      hint: "One step too far: each position sees the next one, and the next one is just what it has to predict.",
    },
    {
      seen: (answer) =>
        same(
          answer(2, 3),
          maskOf(2, 3, (i, j) => j <= i),
        ),
      hint: "Without a past it is right. With one, the keys that were kept stand first: the query of row i is not number i of the text.",
    },
    {
      seen: (answer) =>
        same(
          answer(time, 0),
          maskOf(time, 0, () => true),
        ),
      hint: "Everybody sees everything.",
    },
  ],
};
