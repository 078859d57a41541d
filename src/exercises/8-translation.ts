import type { Link } from "../measures/alignment";
import { close } from "./compare";
import type { Exercise } from "./exercise";
import { mean, sum } from "./numbers";

type Score = (logProbability: number, length: number, alpha: number) => number;

const wu: Score = (logProbability, length, alpha) => logProbability / ((5 + length) / 6) ** alpha;
/** Whether a score is computed like another one, for some lengths and α. */
const scoresLike = (answer: Score, other: Score) =>
  [
    [-4, 7, 0.6],
    [-3, 10, 1],
    [-2, 1, 2],
    [-5, 3, 0.5],
  ].every(([logP, length, alpha]) =>
    close(answer(logP, length, alpha), other(logP, length, alpha)),
  );

const lengthPenalty: Exercise<Score> = {
  id: "8.1",
  checks: [
    {
      claim: "with α = 0 it is the bare log-probability, and with α = 1 it is not",
      points: 1,
      holds: (score) => close(score(-4, 7, 0), -4) && !close(score(-4, 7, 1), -4),
    },
    {
      claim: "seven tokens, α = 0.6: divided by 2 to the power of 0.6",
      points: 1,
      holds: (score) => close(score(-4, 7, 0.6), -4 / 2 ** 0.6),
    },
    {
      claim: "with α = 1 ten tokens with ln P = −3 beat five with −2.4",
      points: 1,
      holds: (score) => score(-3, 10, 1) - score(-2.4, 5, 1) > 0,
    },
  ],
  mistakes: [
    {
      seen: (score) =>
        scoresLike(score, (logP, length, alpha) => logP * ((5 + length) / 6) ** alpha),
      hint: "You multiply by the penalty. A log-probability is negative: that makes long answers even worse, and they should be helped.",
    },
    {
      seen: (score) =>
        scoresLike(score, (logP, length, alpha) => logP / ((5 + length) / 6 ** alpha)),
      hint: "Only the 6 is raised to the power of α: ** binds more tightly than the division before it.",
    },
    {
      seen: (score) =>
        scoresLike(score, (logP, length, alpha) => logP / ((alpha * (5 + length)) / 6)),
      hint: "α is a power, not a factor. What becomes of a factor of 0?",
    },
    {
      seen: (score) => scoresLike(score, (logP) => logP),
      hint: "The length plays no part yet: of two answers the more probable one wins, and that is mostly the shorter one.",
    },
    {
      seen: (score) => scoresLike(score, (logP, length, alpha) => logP / length ** alpha),
      hint: "Dividing by the bare length is done too, but here it is (5 + |Y|)/6, as if five tokens stood before the first: the length tells less while an answer is short.",
    },
    {
      seen: (score) =>
        scoresLike(score, (logP, length, alpha) => Math.exp(wu(logP, length, alpha))) ||
        scoresLike(score, (logP, length, alpha) => Math.exp(logP) / wu(1, length, -alpha)),
      hint: "You score the probability. Keep its logarithm, as it is given: nothing has to be taken out of it.",
    },
  ],
};

type Precision = (answer: string[], reference: string[], n: number) => number;

const shifted = ["hier le petit chat mange", "le petit chat noir dort ."].map((text) =>
  text.split(" "),
) as [string[], string[]];
const repeated = ["the the cat the runs", "the cat sees the black dog"].map((text) =>
  text.split(" "),
) as [string[], string[]];
/** “the cat” stands three times in the one, and once in the other. */
const repeatedPair = ["the cat and the cat and the cat", "yesterday the cat and the dog slept"].map(
  (text) => text.split(" "),
) as [string[], string[]];
const grams = (tokens: string[], n: number) =>
  tokens.slice(n - 1).map((_, start) => tokens.slice(start, start + n).join(" "));
/** How many of `from` are in `other`, each at most as often as it is there. */
const clipped = (from: string[], other: string[]) => {
  const left = [...other];
  return from.filter((gram) => {
    const at = left.indexOf(gram);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
};
const shared = (answer: string[], reference: string[], n: number) =>
  clipped(grams(answer, n), grams(reference, n));
const precisionOf: Precision = (answer, reference, n) =>
  shared(answer, reference, n) / grams(answer, n).length;
const isPrecision = (answer: Precision, other: Precision) =>
  [shifted, repeated, repeatedPair].every((texts) =>
    [1, 2, 3].every((n) => close(answer(...texts, n), other(...texts, n))),
  );

const precision: Exercise<Precision> = {
  id: "8.2",
  checks: [
    {
      claim: "single words: three of five stand in the reference, wherever they stand",
      points: 1,
      holds: (answer) => close(answer(...shifted, 1), 3 / 5),
    },
    {
      claim: "stretches of two and of three words",
      points: 1,
      holds: (answer) =>
        [2, 3].every((n) => close(answer(...shifted, n), precisionOf(...shifted, n))),
    },
    {
      claim: "a word that stands twice in the reference is right at most twice",
      points: 1,
      holds: (answer) => close(answer(...repeated, 1), 3 / 5),
    },
    {
      claim: "a pair of words that stands once in the reference is right at most once",
      points: 1,
      holds: (answer) => close(answer(...repeatedPair, 2), 3 / 7),
    },
  ],
  mistakes: [
    {
      seen: (answer) =>
        isPrecision(answer, (written, wanted, n) => {
          const inReference = grams(written, n).filter((gram) => grams(wanted, n).includes(gram));
          return inReference.length / grams(written, n).length;
        }),
      hint: "Repeating a right word pays: each “the” of the answer finds the same two of the reference. A stretch that has been found is used up.",
    },
    {
      seen: (answer) =>
        isPrecision(answer, (written, wanted, n) => {
          if (n === 1) return precisionOf(written, wanted, n);
          const inReference = grams(written, n).filter((gram) => grams(wanted, n).includes(gram));
          return inReference.length / grams(written, n).length;
        }),
      hint: "A single word that has been found is used up, a longer stretch is not: “the cat the cat” finds the same “the cat” twice.",
    },
    {
      seen: (answer) =>
        isPrecision(answer, (written, wanted, n) => {
          const different = [...new Set(grams(written, n))];
          return (
            different.filter((gram) => grams(wanted, n).includes(gram)).length / different.length
          );
        }),
      hint: "You count different stretches, each once. If a word stands twice in both texts, both are right; if it stands three times in the answer and twice in the reference, one is wrong.",
    },
    {
      seen: (answer) =>
        isPrecision(
          answer,
          (written, wanted, n) => shared(written, wanted, n) / grams(wanted, n).length,
        ),
      hint: "You divide by what the reference has. That is recall; precision asks what share of the answer is right.",
    },
    {
      seen: (answer) =>
        isPrecision(answer, (written, wanted, n) => shared(written, wanted, n) / written.length),
      hint: "Single words are right, longer stretches get too little. How many stretches of two are there in five words?",
    },
    {
      seen: (answer) =>
        isPrecision(answer, (written, wanted, n) => {
          const inPlace = grams(written, n).filter((gram, i) => gram === grams(wanted, n)[i]);
          return inPlace.length / grams(written, n).length;
        }),
      hint: "You compare place by place, and one word more at the beginning makes everything wrong. A stretch may stand anywhere in the reference.",
    },
  ],
};

type ErrorRate = (proposed: Link[], sure: Link[], possible: Link[]) => number;
type Aligned = [proposed: Link[], sure: Link[], possible: Link[]];

const key = ([source, target]: Link) => `${source} ${target}`;
const common = (a: Link[], b: Link[], keyOf = key) =>
  a.filter((link) => b.map(keyOf).includes(keyOf(link))).length;
const blackCatSure: Link[] = [
  [0, 0],
  [1, 2],
  [2, 1],
];
const diagonal: Aligned = [
  [
    [0, 0],
    [1, 1],
    [2, 2],
  ],
  blackCatSure,
  blackCatSure,
];
const withPossible: Aligned = [
  [
    [0, 0],
    [1, 2],
    [3, 1],
  ],
  blackCatSure,
  [...blackCatSure, [3, 1], [3, 2]],
];
const sureOnly: Aligned = [blackCatSure, blackCatSure, withPossible[2]];
const allWrong: Aligned = [[[0, 2]], blackCatSure, withPossible[2]];
/** Two links that look alike if their numbers are written one behind the other. */
const longOnes: Aligned = [[[1, 12]], [[11, 2]], [[11, 2]]];

const isRate = (answer: ErrorRate, other: ErrorRate) =>
  [diagonal, withPossible, sureOnly].every((aligned) =>
    close(answer(...aligned), other(...aligned)),
  );
const hits = (proposed: Link[], sure: Link[], possible: Link[]) =>
  common(proposed, sure) + common(proposed, possible);

const errorRate: Exercise<ErrorRate> = {
  id: "8.3",
  checks: [
    {
      claim: "the diagonal of “the black cat – le chat noir”: 2/3",
      points: 1,
      holds: (answer) => close(answer(...diagonal), 2 / 3),
    },
    {
      claim: "a link that is possible and not sure costs nothing: 1/6",
      points: 1,
      holds: (answer) => close(answer(...withPossible), 1 / 6),
    },
    {
      claim: "the sure links themselves have 0, links that are not even possible 1",
      points: 1,
      holds: (answer) => close(answer(...sureOnly), 0) && close(answer(...allWrong), 1),
    },
    {
      claim: "1–12 is not 11–2",
      points: 1,
      holds: (answer) => close(answer(...longOnes), 1) && close(answer(...diagonal), 2 / 3),
    },
  ],
  mistakes: [
    {
      seen: (answer) => answer(...diagonal) === 1 && answer(...sureOnly) === 1,
      hint: "You never find a link again. [0, 0] === [0, 0] is false: two lists are equal only if they are the same list. Compare what is in them.",
    },
    {
      seen: (answer) => isRate(answer, (A, S, P) => 1 - hits(A, S, P) / (A.length + P.length)),
      hint: "Sure and possible have changed places: what is missing is counted among the sure links only, and a possible one may be left out for nothing.",
    },
    {
      seen: (answer) => isRate(answer, (A, S) => 1 - (2 * common(A, S)) / (A.length + S.length)),
      hint: "You count only sure links as right: proposing a merely possible one should cost nothing.",
    },
    {
      seen: (answer) => isRate(answer, (A, S, P) => hits(A, S, P) / (A.length + S.length)),
      hint: "That is the share of what is right. An error rate is 0 where all is right.",
    },
    {
      seen: (answer) => answer(...longOnes) === 0,
      hint: "How do you tell links apart? 1 and 12 written one behind the other give 112, and so do 11 and 2.",
    },
  ],
};

/** What the n-grams of an answer are like, n from 1 to 4, and how long it and its reference are. */
interface Counts {
  correct: number[];
  total: number[];
  length: number;
  referenceLength: number;
}
type Bleu = (sentences: Counts[]) => number;

const short: Counts = { correct: [5, 3, 2, 1], total: [6, 5, 4, 3], length: 6, referenceLength: 8 };
const long: Counts = { correct: [7, 5, 3, 1], total: [9, 8, 7, 6], length: 9, referenceLength: 7 };
const sets = [[short], [long], [short, long]];

const geometric = (numbers: number[]) => numbers.reduce((all, x) => all * x, 1) ** (1 / 4);
const arithmetic = (numbers: number[]) => mean(numbers);
const added = (sentences: Counts[]): Counts => ({
  correct: [0, 1, 2, 3].map((i) => sum(sentences.map(({ correct }) => correct[i]))),
  total: [0, 1, 2, 3].map((i) => sum(sentences.map(({ total }) => total[i]))),
  length: sum(sentences.map(({ length }) => length)),
  referenceLength: sum(sentences.map(({ referenceLength }) => referenceLength)),
});
/** BLEU of one text of that many n-grams; `penalty` is told c and r. */
const bleuOf =
  (penalty: (c: number, r: number) => number, combine = geometric) =>
  ({ correct, total, length, referenceLength }: Counts) =>
    100 * penalty(length, referenceLength) * combine(correct.map((count, i) => count / total[i]));
const brevity = (c: number, r: number) => Math.min(1, Math.exp(1 - r / c));
const turnedRound = (c: number, r: number) => brevity(r, c);
const bleuOfSet = bleuOf(brevity);
const isBleu = (answer: Bleu, other: Bleu) =>
  sets.every((sentences) => close(answer(sentences), other(sentences)));

const corpusBleu: Exercise<Bleu> = {
  id: "8.4",
  checks: [
    {
      claim: "an answer of six words for a reference of eight pays for being short",
      points: 2,
      holds: (answer) => close(answer([short]), bleuOfSet(short)),
    },
    {
      claim: "an answer that is too long does not, and gets nothing for it either",
      points: 1,
      holds: (answer) => close(answer([long]), bleuOfSet(long)),
    },
    {
      claim: "of two answers counts and lengths are added up first",
      points: 2,
      holds: (answer) => close(answer([short, long]), bleuOfSet(added([short, long]))),
    },
  ],
  mistakes: [
    {
      seen: (answer) => isBleu(answer, (all) => mean(all.map(bleuOf(turnedRound)))),
      hint: "This is what the broken one gives. Compute one answer that is too short by hand, and see whom the penalty hits; then think of two answers, of which one is long.",
    },
    {
      seen: (answer) => isBleu(answer, (all) => bleuOf(turnedRound)(added(all))),
      hint: "The set is counted as a whole now. Still, the penalty hits those who write too much: which of the two lengths stands above, which below?",
    },
    {
      seen: (answer) => isBleu(answer, (all) => mean(all.map(bleuOfSet))),
      hint: "The penalty is right now. But this is the mean of two BLEUs, and BLEU is a number of a whole set: its counts and lengths are added up before anything is divided.",
    },
    {
      seen: (answer) => isBleu(answer, (all) => bleuOf((c, r) => Math.exp(1 - r / c))(added(all))),
      hint: "Writing too much is rewarded: the penalty must never be above 1.",
    },
    {
      seen: (answer) => isBleu(answer, (all) => bleuOf(brevity, arithmetic)(added(all))),
      hint: "You take the usual mean of the four precisions. BLEU takes the geometric one, the fourth root of their product.",
    },
  ],
};

interface Pair {
  source: string;
  target: string;
}
interface Sides {
  train: Pair[];
  test: Pair[];
}
type Split = (pairs: Pair[], share: number, seed: number) => Sides;

/** 40 sources in the order of their length, with one to three translations, some of them shared. */
const pairs: Pair[] = Array.from({ length: 40 }, (_, i) =>
  Array.from({ length: (i % 3) + 1 }, (__, k) => ({
    source: `He said it ${"very ".repeat(i)}often.`,
    target: k === 0 ? `Il l'a dit ${Math.floor(i / 2)} fois.` : `Manière ${k}, ${i}.`,
  })),
).flat();
const sourcesOf = (side: Pair[]) => new Set(side.map(({ source }) => source));
const shares = (a: Set<string>, b: Set<string>) => [...a].some((one) => b.has(one));
const lines = (side: Pair[]) => side.map(({ source, target }) => `${source}\t${target}`).sort();
const text = (side: Pair[]) => lines(side).join("\n");
const splitBy = (split: Split, seed = 1, share = 0.2) => split(pairs, share, seed);
const seeds = [1, 2, 3, 4, 5];
const splitsOf = (split: Split) => seeds.map((seed) => splitBy(split, seed));
/** How many of the 40 sources are tested, with each seed. */
const tested = (split: Split, share: number) =>
  seeds.map((seed) => sourcesOf(splitBy(split, seed, share).test).size);
const leaks = ({ train, test }: Sides) => shares(sourcesOf(train), sourcesOf(test));
const isHonest = (split: Split) =>
  splitsOf(split).every(
    (sides) => sides.train.length > 0 && sides.test.length > 0 && !leaks(sides),
  );
const isComplete = ({ train, test }: Sides) =>
  test.length > 0 && text([...train, ...test]) === text(pairs);
const depends = (split: Split) =>
  new Set([1, 2, 3].map((seed) => text(splitBy(split, seed).test))).size > 1;
const repeats = (split: Split) => text(splitBy(split).test) === text(splitBy(split).test);

const honestSplit: Exercise<Split> = {
  id: "8.5",
  checks: [
    {
      claim: "no source is on both sides, and neither side is empty",
      points: 1,
      holds: isHonest,
    },
    {
      claim: "every pair is on one side, all translations kept",
      points: 1,
      holds: (split) => splitsOf(split).every(isComplete),
    },
    {
      claim: "of 40 sources 8 are tested with a share of 0.2, and 20 with 0.5, whatever the seed",
      points: 1,
      holds: (split) =>
        tested(split, 0.2).every((count) => count === 8) &&
        tested(split, 0.5).every((count) => count === 20),
    },
    {
      claim:
        "which ones is drawn by lot, the same seed draws the same, and no source is on both sides",
      points: 2,
      holds: (split) => depends(split) && repeats(split) && isHonest(split),
    },
  ],
  mistakes: [
    {
      seen: (split) => {
        const { train, test } = splitBy(split);
        return test.length > 0 && text(train) === text(pairs);
      },
      hint: "What is tested is trained on as well: a pair that goes to the one side has to leave the other.",
    },
    {
      seen: (split) => {
        const { train, test } = splitBy(split);
        const targets = (side: Pair[]) => new Set(side.map(({ target }) => target));
        return leaks({ train, test }) && !shares(targets(train), targets(test));
      },
      hint: "You keep translations together, not sources: a sentence that has two of them can be learnt with the one and asked with the other.",
    },
    {
      seen: (split) => leaks(splitBy(split)) && isComplete(splitBy(split)),
      hint: "You draw lines. A source with several translations has several lines, and they may land on both sides. What has to be drawn instead?",
    },
    {
      seen: (split) => {
        const { train, test } = splitBy(split);
        return train.length + test.length === 40;
      },
      hint: "Each source has lost all its translations but one. They may stay, as long as they stay together.",
    },
    {
      seen: (split) => !repeats(split),
      hint: "Another run draws another test, and two runs cannot be compared. Draw with the seed.",
    },
    {
      seen: (split) => !depends(split),
      hint: "You always take the same end of the file. Files are often in order, ours by length: the test would be of another kind than what was learnt.",
    },
    {
      seen: (split) => new Set(tested(split, 0.2)).size > 1,
      hint: "How many sources are tested changes with the seed: each is drawn for itself, as with a coin. Draw all of them into one order, and the share can be kept exactly.",
    },
    {
      seen: (split) => close(tested(split, 0.2), tested(split, 0.5)),
      hint: "Whatever the share, you test equally many. Who decides how many there are?",
    },
  ],
};

export const chapter8 = [lengthPenalty, precision, errorRate, corpusBleu, honestSplit];
