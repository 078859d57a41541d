import { close, finite } from "../compare";
import type { Exercise } from "../exercise";
import { type Matrix, mean, plus, transposed } from "../numbers";

type Layer = (rows: Matrix) => Matrix;
type Block = (x: Matrix, attend: Layer, think: Layer) => Matrix;

const x = [
  [1, 4, -2, 8],
  [0, -3, 5, 1],
  [7, 2, 2, -6],
];
const added = (a: Matrix, b: Matrix) => a.map((row, i) => plus(row, b[i]));
/** Takes each row's mean away, and divides by what `spread` makes of its mean square. */
const normWith = (spread: (meanSquare: number) => number) => (rows: Matrix) =>
  rows.map((row) => {
    const centred = row.map((value) => value - mean(row));
    const size = spread(mean(centred.map((value) => value * value)));
    return centred.map((value) => value / size);
  });
const norm = normWith(Math.sqrt);
/** With a sum over n − 1 numbers in place of a mean over n. */
const ofSample = (square: number) => Math.sqrt((square * x[0].length) / (x[0].length - 1));
const normOfColumns = (rows: Matrix) => transposed(norm(transposed(rows)));

const nothing: Layer = (rows) => rows.map((row) => row.map(() => 0));
/** Every position gathers from the others, the later ones more. */
const attend: Layer = (rows) => rows.map((row) => row.map((_, c) => rows[2][c] + 0.5 * rows[0][c]));
const think: Layer = (rows) => rows.map((row) => row.map((value) => 3 * Math.max(0, value) - 1));

/** What the two layers are given. */
function given(block: Block): { attention: Matrix; feedForward: Matrix } {
  const seen: Matrix[] = [];
  const watched = (layer: Layer) => (rows: Matrix) => {
    seen.push(rows.map((row) => [...row]));
    return layer(rows);
  };
  block(x, watched(attend), watched(think));
  return { attention: seen[0], feedForward: seen[1] };
}
/** As a norm may add a small number to what it divides by. */
const near = (a: unknown, b: Matrix) => close(a, b, 1e-3);

const gathered = added(x, attend(norm(x)));
const mixesUp = (block: Block) => near(given(block).attention, normOfColumns(x));
const isLost = (block: Block) => !close(block(x, nothing, nothing), x);

export const block: Exercise<Block> = {
  id: "12.4",
  checks: [
    {
      claim: "both layers are asked; where they find nothing, x comes out as it went in",
      points: 1,
      holds: (answer) => finite(given(answer).feedForward) && close(answer(x, nothing, nothing), x),
    },
    {
      claim: "attention is given vectors of mean 0 and spread 1",
      points: 1,
      holds: (answer) => near(given(answer).attention, norm(x)),
    },
    {
      claim: "so is the feed-forward network, made of x and of what attention found",
      points: 1,
      holds: (answer) => near(given(answer).feedForward, norm(gathered)),
    },
    {
      claim: "the whole: x + attention(norm(x)), and to that feedForward(norm(…)) of it",
      points: 1,
      holds: (answer) => near(answer(x, attend, think), added(gathered, think(norm(gathered)))),
    },
  ],
  mistakes: [
    {
      seen: (answer) => mixesUp(answer) && isLost(answer),
      hint: "As printed, two things are wrong. Along which direction does the norm go, and what is it that the layer's findings are added to?",
    },
    {
      seen: mixesUp,
      hint: "Your norm goes down the columns, over all positions: so each position depends on its neighbours, and on the future. It belongs to one position's vector at a time.",
    },
    {
      seen: (answer) => near(given(answer).attention, normWith((square) => square)(x)),
      hint: "You divide by the mean square itself. What has the size of the numbers is its square root.",
    },
    {
      seen: (answer) => near(given(answer).attention, x),
      hint: "The layer is given x as it is, however large it has become. The norm stands before the layer, and not behind the sum.",
    },
    {
      seen: isLost,
      hint: "The straight way up is blocked: what came in is normed even where the layers find nothing. A layer looks at norm(x), and what it finds is added to x.",
    },
    {
      seen: (answer) => near(given(answer).feedForward, gathered),
      hint: "Attention is given vectors of one size, and the feed-forward network is not. Both layers stand behind a norm.",
    },
    {
      seen: (answer) => near(given(answer).attention, normWith(ofSample)(x)),
      hint: "You divide the sum of squares by one less than there are numbers. That estimates the spread of a population from a sample; here the vector is all there is.",
    },
    {
      seen: (answer) => near(given(answer).feedForward, norm(x)),
      hint: "The feed-forward network is given the old x. It should think about what was gathered: the sum behind attention.",
    },
  ],
};
