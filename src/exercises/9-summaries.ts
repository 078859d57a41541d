import { close } from "./compare";
import type { Exercise } from "./exercise";
import { sum } from "./numbers";

interface Overlap {
  precision: number;
  recall: number;
  fMeasure: number;
}
type Rouge = (answer: string[], reference: string[]) => Overlap;
type Texts = [answer: string[], reference: string[]];

const texts = (answer: string, reference: string): Texts => [
  answer.split(" "),
  reference.split(" "),
];
const shorter = texts("Falcons beat Wolves 2 to 1", "Falcons beat Otters 3 to 1 in Saltby");
const repeating = texts("1 to 1 to 1 in", "Lions and Bears draw 1 to 1 in Norholt");
const nothing = texts("29 degrees", "Crowns rise by 3 %");

/** Precision and recall of so many shared words, where an answer has `written` and `wanted` are. */
const overlap = (shared: number, written: number, wanted: number): Overlap => {
  const [precision, recall] = [shared / written, shared / wanted];
  return { precision, recall, fMeasure: (2 * precision * recall) / (precision + recall) };
};
const ofShorter = overlap(4, 6, 8);
const ofRepeating = overlap(4, 6, 9);
const shares = ({ precision, recall }: Overlap) => [precision, recall];

const rouge1: Exercise<Rouge> = {
  id: "9.1",
  checks: [
    {
      claim: "four shared words: precision 4/6, recall 4/8",
      points: 1,
      holds: (answer) => close(shares(answer(...shorter)), shares(ofShorter)),
    },
    {
      claim: "F is their harmonic mean",
      points: 1,
      holds: (answer) => close(answer(...shorter).fMeasure, ofShorter.fMeasure),
    },
    {
      claim: "a word counts as often as it stands in both",
      points: 1,
      holds: (answer) => {
        const given = answer(...repeating);
        const [precision, recall] = [given.precision, given.recall].sort((a, b) => b - a);
        return close([precision, recall], shares(ofRepeating));
      },
    },
    {
      claim: "where nothing is shared all three are 0, where everything is 1",
      points: 1,
      holds: (answer) => {
        const all = (given: Overlap, expected: number) =>
          [...shares(given), given.fMeasure].every((share) => close(share, expected));
        return all(answer(...nothing), 0) && all(answer(["beat"], ["beat"]), 1);
      },
    },
  ],
  mistakes: [
    {
      seen: (answer) => close(shares(answer(...shorter)), [4 / 8, 4 / 6]),
      hint: "Precision and recall have changed places. Precision asks about what was written: which length does it divide by?",
    },
    {
      seen: (answer) =>
        close(answer(...repeating).precision, 1) && close(answer(...repeating).recall, 6 / 9),
      hint: "An answer that repeats “1” gets it right every time. The reference has it twice, so a third one finds nothing that is left.",
    },
    {
      seen: (answer) =>
        close(answer(...repeating).recall, 3 / 8) || close(answer(...repeating).recall, 3 / 9),
      hint: "You count different words. A score of 1 to 1 has its “1” twice, and both have to be found.",
    },
    {
      seen: (answer) => close(answer(...shorter).fMeasure, (4 / 6 + 4 / 8) / 2),
      hint: "You take the usual mean for F. The harmonic one, 2PR/(P + R), is high only if both are.",
    },
    {
      seen: (answer) => Number.isNaN(answer(...nothing).fMeasure),
      hint: "Where nothing is shared you divide 0 by 0.",
    },
  ],
};

type InOrder = (a: string[], b: string[]) => number;

/**
 * The largest number in a table over all beginnings of `a` and `b`; `next` makes a cell of whether
 * its words are equal, of the cell before both words, and of those before one of them.
 */
const inTable =
  (next: (equal: boolean, both: number, a: number, b: number) => number): InOrder =>
  (a, b) => {
    const cells = [b.map(() => 0).concat(0)];
    a.forEach((word, i) => {
      cells.push([0]);
      b.forEach((other, j) =>
        cells[i + 1].push(next(word === other, cells[i][j], cells[i][j + 1], cells[i + 1][j])),
      );
    });
    return Math.max(...cells.flat());
  };
const stretch = inTable((equal, both) => (equal ? both + 1 : 0));
const gapsInOne = inTable((equal, both, a) => (equal ? both + 1 : a));
const usedTwice = inTable((equal, _, a, b) => Math.max(a, b) + Number(equal));
/** Takes each word of `a` at once where it can. */
const greedy: InOrder = (a, b) => {
  let from = 0;
  return a.filter((word) => {
    const at = b.indexOf(word, from);
    if (at >= 0) from = at + 1;
    return at >= 0;
  }).length;
};
const greedyFromEither: InOrder = (a, b) => Math.max(greedy(a, b), greedy(b, a));
const inAnyOrder: InOrder = (a, b) => {
  const left = [...b];
  return a.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
};

const withGaps = texts(
  "Falcons beat Otters 3 to 1 in Saltby",
  "Falcons narrowly beat the Otters 3 to 1",
);
const exchangedClubs = texts("Otters beat Falcons 3 to 1", "Falcons beat Otters 3 to 1");
const turned = texts("in Saltby the Falcons clearly beat Otters", "Falcons beat Otters in Saltby");
/** The first word of either text is the last of the other. */
const crossed = texts("now Falcons beat Otters in Saltby", "Saltby cheers Falcons beat Otters now");
const twoTwos = texts("2 to 2 all in Norholt", "2 in Norholt");
const countsLike = (answer: InOrder, other: InOrder) =>
  [withGaps, exchangedClubs, turned, crossed, twoTwos].every(
    ([a, b]) => answer(a, b) === other(a, b) && answer(b, a) === other(b, a),
  );
const bothWays = (answer: InOrder, [a, b]: Texts, expected: number) =>
  answer(a, b) === expected && answer(b, a) === expected;

const inOrder: Exercise<InOrder> = {
  id: "9.2",
  checks: [
    {
      claim: "six words in order, with others between them in either text",
      points: 1,
      holds: (answer) => bothWays(answer, withGaps, 6),
    },
    {
      claim: "two names exchanged: four are left in order",
      points: 1,
      holds: (answer) => bothWays(answer, exchangedClubs, 4),
    },
    {
      claim: "three words in order are more than one or two that stand before them",
      points: 2,
      holds: (answer) => bothWays(answer, turned, 3) && bothWays(answer, crossed, 3),
    },
    {
      claim: "a word that stands once is found once",
      points: 1,
      holds: (answer) => bothWays(answer, twoTwos, 3),
    },
  ],
  mistakes: [
    {
      seen: (answer) => countsLike(answer, stretch),
      hint: "That is still the longest stretch without a gap: at every pair of different words all that was found before is forgotten. What is the best that can be done without one of the two words?",
    },
    {
      seen: (answer) => countsLike(answer, gapsInOne),
      hint: "Gaps are allowed in one of the texts only. Exchange the two texts, and the result should stay.",
    },
    {
      seen: (answer) => countsLike(answer, usedTwice),
      hint: "A word that stands once is found twice: if two words are matched, both of them are used up, and what came before both counts.",
    },
    {
      seen: (answer) => countsLike(answer, greedy),
      hint: "You take each word as soon as you can. An early match far to the right can cost all that stands before it; sometimes a word is better passed over.",
    },
    {
      seen: (answer) => countsLike(answer, greedyFromEither),
      hint: "Of two hasty counts the larger can still be too small: let each text begin with the word that ends the other.",
    },
    {
      seen: (answer) => countsLike(answer, inAnyOrder),
      hint: "The order makes no difference to you: that is what ROUGE-1 counts.",
    },
  ],
};

interface Sentence {
  isFact: boolean;
  span: [number, number];
}
type Origin = (word: string, report: string[], sentences: Sentence[]) => string;

const report = (
  "27000 people watched . Last week the Eagles lost in Norholt . " +
  "The Giants had no chance against the Eagles . Norholt was the stage . " +
  "The Giants will meet the Wolves on Sunday . After ninety minutes it was 1 to 0 ."
).split(" ");
const ends = report.flatMap((word, j) => (word === "." ? [j + 1] : []));
const facts = [false, false, true, true, false, true];
const sentences: Sentence[] = ends.map((end, i) => ({
  isFact: facts[i],
  span: [ends[i - 1] ?? 0, end],
}));
const rain: [string[], Sentence[]] = [
  "The Lions won . Rain fell .".split(" "),
  [
    { isFact: true, span: [0, 4] },
    { isFact: false, span: [4, 7] },
  ],
];
const says = (answer: Origin, expected: { [word: string]: string }) =>
  Object.entries(expected).every(([word, from]) => answer(word, report, sentences) === from);
/** Whether words at two kinds of places come from a fact, where the distractor or the fact is first. */
const atTwoPlaces = (answer: Origin, ofFact: (places: boolean[]) => boolean) =>
  [["Eagles", [false, true]] as const, ["Giants", [true, false]] as const].every(
    ([word, kinds]) =>
      answer(word, report, sentences) === (ofFact([...kinds]) ? "a fact" : "a distractor"),
  );

const origin: Exercise<Origin> = {
  id: "9.3",
  checks: [
    {
      claim: "a word of a fact, one of a distractor, one that stands nowhere",
      points: 1,
      holds: (answer) =>
        says(answer, { stage: "a fact", Wolves: "a distractor", Badgers: "made up" }),
    },
    {
      claim: "a word that stands in a fact and in a distractor comes from the fact",
      points: 1,
      holds: (answer) =>
        atTwoPlaces(answer, (places) => places.some(Boolean)) &&
        says(answer, { lost: "a distractor" }),
    },
    {
      claim: "a 2 does not stand in a report that has 27000",
      points: 1,
      holds: (answer) => says(answer, { "2": "made up", "27000": "a distractor", "0": "a fact" }),
    },
    {
      claim: "the word behind a sentence does not belong to it",
      points: 1,
      holds: (answer) =>
        answer("Rain", ...rain) === "a distractor" && answer("won", ...rain) === "a fact",
    },
  ],
  mistakes: [
    {
      seen: (answer) => says(answer, { "2": "a distractor" }) || says(answer, { "2": "a fact" }),
      hint: "You find the 2 in 27000. A word has to be a word of the report, not a part of its text.",
    },
    {
      seen: (answer) => atTwoPlaces(answer, (places) => places[0]),
      hint: "You look at the first place only. A word can stand in a report more than once.",
    },
    {
      seen: (answer) => atTwoPlaces(answer, (places) => places[places.length - 1]),
      hint: "You look at the last place only, or let it overwrite what you found before.",
    },
    {
      seen: (answer) => atTwoPlaces(answer, (places) => places.every(Boolean)),
      hint: "One distractor among its places, and the word counts as one. It is a fact's word if it stands in a fact at all.",
    },
    {
      seen: (answer) => answer("Rain", ...rain) === "a fact",
      hint: "The word at the end of a span is counted in. A span [start, end) stops before its end.",
    },
  ],
};

type Chances = { [word: string]: number };
type Mixture = (p: number, vocabulary: Chances, weights: number[], source: string[]) => Chances;

const vocabulary: Chances = { beat: 0.5, Lions: 0.3, in: 0.2 };
const source = ["Kestrels", "beat", "Lions", "while", "Lions", "slept"];
const weights = [0.3, 0.1, 0.15, 0.05, 0.25, 0.15];
const p = 0.8;
const pointed = (word: string) => sum(weights.filter((_, j) => source[j] === word));
const every = [...new Set([...Object.keys(vocabulary), ...source])];
const mixedBy = (chance: (word: string) => number): Chances =>
  Object.fromEntries(every.map((word) => [word, chance(word)]));
const right = mixedBy((word) => p * (vocabulary[word] ?? 0) + (1 - p) * pointed(word));
const mixed = (answer: Mixture) => answer(p, vocabulary, weights, source);
/** Whether an answer gives these words what another one gives them; no entry counts as 0. */
const gives = (answer: Mixture, chances: Chances, words = every) => {
  const given = mixed(answer);
  return words.every((word) => close(given[word] ?? 0, chances[word]));
};

const pointer: Exercise<Mixture> = {
  id: "9.4",
  checks: [
    {
      claim: "a word that only the vocabulary has",
      points: 1,
      holds: (answer) => gives(answer, right, ["in"]),
    },
    {
      claim: "a name that no vocabulary has, copied from the source",
      points: 1,
      holds: (answer) => gives(answer, right, ["Kestrels", "slept"]),
    },
    {
      claim: "words that both have, one of them at two places of the source",
      points: 1,
      holds: (answer) => gives(answer, right, ["beat", "Lions"]),
    },
    {
      claim: "all chances together are 1, and both parts have some",
      points: 1,
      holds: (answer) => {
        const chances = mixed(answer);
        return close(sum(Object.values(chances)), 1) && chances.in > 0 && chances.Kestrels > 0;
      },
    },
  ],
  mistakes: [
    {
      seen: (answer) =>
        gives(
          answer,
          mixedBy((word) => (1 - p) * (vocabulary[word] ?? 0) + p * pointed(word)),
        ),
      hint: "p and 1 − p have changed places: p is the part that is written from the vocabulary.",
    },
    {
      seen: (answer) =>
        gives(
          answer,
          mixedBy((word) => (vocabulary[word] ?? 0) + pointed(word)),
        ),
      hint: "Two distributions added up sum to 2. How much of each is it to be?",
    },
    {
      seen: (answer) =>
        gives(
          answer,
          mixedBy((word) => (word in vocabulary ? right[word] : 0)),
        ),
      hint: "A word that the vocabulary does not have gets nothing. That it can be written all the same is what the pointer is for.",
    },
    {
      seen: (answer) =>
        gives(
          answer,
          mixedBy((word) => (source.includes(word) ? (1 - p) * pointed(word) : right[word])),
        ),
      hint: "For a word of the source you forget what the vocabulary gives it. Both parts are added.",
    },
    {
      seen: (answer) =>
        gives(
          answer,
          mixedBy((word) => {
            const last = weights[source.lastIndexOf(word)] ?? 0;
            return p * (vocabulary[word] ?? 0) + (1 - p) * last;
          }),
        ),
      hint: "“Lions” stands at two places, and only one of them counts. The sum goes over all.",
    },
    {
      seen: (answer) =>
        gives(
          answer,
          mixedBy((word) => p * (vocabulary[word] ?? 0) + (word === "Kestrels" ? 1 - p : 0)),
        ),
      hint: "You copy the most attended word alone. The weights themselves are the chances of copying: each place has its share.",
    },
  ],
};

type SameFacts = (headline: string, reference: string) => boolean;

interface Match {
  winner: string;
  loser: string;
  goals: number;
  conceded: number;
  place: string;
}
const matches: Match[] = [
  { winner: "Falcons", loser: "Otters", goals: 3, conceded: 1, place: "Saltby" },
  { winner: "Lions", loser: "Badgers", goals: 2, conceded: 0, place: "Fenwater" },
];
const headline = ({ winner, loser, goals, conceded, place }: Match) =>
  `${winner} beat ${loser} ${goals} to ${conceded} in ${place}`;
const inOtherWords = ({ winner, loser, goals, conceded, place }: Match) =>
  `In ${place} the ${loser} lost to the ${winner}, ${conceded} to ${goals}`;
const otherWinner = (match: Match) => ({ ...match, winner: match.loser, loser: match.winner });
const otherScore = (match: Match) => ({ ...match, goals: match.conceded, conceded: match.goals });
const otherLoser = (match: Match) => ({ ...match, loser: "Kestrels" });
const oneMoreConceded = (match: Match) => ({ ...match, conceded: match.conceded + 1 });
const elsewhere = (match: Match) => ({ ...match, place: "Norholt" });
/** Whether the answer says so of all matches, told in these words and changed so. */
const holdsFor = (
  answer: SameFacts,
  tell: (match: Match) => string,
  change: (match: Match) => Match,
  expected: boolean,
) => matches.every((match) => answer(tell(change(match)), headline(match)) === expected);
const unchanged = (match: Match) => match;

const factCheck: Exercise<SameFacts> = {
  id: "9.5",
  checks: [
    {
      claim:
        "the same headline has the same facts; one from elsewhere, or about the weather, has not",
      points: 1,
      holds: (answer) =>
        holdsFor(answer, headline, unchanged, true) &&
        holdsFor(answer, headline, elsewhere, false) &&
        !answer("29 degrees in Saltby", headline(matches[0])),
    },
    {
      claim: "the loser does not win; another loser is another fact, and so is another score",
      points: 1,
      holds: (answer) =>
        holdsFor(answer, headline, unchanged, true) &&
        holdsFor(answer, headline, otherWinner, false) &&
        holdsFor(answer, headline, otherLoser, false) &&
        holdsFor(answer, headline, otherScore, false) &&
        holdsFor(answer, headline, (match) => ({ ...match, goals: 5 }), false) &&
        holdsFor(answer, headline, oneMoreConceded, false),
    },
    {
      claim: "told in other words it is the same; with another winner or loser it is not",
      points: 2,
      holds: (answer) =>
        holdsFor(answer, inOtherWords, unchanged, true) &&
        holdsFor(answer, inOtherWords, otherWinner, false) &&
        holdsFor(answer, inOtherWords, otherLoser, false),
    },
    {
      claim: "told in other words, score and place have to be right too",
      points: 1,
      holds: (answer) =>
        holdsFor(answer, inOtherWords, unchanged, true) &&
        holdsFor(answer, inOtherWords, otherScore, false) &&
        holdsFor(answer, inOtherWords, oneMoreConceded, false) &&
        holdsFor(answer, inOtherWords, elsewhere, false),
    },
  ],
  mistakes: [
    {
      seen: (answer) =>
        holdsFor(answer, headline, otherWinner, true) &&
        holdsFor(answer, inOtherWords, unchanged, true),
      hint: "You ask which names and numbers a headline has, and not who did what. Exchange the two clubs, and see what your check says.",
    },
    {
      seen: (answer) => holdsFor(answer, headline, otherWinner, true),
      hint: "Shared words again: all words are right where the loser wins, and most are wrong where the news is true and told in another way.",
    },
    {
      seen: (answer) =>
        holdsFor(answer, headline, elsewhere, true) || holdsFor(answer, headline, otherScore, true),
      hint: "You check who won. A headline of a match has five facts.",
    },
    {
      seen: (answer) => holdsFor(answer, headline, otherLoser, true),
      hint: "It makes no difference to you who has lost. Let the winner beat another club, and see what your check says.",
    },
    {
      seen: (answer) => holdsFor(answer, headline, oneMoreConceded, true),
      hint: "You look at half of the score: 3 to 1 and 3 to 2 are two results.",
    },
    {
      seen: (answer) => holdsFor(answer, inOtherWords, otherWinner, true),
      hint: "In “the Otters lost to the Falcons” the first one named is not the winner.",
    },
    {
      seen: (answer) => holdsFor(answer, inOtherWords, otherScore, true),
      hint: "“The Otters lost, 1 to 3”: whose goals come first there?",
    },
    {
      seen: (answer) => holdsFor(answer, inOtherWords, unchanged, false),
      hint: "Nothing false passes. But a true headline in other words does not either: read the five facts out of each form, and compare the facts.",
    },
  ],
};

export const chapter9 = [rouge1, inOrder, origin, pointer, factCheck];
