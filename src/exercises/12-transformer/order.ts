import { attention } from "../../attention/attention";
import { sinusoidalPositions } from "../../transformer/positions";
import type { Exercise } from "../exercise";
import type { Matrix } from "../numbers";

/** From a sequence of vectors to the context of each. */
type Attend = (x: Matrix) => Matrix;
type Test = (attend: Attend) => boolean;

const rounded = (rows: Matrix) => rows.map((row) => row.map((a) => Math.round(a * 1e6) / 1e6));
const plain: Attend = (x) => attention(x, x, x).context;
const swap = [1, 0, 3, 2];
const asking: Attend = (x) => attention(rowsOf(x, swap), x, x).context;
const rowsOf = (x: Matrix, columns: number[]) => x.map((row) => columns.map((c) => row[c]));

const placed: Attend = (x) => {
  const positions = sinusoidalPositions(x.length, x[0].length);
  return plain(x.map((row, t) => row.map((a, c) => a + positions[t][c])));
};
const causal: Attend = (x) =>
  attention(x, x, x, { mask: x.map((_, i) => x.map((_, j) => j <= i)) }).context;
const firstCounts: Attend = (x) => x.map((row) => row.map((a, c) => a + x[0][c]));

/** Whether a test lets both bags pass as what they are, and finds the order in another. */
const finds = (test: Test, other: Attend) => !test(plain) && !test(asking) && test(other);

/** All sequences that the test shows to an attention. */
function shown(test: Test): Matrix[] {
  const all: Matrix[] = [];
  test((x) => {
    all.push(x.map((row) => [...row]));
    return plain(x);
  });
  return all;
}
const text = (value: unknown) => JSON.stringify(value);

export const order: Exercise<Test> = {
  id: "12.5",
  checks: [
    {
      claim: "two bags of words are called so, and positions added to the vectors are noticed",
      points: 1,
      holds: (answer) => finds(answer, placed),
    },
    {
      claim: "… and so is a causal mask",
      points: 1,
      holds: (answer) => finds(answer, causal),
    },
    {
      claim: "… and an attention for which only the first place is a special one",
      points: 1,
      holds: (answer) => finds(answer, firstCounts),
    },
  ],
  mistakes: [
    {
      seen: (answer) => shown(answer).length === 0,
      hint: "You show the attention nothing, so you say the same of all.",
    },
    {
      seen: (answer) => {
        const all = shown(answer).map(text);
        return all.length > 0 && new Set(all).size === 1;
      },
      hint: "All sequences that you show are the same. Show one twice, in two orders; and let its words be different ones, or another order is no other sequence.",
    },
    {
      seen: (answer) => answer(plain) && !answer((x) => rounded(plain(x))),
      hint: "Nearly: the contexts that you compare differ in the sixteenth digit, since sums were added up in another order. Allow a small difference.",
    },
    {
      seen: (answer) => answer(plain),
      hint: "You find order in plain self-attention, which has none. When the words change places, their contexts change places with them: put them back into the old order before you compare.",
    },
    {
      seen: (answer) => finds(answer, placed) && !finds(answer, firstCounts),
      hint: "Your new order leaves the first word where it was. Move every word: nobody knows in advance which place counts.",
    },
    {
      seen: (answer) => finds(answer, placed) && !finds(answer, causal),
      hint: "A causal mask slips through: where you look, all words are seen, in whatever order they stand before. Compare the contexts of all positions.",
    },
    {
      seen: (answer) => !answer(placed) && !answer(causal) && !answer(firstCounts),
      hint: "Your test says “no order” of everything. Is there anything that it compares and that could differ?",
    },
  ],
};
