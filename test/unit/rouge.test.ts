import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Overlap, rouge } from "attention-lab";

type Numbers = [precision: number, recall: number, fMeasure: number];

/**
 * An answer, its reference, and what rouge-score 0.1.2 says of them:
 * `RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False).score(reference, answer)`.
 */
const cases: [answer: string, reference: string, one: Numbers, two: Numbers, l: Numbers][] = [
  [
    "Falcons beat Otters 3 to 1 in Saltby",
    "Falcons beat Otters 3 to 1 in Saltby",
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ],
  [
    "Otters beat Falcons 3 to 1 in Saltby",
    "Falcons beat Otters 3 to 1 in Saltby",
    [1, 1, 1],
    [0.571428571, 0.571428571, 0.571428571],
    [0.75, 0.75, 0.75],
  ],
  [
    "Falcons beat Wolves 2 to 1 in Norholt",
    "Falcons beat Otters 3 to 1 in Saltby",
    [0.625, 0.625, 0.625],
    [0.428571429, 0.428571429, 0.428571429],
    [0.625, 0.625, 0.625],
  ],
  [
    "The Falcons have beaten the Otters.",
    "Falcons beat Otters 3 to 1 in Saltby",
    [0.333333333, 0.25, 0.285714286],
    [0, 0, 0],
    [0.333333333, 0.25, 0.285714286],
  ],
  [
    "Crown rises 2.4 percent to 1.47 marks",
    "Crown falls 2.4 percent to 1.52 marks",
    [0.777777778, 0.777777778, 0.777777778],
    [0.5, 0.5, 0.5],
    [0.777777778, 0.777777778, 0.777777778],
  ],
  [
    "31 degrees in Ravensea, rain tomorrow",
    "31 degrees in Penrose, fog tomorrow",
    [0.666666667, 0.666666667, 0.666666667],
    [0.4, 0.4, 0.4],
    [0.666666667, 0.666666667, 0.666666667],
  ],
  [
    "the the the cat cat sat",
    "the cat the dog sat on the cat",
    [1, 0.75, 0.857142857],
    [0.2, 0.142857143, 0.166666667],
    [0.666666667, 0.5, 0.571428571],
  ],
  [
    "police kill the gunman",
    "the gunman police killed",
    [0.75, 0.75, 0.75],
    [0.333333333, 0.333333333, 0.333333333],
    [0.5, 0.5, 0.5],
  ],
  [
    "the gunman kill police",
    "police killed the gunman",
    [0.75, 0.75, 0.75],
    [0.333333333, 0.333333333, 0.333333333],
    [0.5, 0.5, 0.5],
  ],
  ["a", "a b c d", [1, 0.25, 0.4], [0, 0, 0], [1, 0.25, 0.4]],
  ["b", "b", [1, 1, 1], [0, 0, 0], [1, 1, 1]],
  ["a b a b", "b a b a b", [1, 0.8, 0.888888889], [1, 0.75, 0.857142857], [1, 0.8, 0.888888889]],
  [
    "UPPER lower's can't re-use 1,000.50",
    "upper lower s can t re use 1 000 50",
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ],
  ["", "a reference", [0, 0, 0], [0, 0, 0], [0, 0, 0]],
  ["an answer", "", [0, 0, 0], [0, 0, 0], [0, 0, 0]],
  ["", "", [0, 0, 0], [0, 0, 0], [0, 0, 0]],
  ["naïve café", "naive cafe", [0, 0, 0], [0, 0, 0], [0, 0, 0]],
  ["天气很好", "天气很好", [0, 0, 0], [0, 0, 0], [0, 0, 0]],
  [
    "the cat",
    "the the the cat",
    [1, 0.5, 0.666666667],
    [1, 0.333333333, 0.5],
    [1, 0.5, 0.666666667],
  ],
  ["the the the cat", "the dog", [0.25, 0.5, 0.333333333], [0, 0, 0], [0.25, 0.5, 0.333333333]],
  ["x y z", "p q r", [0, 0, 0], [0, 0, 0], [0, 0, 0]],
  [
    "one two three four five six seven eight",
    "eight seven six five four three two one",
    [1, 1, 1],
    [0, 0, 0],
    [0.125, 0.125, 0.125],
  ],
  ["İstanbul ÅNGSTRÖM", "istanbul angstrom", [0, 0, 0], [0, 0, 0], [0, 0, 0]],
];

const close = (found: Overlap, expected: Numbers, what: string): void => {
  const numbers = [found.precision, found.recall, found.fMeasure];
  numbers.forEach((x, i) => assert.ok(Math.abs(x - expected[i]) < 1e-8, `${what}: ${numbers}`));
};

describe("rouge", () => {
  for (const [answer, reference, one, two, longest] of cases) {
    it(`says of “${answer}” and “${reference}” what rouge-score says`, () => {
      const scores = rouge(answer, reference);
      close(scores.rouge1, one, "ROUGE-1");
      close(scores.rouge2, two, "ROUGE-2");
      close(scores.rougeL, longest, "ROUGE-L");
    });
  }
});
