import { tf } from "../../backend";
import { close } from "../compare";
import type { Exercise } from "../exercise";

interface Answer {
  /** [batch, time, width] to [batch, heads, time, width / heads]. */
  split: (x: tf.Tensor3D, heads: number) => tf.Tensor;
  /** … and back. */
  merge: (parts: tf.Tensor4D) => tf.Tensor;
}

const [batch, time, width, heads] = [2, 3, 8, 4];
const numbers = () =>
  tf.range(0, batch * time * width).reshape([batch, time, width]) as tf.Tensor3D;
const parts = () =>
  numbers()
    .reshape([batch, time, heads, width / heads])
    .transpose([0, 2, 1, 3]) as tf.Tensor4D;

const cuts = ({ split }: Answer) => close(split(numbers(), heads), parts());
const joins = ({ merge }: Answer) => close(merge(parts()), numbers());
const cutsAsPrinted = ({ split }: Answer) =>
  close(split(numbers(), heads), numbers().reshape([batch, heads, time, width / heads]));
const joinsAsPrinted = ({ merge }: Answer) =>
  close(merge(parts()), parts().reshape([batch, time, width]));

export const splitHeads: Exercise<Answer> = {
  id: "13.5",
  checks: [
    {
      claim: "split: head h has its two neighbouring columns of every position's vector",
      points: 1,
      holds: cuts,
    },
    {
      claim: "merge: what the heads found at a position stands side by side at that position",
      points: 1,
      holds: joins,
    },
  ],
  mistakes: [
    {
      seen: (answer) => cutsAsPrinted(answer) && joinsAsPrinted(answer),
      hint: "As printed. That the one undoes the other proves nothing: two faults cancel. Write down the numbers 0 to 7 as two positions of width 4, and what head 1 of two should have of them.",
    },
    {
      seen: cutsAsPrinted,
      hint: "split: reshape moves no number, it only draws the borders anew. The first head gets the first positions, whole. Cut the last axis only, and then turn.",
    },
    {
      seen: joinsAsPrinted,
      hint: "merge: the heads stand in front of the time. Before the borders are drawn anew, each position's parts have to come to stand beside each other.",
    },
    {
      seen: ({ split }) =>
        close(split(numbers(), heads), numbers().reshape([batch, time, heads, width / heads])),
      hint: "The cut is right, but the axes of split stand as [batch, time, heads, …]. The products of attention need time just before the last axis.",
    },
    {
      seen: ({ split }) =>
        close(
          split(numbers(), heads),
          numbers()
            .reshape([batch, time, width / heads, heads])
            .transpose([0, 3, 1, 2]),
        ),
      hint: "Your head takes every fourth column. Which of the two new axes changes faster: the number of the head, or the column within the head?",
    },
  ],
};
