import { tf } from "../backend";

/** One thing that an answer has to do. */
export interface Check<Answer> {
  /** What it has to do, as the student reads it. */
  claim: string;
  /** What it is worth. */
  points: number;
  /** False, or an Error, where the answer does not do it. */
  holds(answer: Answer): boolean | Promise<boolean>;
}

/** A mistake that people make, told by what it does. */
export interface Mistake<Answer> {
  /** Whether the answer makes it; an Error counts as no. */
  seen(answer: Answer): boolean | Promise<boolean>;
  /** What to tell those who make it: where to look, not what to write. */
  hint: string;
}

/** A task of the exercises, and what judges an answer to it. */
export interface Exercise<Answer = never> {
  /** Chapter and number: `2.1`. */
  id: string;
  checks: readonly Check<Answer>[];
  /** The first that is seen gives the hint, so the more special ones stand first. */
  mistakes: readonly Mistake<Answer>[];
}

/** What came of a check: whether it held, and else the Error that kept it from holding, if any. */
export interface Outcome {
  claim: string;
  points: number;
  holds: boolean;
  error?: Error;
}

/** What an answer is worth, and why. */
export interface Verdict {
  exercise: string;
  outcomes: Outcome[];
  points: number;
  /** Of all checks together. */
  outOf: number;
  hint?: string;
}

/** Judges an answer: every check is tried, whatever came of those before it. */
export async function judge<Answer>(
  { id, checks, mistakes }: Exercise<Answer>,
  given: Answer,
): Promise<Verdict> {
  const answer = onCopies(given);
  const outcomes: Outcome[] = [];
  for (const { claim, points, holds } of checks) {
    outcomes.push({ claim, points, ...(await outcomeOf(() => holds(answer))) });
  }
  const sum = (list: Outcome[]) => list.reduce((total, { points }) => total + points, 0);
  const [points, outOf] = [sum(outcomes.filter(({ holds }) => holds)), sum(outcomes)];
  const verdict = { exercise: id, outcomes, points, outOf };
  if (points === outOf) return verdict;
  for (const { seen, hint } of mistakes) {
    if ((await outcomeOf(() => seen(answer))).holds) return { ...verdict, hint };
  }
  return verdict;
}

/** A function as it is, but called with copies: one that changes a list changes no later check. */
function onCopies<Answer>(answer: Answer): Answer {
  if (typeof answer !== "function") return answer;
  return new Proxy(answer, {
    apply: (run, self, inputs: unknown[]) => Reflect.apply(run, self, inputs.map(copy)) as unknown,
  });
}

/** Copies lists and plain objects, and what is in them; tensors, functions and the like stay. */
function copy(input: unknown): unknown {
  if (Array.isArray(input)) return input.map(copy);
  if (input === null || typeof input !== "object") return input;
  if (Object.getPrototypeOf(input) !== Object.prototype) return input;
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, copy(value)]));
}

/**
 * What came of a test. Tensors that it makes are disposed of when it is done, as `tf.tidy` does it,
 * which cannot wait for a promise. Variables stay, as they do there: a test that makes a model
 * disposes of it.
 */
async function outcomeOf(
  test: () => boolean | Promise<boolean>,
): Promise<{ holds: boolean; error?: Error }> {
  const engine = tf.engine();
  engine.startScope("exercise");
  try {
    return { holds: (await test()) === true };
  } catch (thrown) {
    return { holds: false, error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  } finally {
    engine.endScope();
  }
}
