import { scaledDotProductScores } from "../attention/scores";
import { softmax } from "../attention/softmax";
import { close } from "./compare";
import type { Exercise } from "./exercise";
import { type Matrix, dot, mean, sum, transposed } from "./numbers";

const largest = (row: number[]) => row.indexOf(Math.max(...row));

/** Three characters written, four read; in the second row no place has half of the attention. */
const map = [
  [0.1, 0.2, 0.6, 0.1],
  [0.4, 0.3, 0.2, 0.1],
  [0.05, 0.05, 0.1, 0.8],
];

const places: Exercise<(weights: Matrix) => number[]> = {
  id: "6.1",
  checks: [
    {
      claim: "a row with most of its attention at position 1 gives 1, one with most at 0 gives 0",
      points: 1,
      holds: (answer) =>
        close(answer([[0.1, 0.7, 0.2]]), [1]) && close(answer([[0.8, 0.1, 0.1]]), [0]),
    },
    {
      claim: "a map of three rows gives three positions",
      points: 2,
      holds: (answer) => close(answer(map), map.map(largest)),
    },
  ],
  mistakes: [
    {
      seen: (answer) => close(answer(map), transposed(map).map(largest)),
      hint: "You go down the columns: for each character read, who looked at it most. Each row is one look, and gives one position.",
    },
    {
      seen: (answer) =>
        close(
          answer(map),
          map.map((row) => Math.max(...row)),
        ),
      hint: "These are the largest weights themselves. Asked is where they stand.",
    },
    {
      seen: (answer) =>
        close(
          answer(map),
          map.map((row) => largest(row) + 1),
        ),
      hint: "All of them are one too large: the first character read is at position 0.",
    },
    {
      seen: (answer) => answer(map)[0] === 2 && answer(map)[1] === -1,
      hint: "A row need not have any weight above a half. The place looked at most is the one whose weight no other reaches, however small.",
    },
  ],
};

const entropy = (row: number[]) => -sum(row.map((x) => (x > 0 ? x * Math.log2(x) : 0)));
const even = [0.25, 0.25, 0.25, 0.25];
const uneven = [0.5, 0.25, 0.25];

const width: Exercise<(weights: number[]) => number> = {
  id: "6.2",
  checks: [
    {
      claim: "four even shares are four characters, two are two",
      points: 1,
      holds: (answer) => close(answer(even), 4) && close(answer([0.5, 0.5]), 2),
    },
    {
      claim: "characters that get nothing add nothing: 0, 1, 0 is one, and 0, ½, ½ two",
      points: 1,
      holds: (answer) => close(answer([0, 1, 0]), 1) && close(answer([0, 0.5, 0.5]), 2),
    },
    {
      claim: "a half and two quarters are 2 to the power of 1.5 characters",
      points: 1,
      holds: (answer) => close(answer(uneven), 2 ** 1.5),
    },
  ],
  mistakes: [
    {
      seen: (answer) => Number.isNaN(answer([0, 1, 0])),
      hint: "A weight of 0 makes 0 · log 0, which is no number for the computer. What should a character that gets nothing add?",
    },
    {
      seen: (answer) => close(answer(uneven), entropy(uneven)),
      hint: "That is the entropy, in yes-or-no questions. Each question halves the candidates; how many candidates is that?",
    },
    {
      seen: (answer) => close(answer(uneven), 2 ** (entropy(uneven) * Math.LN2)),
      hint: "Two bases are mixed: a logarithm to the base e goes with a power of e, one to the base 2 with a power of 2.",
    },
    {
      seen: (answer) => close(answer(uneven), 2 ** -entropy(uneven)),
      hint: "Fewer than one character? Look at the signs: the logarithm of a share is negative.",
    },
    {
      seen: (answer) => answer(uneven) === 3,
      hint: "You count who gets anything at all. A share of a half shall count for more than a share of a quarter.",
    },
  ],
};

type Span = [start: number, end: number];
type OnSpan = (weights: Matrix, spans: Span[]) => number;

/** Rows without hyphens, their spans, and the same with two hyphens among them. */
const inside: [Matrix, Span[]] = [
  [
    [0.1, 0.3, 0.2, 0.4],
    [0.6, 0.2, 0.1, 0.1],
  ],
  [
    [1, 3],
    [0, 1],
  ],
];
const atTheEnd: [Matrix, Span[]] = [
  [
    [0.1, 0.2, 0.7],
    [0.3, 0.3, 0.4],
    [0.2, 0.2, 0.6],
  ],
  [
    [2, 3],
    [0, 0],
    [1, 3],
  ],
];
const mixed: [Matrix, Span[]] = [
  [...inside[0], [0.4, 0.2, 0.3, 0.1], [0.25, 0.25, 0.3, 0.2], [0.1, 0.1, 0.7, 0.1]],
  [...inside[1], [0, 0], [0, 0], [2, 3]],
];
/** The mean over rows, hyphens among them or not, of what `of` makes of a row's span. */
const over =
  (hyphensToo: boolean, of: (row: number[], span: Span) => number): OnSpan =>
  (weights, spans) =>
    mean(
      weights
        .map((row, i): [number[], Span] => [row, spans[i]])
        .filter(([, [start, end]]) => hyphensToo || end > start)
        .map(([row, span]) => of(row, span)),
    );
const share = (row: number[], [start, end]: Span) => sum(row.slice(start, end));
const shareAndOneMore = (row: number[], [start, end]: Span) => sum(row.slice(start, end + 1));
const onSpan = over(false, share);
/** Whether an answer gives on all maps what `other` gives. */
const isLike = (answer: OnSpan, other: OnSpan) =>
  [inside, atTheEnd, mixed].every(([weights, spans]) =>
    close(answer(weights, spans), other(weights, spans)),
  );

const spanShare: Exercise<OnSpan> = {
  id: "6.3",
  checks: [
    {
      claim: "what lies on the span counts, and nothing beside it",
      points: 1,
      holds: (answer) => close(answer(...inside), onSpan(...inside)),
    },
    {
      claim: "a row that comes from nowhere has no part in the mean",
      points: 1,
      holds: (answer) => close(answer(...atTheEnd), onSpan(...atTheEnd)),
    },
    {
      claim: "both at once: digits and hyphens, spans anywhere",
      points: 1,
      holds: (answer) => close(answer(...mixed), onSpan(...mixed)),
    },
  ],
  mistakes: [
    {
      seen: (answer) => isLike(answer, over(true, shareAndOneMore)),
      hint: "This is what the broken one gives. Take a map of two rows, work its share out on paper, and look which row is not what you get; then one with a hyphen.",
    },
    {
      seen: (answer) => isLike(answer, over(true, share)),
      hint: "The spans are right now, but the result is too low: what does a hyphen's row add to the sum, and what to the number of rows?",
    },
    {
      seen: (answer) => isLike(answer, over(false, shareAndOneMore)),
      hint: "The hyphens are out, but the spans are too generous. Which positions does slice(start, end) give?",
    },
    {
      seen: (answer) =>
        isLike(
          answer,
          over(false, (row, span) => share(row, span) / (span[1] - span[0])),
        ),
      hint: "You divide by the span's width. All of the attention on a year of four digits shall count 1, not a quarter.",
    },
    {
      seen: (answer) =>
        isLike(
          answer,
          over(false, (row, [start, end]) => +(largest(row) >= start && largest(row) < end)),
        ),
      hint: "You count hits of the most attended place. Asked is how much of the attention lies on the span: a row may have half of it there.",
    },
  ],
};

type Look = (query: number[], keys: Matrix) => number[];

const length = (a: number[]) => Math.sqrt(dot(a, a)) + 1e-9;
const scaledDot: Look = (query, keys) => softmax(scaledDotProductScores(query, keys));
const evenly: Look = (_, keys) => keys.map(() => 1 / keys.length);
const last: Look = (_, keys) => keys.map((__, j) => +(j === keys.length - 1));
const byKeys: Look = (_, keys) => softmax(keys.map(sum));
/** The query adds the same to all scores; the large factor makes the rounding visible. */
const addsToAll: Look = (query, keys) => softmax(keys.map((key) => 1000 * sum(query) + sum(key)));
/** It listens, but one key has such a lead that the query never changes who is first. */
const faint: Look = (query, keys) =>
  softmax(keys.map((key, j) => (j === 0 ? 3 : 0) + 0.5 * Math.tanh(dot(query, key))));
const cosine: Look = (query, keys) =>
  softmax(keys.map((key) => (3 * dot(query, key)) / length(query) / length(key)));

const listening: Exercise<(look: Look, width: number) => boolean> = {
  id: "6.4",
  checks: [
    {
      claim: "scaled dot products listen; even weights, or all on the last position, do not",
      points: 1,
      holds: (ignores) => !ignores(scaledDot, 4) && ignores(evenly, 4) && ignores(last, 4),
    },
    {
      claim: "weights that come from the keys alone are found out, however uneven they are",
      points: 1,
      holds: (ignores) => !ignores(scaledDot, 3) && ignores(byKeys, 3),
    },
    {
      claim: "a query that adds the same number to every score is ignored",
      points: 1,
      holds: (ignores) => !ignores(scaledDot, 4) && ignores(addsToAll, 4),
    },
    {
      claim: "who listens a little listens",
      points: 1,
      holds: (ignores) => !ignores(faint, 4) && ignores(evenly, 4),
    },
    {
      claim: "who hears only the query's direction listens too",
      points: 1,
      holds: (ignores) => !ignores(cosine, 4) && ignores(evenly, 4),
    },
  ],
  mistakes: [
    {
      seen: (ignores) => ignores(scaledDot, 4) && ignores(cosine, 4),
      hint: "Your experiment finds that even scaled dot products ignore the query. If all keys are alike, or all queries, nobody can show that they listen.",
    },
    {
      seen: (ignores) => ignores(evenly, 4) && !ignores(last, 4),
      hint: "You look at one map and ask whether it is even. Uneven weights may come from the keys alone: change the query, and nothing else, and see whether the weights follow.",
    },
    {
      seen: (ignores) => ignores(byKeys, 4) && !ignores(addsToAll, 4),
      hint: "Numbers that are computed in two ways differ in their last digits. Weights that differ by 1e-12 are the same.",
    },
    {
      seen: (ignores) => ignores(faint, 4) && !ignores(scaledDot, 4),
      hint: "You compare only the most attended places, or take weights that differ a little for the same. A query can move weights and leave the same place in the lead.",
    },
    {
      seen: (ignores) => ignores(cosine, 4) && !ignores(scaledDot, 4),
      hint: "Your queries point the same way and differ in length only. Ask with queries that point elsewhere.",
    },
  ],
};

type Probability = (source: string[]) => number;

const HIDDEN = "▒";
const text = [..."8 May 2008"];
/** What hiding each position costs; hiding the second 2 does good. */
const costs = [0.2, 0, 0.1, 0.05, 0.3, 0, -0.02, 0.04, 0.01, 0.15];
/** Whether a character is covered by something else than the cover. */
const isStrange = (source: string[]) =>
  source.length === text.length && source.some((c, j) => c !== text[j] && c !== HIDDEN);
/** A model that loses something for each position that is not what it was. */
const probability: Probability = (source) => {
  if (isStrange(source)) throw new Error(`“${source.join("")}”: “▒” is the only cover I know.`);
  return 0.95 - sum(costs.filter((_, j) => source[j] !== text[j]));
};
const hideWhere = (isHidden: (j: number) => boolean) =>
  text.map((character, j) => (isHidden(j) ? HIDDEN : character));
const drops = (sourceWithout: (j: number) => string[]) =>
  text.map((_, j) => Math.max(0, probability(text) - probability(sourceWithout(j))));
const asked = (answer: (probability: Probability, source: string[]) => number[]) =>
  answer(probability, text);
const agrees = (given: number[], positions: number[]) =>
  given.length === text.length && positions.every((j) => close(given[j], Math.max(0, costs[j])));

const influence: Exercise<(probability: Probability, source: string[]) => number[]> = {
  id: "6.5",
  checks: [
    {
      claim: "the three letters of May cost what they cost",
      points: 1,
      holds: (answer) => agrees(asked(answer), [2, 3, 4]),
    },
    {
      claim: "two places with the same character, two influences",
      points: 1,
      holds: (answer) => agrees(asked(answer), [0, 7, 8, 9]),
    },
    {
      claim: "where hiding does good, the influence is 0",
      points: 1,
      holds: (answer) => agrees(asked(answer), [...text.keys()]),
    },
  ],
  mistakes: [
    {
      seen: (answer) => {
        let strange = false;
        answer((source) => {
          strange ||= isStrange(source);
          return 0;
        }, text);
        return strange;
      },
      hint: "You cover characters with something else than “▒”. To the model that is one more character to read, and it may well mean something.",
    },
    {
      seen: (answer) => close(asked(answer), costs),
      hint: "One of your numbers is below 0. The map shows drops: a probability that rises has not dropped.",
    },
    {
      seen: (answer) =>
        close(
          asked(answer),
          drops((j) => hideWhere((k) => k <= j)),
        ),
      hint: "Your characters stay hidden: when it is the third one's turn, the first two are still covered. Begin with a fresh copy each time.",
    },
    {
      seen: (answer) =>
        close(
          asked(answer),
          drops((j) => hideWhere((k) => text[k] === text[j])),
        ),
      hint: "You hide every place where the character stands. 2008 has two zeros, and each has an influence of its own.",
    },
    {
      seen: (answer) =>
        close(
          asked(answer),
          drops((j) => text.filter((_, k) => k !== j)),
        ),
      hint: "You take the character out, and all behind it move up: the model reads another text. Cover it, and leave the others where they are.",
    },
    {
      seen: (answer) =>
        close(
          asked(answer),
          text.map((_, j) => probability(hideWhere((k) => k === j))),
        ),
      hint: "That is what is left of the probability. The influence is what was lost.",
    },
  ],
};

export const chapter6 = [places, width, spanShare, listening, influence];
