import { inKernel, lastCellFailed, publish } from "../display/kernel";
import { type Exercise, judge, type Verdict } from "./exercise";
import { chapter1 } from "./1-scores";
import { chapter2 } from "./2-softmax";
import { chapter3 } from "./3-weighted-sum";
import { chapter4 } from "./4-model";
import { chapter5 } from "./5-training";
import { chapter6 } from "./6-attention-maps";
import { chapter7 } from "./7-kinds-of-attention";
import { chapter8 } from "./8-translation";
import { chapter9 } from "./9-summaries";
import { chapter10 } from "./10-questions";
import { chapter11 } from "./11-fine-tuning";
import { chapter12 } from "./12-transformer";
import { chapter13 } from "./13-bug-museum";

/** All exercises, chapter by chapter. */
export const exercises: readonly Exercise<never>[] = [
  ...chapter1,
  ...chapter2,
  ...chapter3,
  ...chapter4,
  ...chapter5,
  ...chapter6,
  ...chapter7,
  ...chapter8,
  ...chapter9,
  ...chapter10,
  ...chapter11,
  ...chapter12,
  ...chapter13,
];

/** The type of the output that a teacher's grader reads the points from; people do not see it. */
export const MARKS = "application/vnd.attention-lab.marks+json";

const OLDER =
  "The cell that you ran before this one failed, so an older answer is judged here. " +
  "Mend that cell, run it, and then run this one again.";

/**
 * Judges your answer to an exercise, and shows what holds, what does not, and a hint where a known
 * mistake is seen. Nothing is lost by trying, and the number of tries is not counted.
 * @param id The exercise's number: `"2.1"`.
 * @param answer What the exercise asks for: mostly a function.
 * @throws Error when there is no exercise of that number.
 */
export async function grade(id: string, answer: unknown): Promise<void> {
  const exercise = exercises.find((one) => one.id === id);
  if (!exercise) {
    const known = exercises.map((one) => one.id).join(", ");
    throw new Error(`grade: there is no exercise "${id}"; there are ${known}.`);
  }
  const verdict = await judge(exercise, answer as never);
  const text = lastCellFailed() ? `${OLDER}\n\n${textOf(verdict)}` : textOf(verdict);
  if (!inKernel()) return console.log(text);
  const { exercise: name, points, outOf } = verdict;
  publish({ "text/plain": text, [MARKS]: { exercise: name, points, outOf } });
}

/** What the student reads. */
export function textOf({ exercise, outcomes, points, outOf, hint }: Verdict): string {
  const told = new Set<string>(); // the same Error at every check is told once
  const lines = outcomes.map(({ claim, holds, error }) => {
    if (holds) return `✓ ${claim}`;
    const isNew = error !== undefined && !told.has(error.message);
    if (isNew) told.add(error.message);
    return `✗ ${claim}${isNew ? `\n  (${error.message})` : ""}`;
  });
  const end = hint === undefined ? [] : [`Hint: ${hint}`];
  return [`Exercise ${exercise}: ${points} of ${outOf} points`, ...lines, ...end].join("\n");
}
