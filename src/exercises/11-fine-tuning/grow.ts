import { close } from "../compare";
import type { Exercise } from "../exercise";

interface Table {
  tokens: string[];
  /** A row for each token. */
  rows: number[][];
}
type Grow = (tokens: string[], rows: number[][], texts: string[], draw: () => number[]) => Table;

const tokens = ["a", "c", "e"];
const rows = [
  [1, 2],
  [3, 4],
  [5, 6],
];
/** b twice, and characters that are known. */
const texts = ["cab", "dabe"];
const DRAWN = 100;

/** What the answer makes of the little table; each row that it draws is another one. */
function grown(answer: Grow): Table {
  let draws = 0;
  return answer(tokens, rows, texts, () => [DRAWN + draws++, 0.5]);
}
const isDrawn = (row: number[]) => row[0] >= DRAWN;
const newOnes = (answer: Grow) => grown(answer).tokens.slice(tokens.length);
const differ = (list: readonly unknown[]) =>
  new Set(list.map((one) => JSON.stringify(one))).size === list.length;
const oldStay = (table: Table) =>
  close(table.rows.slice(0, 3), rows) && table.tokens.slice(0, 3).join("") === "ace";

export const grow: Exercise<Grow> = {
  id: "11.1",
  checks: [
    {
      claim: "what is known keeps its place and its row, and something is added",
      points: 1,
      holds: (answer) => oldStay(grown(answer)) && newOnes(answer).length > 0,
    },
    {
      claim: "each new character is added once, behind the others",
      points: 1,
      holds: (answer) => newOnes(answer).sort().join("") === "bd",
    },
    {
      claim:
        "there are as many rows as characters, and each new character has drawn one of its own",
      points: 1,
      holds: (answer) => {
        const table = grown(answer);
        const fresh = table.rows.filter((_, i) => !tokens.includes(table.tokens[i]));
        return (
          table.rows.length === table.tokens.length &&
          fresh.length > 0 &&
          fresh.every(isDrawn) &&
          differ(fresh)
        );
      },
    },
  ],
  mistakes: [
    {
      seen: (answer) => grown(answer).tokens.join("") === "abcde",
      hint: "The characters are sorted anew, and their rows were not: from the first new one on, each is read with the row of another character, and nothing crashes. New ones come at the end.",
    },
    {
      seen: (answer) => grown(answer).rows.every(isDrawn),
      hint: "All rows are drawn anew: what the model knew is gone. Only new characters need a new row.",
    },
    {
      seen: (answer) => newOnes(answer).includes("a"),
      hint: "Some characters that are known already are added a second time. Which of the texts' characters are new?",
    },
    {
      seen: (answer) => !differ(newOnes(answer)),
      hint: "A character that occurs twice in the texts is added twice.",
    },
    {
      seen: (answer) => {
        const fresh = grown(answer).rows.filter(isDrawn);
        return fresh.length > 1 && !differ(fresh);
      },
      hint: "All new characters have the same row, so the model cannot tell them apart. Draw once for each.",
    },
  ],
};
