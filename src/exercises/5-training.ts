import { drawDates } from "../data/dates/dates";
import { Random } from "../random";
import { seq2seq } from "../seq2seq/model";
import { vocabulariesOf } from "../seq2seq/batches";
import { train } from "../seq2seq/train";
import type { Pair } from "../text/pairs";
import { END, PAD, START } from "../text/vocabulary";
import { close } from "./compare";
import type { Exercise } from "./exercise";
import { mean, sum } from "./numbers";

type Teach = (target: number[]) => { reads: number[]; writes: number[] };

const target = [7, 4, 9, 9, 5];

const teaching: Exercise<Teach> = {
  id: "5.1",
  checks: [
    {
      claim: "wherever it writes, it has read all characters before that one, and no other",
      points: 2,
      holds: (answer) => {
        const { reads, writes } = answer(target);
        return (
          writes.length >= target.length &&
          writes.every((id, i) => id === [...target, END][i]) &&
          writes.every((_, i) => close(reads.slice(0, i + 1), [START, ...target].slice(0, i + 1)))
        );
      },
    },
    {
      claim: "the last thing it writes is the end, and both rows are equally long",
      points: 1,
      holds: (answer) => {
        const { reads, writes } = answer(target);
        const length = target.length + 1;
        return (
          writes.indexOf(END) === target.length &&
          [reads, writes].every((row) => row.length === length)
        );
      },
    },
  ],
  mistakes: [
    {
      seen: (answer) => {
        const { reads, writes } = answer(target);
        return close(reads, writes);
      },
      hint: "It reads the very character that it should write. It will learn to copy, its loss will fall to 0, and alone it can write nothing. One of the two rows is not shifted.",
    },
    {
      seen: (answer) => answer(target).reads[0] === target[0],
      hint: "It reads the first character before it was asked for it. What can it read when nothing has been written yet?",
    },
    {
      seen: (answer) => !answer(target).writes.includes(END),
      hint: "It never learns to stop: nothing tells it what comes behind the last character.",
    },
    {
      seen: (answer) => answer(target).reads.length !== answer(target).writes.length,
      hint: "The rows differ in length: something is read to which there is no answer. Is there anything to say behind the end?",
    },
  ],
};

interface Measured {
  loss: number;
  accuracy: number;
  exactMatch: number;
}
type Measure = (probabilities: number[][][], targets: number[][]) => Measured;

/** Five ids: three dates of 4, 2 and 1 real tokens. Behind the ends it is sure of padding, mostly. */
const targets = [
  [3, 4, 4, 2],
  [4, 2, PAD, PAD],
  [2, PAD, PAD, PAD],
];
const padding = [0.92, 0.02, 0.02, 0.02, 0.02];
const probabilities = [
  [
    [0.05, 0.05, 0.1, 0.7, 0.1],
    [0.05, 0.05, 0.1, 0.2, 0.6],
    [0.1, 0.1, 0.1, 0.5, 0.2],
    [0.02, 0.02, 0.9, 0.03, 0.03],
  ],
  [[0.1, 0.1, 0.2, 0.2, 0.4], [0.1, 0.1, 0.5, 0.2, 0.1], [0.1, 0.1, 0.1, 0.1, 0.6], padding],
  [[0.01, 0.01, 0.96, 0.01, 0.01], padding, padding, padding],
];

/** What a measure gives that counts the tokens that `counts` says. */
function measured(counts: (id: number) => boolean, rows = targets, guesses = probabilities) {
  const positions = rows.flatMap((row, i) =>
    row.map((id, t) => ({ id, of: i, p: guesses[i][t] })).filter(({ id }) => counts(id)),
  );
  const isRight = ({ id, p }: { id: number; p: number[] }) => p.indexOf(Math.max(...p)) === id;
  const rowsRight = rows.map((_, i) => positions.filter(({ of }) => of === i).every(isRight));
  return {
    loss: mean(positions.map(({ id, p }) => -Math.log(p[id]))),
    accuracy: mean(positions.map((position) => Number(isRight(position)))),
    exactMatch: mean(rowsRight.map(Number)),
  };
}
const onReal = measured((id) => id !== PAD);
const onAll = measured(() => true);
const rowLosses = targets.map((row, i) =>
  row.flatMap((id, t) => (id === PAD ? [] : [-Math.log(probabilities[i][t][id])])),
);

const measuring: Exercise<Measure> = {
  id: "5.2",
  checks: [
    {
      claim: "the loss is the mean over all real tokens",
      points: 1,
      holds: (answer) => close(answer(probabilities, targets).loss, onReal.loss),
    },
    {
      claim: "the accuracy is the share of the real tokens that are the most probable ones",
      points: 1,
      holds: (answer) => close(answer(probabilities, targets).accuracy, onReal.accuracy),
    },
    {
      claim: "exact match is the share of the dates that are right in every real token",
      points: 1,
      holds: (answer) => close(answer(probabilities, targets).exactMatch, onReal.exactMatch),
    },
    {
      claim: "with more padding, all three stay as they are",
      points: 1,
      holds: (answer) => {
        const longer = targets.map((row) => [...row, PAD, PAD]);
        const guesses = probabilities.map((row) => [...row, padding, [0.1, 0.1, 0.6, 0.1, 0.1]]);
        const { loss, accuracy, exactMatch } = answer(guesses, longer);
        const expected = [onReal.loss, onReal.accuracy, onReal.exactMatch];
        return close([loss, accuracy, exactMatch], expected);
      },
    },
  ],
  mistakes: [
    {
      seen: (answer) => {
        const { loss, accuracy } = answer(probabilities, targets);
        return close([loss, accuracy], [onAll.loss, onAll.accuracy]);
      },
      hint: "Padding counts, in the loss and in the accuracy. It is easy to predict, so both look better than they are, and the more padding, the better.",
    },
    {
      seen: (answer) => {
        const { loss, accuracy } = answer(probabilities, targets);
        return close([loss, accuracy], [onReal.loss, onAll.accuracy]);
      },
      hint: "The loss leaves padding out, the accuracy does not.",
    },
    {
      seen: (answer) => close(answer(probabilities, targets).loss, mean(rowLosses.map(mean))),
      hint: "You take the mean of each date, and then the mean of those: a token of a short date counts for more than one of a long date.",
    },
    {
      seen: (answer) => close(answer(probabilities, targets).loss, mean(rowLosses.map(sum))),
      hint: "You divide by the number of dates. It should be a mean over tokens: how many real ones are there?",
    },
    {
      seen: (answer) => {
        const { loss, exactMatch } = answer(probabilities, targets);
        return close([loss, exactMatch], [onReal.loss, onAll.exactMatch]);
      },
      hint: "A date counts as wrong because of what stands behind its end: exact match must not look at padding, as the loss does not.",
    },
  ],
};

type Split = (pairs: Pair[], share: number) => { train: Pair[]; test: Pair[] };

/** 800 dates on about 270 days: most days are there in several forms, some lines twice. */
function dates(): Pair[] {
  const drawn = drawDates({ count: 500, seed: 3, from: "2001-01-01", to: "2001-12-31" });
  const pairs = drawn.map(({ source, target }) => ({ source, target }));
  return new Random(4).shuffle([...pairs, ...pairs.slice(0, 300)]);
}
const daysOf = (pairs: Pair[]) => new Set(pairs.map(({ target }) => target));
const common = (a: Set<string>, b: Set<string>) => [...a].filter((one) => b.has(one)).length;

function splitUp(answer: Split, share = 0.2) {
  const pairs = dates();
  const { train, test } = answer(pairs, share);
  const leaked = common(daysOf(train), daysOf(test));
  return { pairs, train, test, honest: leaked === 0 && train.length > 0 && test.length > 0 };
}
/** Whether the test set of an honest split has a share of all pairs that is about the one asked for. */
function hasShare(answer: Split, share: number, tolerance: number): boolean {
  const { pairs, test, honest } = splitUp(answer, share);
  return honest && Math.abs(test.length / pairs.length - share) <= tolerance;
}
const hasFifth = (answer: Split) => hasShare(answer, 0.2, 0.08);
/** Wide: days that come first in a shuffled list have more lines than others. */
const hasHalf = (answer: Split) => hasShare(answer, 0.5, 0.2);
const key = ({ source, target }: Pair) => `${source}\t${target}`;
const sorted = (pairs: Pair[]) => pairs.map(key).sort().join("\n");

const splitting: Exercise<Split> = {
  id: "5.3",
  checks: [
    {
      claim: "no day of the test set is in the training set",
      points: 2,
      holds: (answer) => splitUp(answer).honest,
    },
    {
      claim: "and every pair is in one of the two",
      points: 1,
      holds: (answer) => {
        const { pairs, train, test, honest } = splitUp(answer);
        return honest && sorted([...train, ...test]) === sorted(pairs);
      },
    },
    {
      claim:
        "and the test set gets about the share that was asked for: of 0.2 from 0.12 to 0.28, of 0.5 from 0.3 to 0.7",
      points: 1,
      holds: (answer) => hasFifth(answer) && hasHalf(answer),
    },
  ],
  mistakes: [
    {
      seen: (answer) => {
        const { pairs, train } = splitUp(answer);
        return train.length === pairs.length;
      },
      hint: "The training set has all pairs, those of the test too.",
    },
    {
      seen: (answer) => {
        const { train, test, honest } = splitUp(answer);
        const sources = [train, test].map((pairs) => new Set(pairs.map(({ source }) => source)));
        return !honest && test.length > 0 && common(sources[0], sources[1]) === 0;
      },
      hint: "No text stands in both sets, but days do, in another form: the model has seen the answer. What has to be kept together?",
    },
    {
      seen: (answer) => {
        const { test, honest } = splitUp(answer);
        return !honest && test.length > 0;
      },
      hint: "Days of the test set are in the training set, and some even in the same words: the test asks for what was learnt by heart.",
    },
    {
      seen: (answer) => {
        const { pairs, train, test, honest } = splitUp(answer);
        const once = (all: Pair[]) => [...new Set(all.map(key))].sort().join("\n");
        return (
          honest &&
          train.length + test.length < pairs.length &&
          once([...train, ...test]) === once(pairs)
        );
      },
      hint: "Nothing leaks, but of lines that stand there twice one is gone. A pair that is like another one has a place as well, beside it.",
    },
    {
      seen: (answer) => {
        const { pairs, train, test, honest } = splitUp(answer);
        return honest && train.length + test.length < pairs.length;
      },
      hint: "Nothing leaks, but you throw pairs away. Decide for each day first to which set it belongs; then every pair has a place.",
    },
    {
      seen: (answer) => hasFifth(answer) && !hasHalf(answer),
      hint: "The test set has its size where a fifth is asked for, and not where a half is: what in your answer depends on `share`?",
    },
    {
      seen: (answer) => splitUp(answer).honest,
      hint: "An honest split, but not of the size that was asked for: the share is a share of the whole.",
    },
  ],
};

interface SmallRecipe {
  hiddenDim: number;
  batchSize: number;
  epochs: number;
  learningRate: number;
}
type Choose = () => SmallRecipe;

const letters = [..."abcdef"];

/** Two or three letters, to be written in capitals: a small task that cannot be guessed. */
function drawSmall(count: number, seed: number): Pair[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const source = random.shuffle(letters).slice(0, random.integer(2, 3)).join("");
    return { source, target: source.toUpperCase() };
  });
}
const PAIRS = 256;
const small = { train: drawSmall(PAIRS, 1), validation: drawSmall(100, 2) };
/**
 * Without reading, the best loss is 1.37: ln 6 for the first letter, ln 5 for the second, then ln 2
 * for whether there is a third and ln 4 for which, over 7 tokens for each 2 rows.
 */
const READS = 1.2;
const MOST_STEPS = 100;

const stepsOf = ({ epochs, batchSize }: SmallRecipe) => epochs * Math.ceil(PAIRS / batchSize);

const missingIn = (recipe: Partial<SmallRecipe>) =>
  (["hiddenDim", "batchSize", "epochs", "learningRate"] as const).filter(
    (name) => !Number.isFinite(recipe[name]),
  );

interface Trained {
  recipe: SmallRecipe;
  /** The validation loss after each epoch. */
  losses: number[];
}

/** A recipe is tried once for all checks. The same one gives the same losses, bit for bit. */
const tried = new WeakMap<Choose, Promise<Trained>>();
function outcomeOf(choose: Choose): Promise<Trained> {
  if (!tried.has(choose)) tried.set(choose, tryOut(choose()));
  return tried.get(choose)!;
}

async function tryOut(recipe: SmallRecipe): Promise<Trained> {
  const { hiddenDim, ...options } = recipe;
  for (const name of missingIn(recipe)) throw new Error(`${name} is missing.`);
  const steps = stepsOf(recipe);
  if (!(steps <= MOST_STEPS && hiddenDim <= 64)) {
    throw new Error(
      `This takes ${steps} steps with hiddenDim ${hiddenDim}; at most ${MOST_STEPS} steps and 64 are allowed.`,
    );
  }
  const vocabularies = vocabulariesOf(small.train);
  const model = seq2seq({
    sourceVocabSize: vocabularies.source.size,
    targetVocabSize: vocabularies.target.size,
    embeddingDim: 16,
    hiddenDim,
    seed: 1,
  });
  const losses: number[] = [];
  try {
    const { history } = await train(
      model,
      { ...small, vocabularies },
      { ...options, seed: 1, progress: null },
    );
    losses.push(...history.map(({ validationLoss }) => validationLoss!));
  } finally {
    model.optimizer?.dispose();
    model.dispose();
  }
  return { recipe, losses };
}

const lastLoss = async (choose: Choose) => (await outcomeOf(choose)).losses.at(-1)!;

const designing: Exercise<Choose> = {
  id: "5.4",
  checks: [
    {
      claim: `within the budget, the loss on new letters falls below ${READS}: it reads`,
      points: 1,
      holds: async (answer) => (await lastLoss(answer)) < READS,
    },
    {
      claim: "it falls below 0.3",
      points: 1,
      holds: async (answer) => (await lastLoss(answer)) < 0.3,
    },
    {
      claim: "it falls below 0.1",
      points: 2,
      holds: async (answer) => {
        const { losses } = await outcomeOf(answer);
        if (losses.at(-1)! < 0.1) return true;
        const curve = losses.map((loss) => loss.toFixed(2)).join(" ");
        throw new Error(`the loss after each epoch: ${curve}`);
      },
    },
  ],
  mistakes: [
    {
      seen: (answer) => missingIn(answer()).length > 0,
      hint: "A recipe has four numbers; the line in brackets says which one yours does not have.",
    },
    {
      seen: (answer) => stepsOf(answer()) > MOST_STEPS || answer().hiddenDim > 64,
      hint: "That is more than the budget allows, so it was not tried. A step is a batch: epochs × (256 / batchSize).",
    },
    {
      // By the rate, not the curve: with steps that large, the last digits of a processor decide it.
      seen: async (answer) => (await lastLoss(answer)) > 0.3 && answer().learningRate > 0.1,
      hint: "The loss jumps up, or soon stands still far above its goal: the steps are so large that they leap over what they are looking for.",
    },
    {
      seen: (answer) => stepsOf(answer()) < MOST_STEPS / 2,
      hint: "The batches are so large, or the epochs so few, that it takes only few steps. The budget allows 100.",
    },
    {
      seen: (answer) => answer().hiddenDim < 12,
      hint: "The loss falls as it should, and then stays where it is: the states are too narrow to hold what they have to.",
    },
    {
      seen: (answer) => answer().learningRate < 0.004,
      hint: "The loss falls slowly and evenly, and is far from its goal when the steps are used up: they are too small.",
    },
    {
      seen: async (answer) => (await lastLoss(answer)) >= 0.1,
      hint: "It learns, but it is not done. Is the budget used up? Could the steps be larger, or smaller?",
    },
  ],
};

export const chapter5 = [teaching, measuring, splitting, designing];
