import { tf } from "../backend";
import { additiveScores, scaledDotProductScores } from "../attention/scores";
import { softmax } from "../attention/softmax";
import { weightedSum } from "../attention/weighted-sum";
import { Random } from "../random";
import { close, finite } from "./compare";
import type { Exercise } from "./exercise";
import { type Matrix, sum } from "./numbers";

/** Rows of numbers between −1 and 1. */
function randomRows(rows: number, width: number, seed: number): Matrix {
  const random = new Random(seed);
  const row = () => Array.from({ length: width }, () => 2 * random.next() - 1);
  return Array.from({ length: rows }, row);
}

interface Gates {
  z: number;
  r: number;
  s: number;
}
type GruStep = (x: number, s: number, W: Gates, U: Gates, b: Gates) => number;

const sigmoid = (a: number) => 1 / (1 + Math.exp(-a));
const [W, U, b]: Gates[] = [
  { z: 0.5, r: -1, s: 2 },
  { z: -1, r: 0.7, s: 1.5 },
  { z: 0.2, r: 0.3, s: -0.4 },
];
const open = { ...b, z: 30 };

/** A step of the GRU; the parts can be replaced, to be wrong on purpose. */
function gruOf(
  x: number,
  s: number,
  wrong: { swap?: true; noReset?: true; bend?: typeof sigmoid },
) {
  const z = sigmoid(W.z * x + U.z * s + b.z);
  const r = wrong.noReset ? 1 : sigmoid(W.r * x + U.r * s + b.r);
  const candidate = (wrong.bend ?? Math.tanh)(W.s * x + U.s * (r * s) + b.s);
  return wrong.swap ? z * candidate + (1 - z) * s : z * s + (1 - z) * candidate;
}

const isGru = (answer: GruStep, wrong: Parameters<typeof gruOf>[2]) =>
  [-0.8, 0.6].every((s) => close(answer(0.9, s, W, U, b), gruOf(0.9, s, wrong)));

const gru: Exercise<GruStep> = {
  id: "4.1",
  checks: [
    {
      claim: "one step gives the state of the formula",
      points: 2,
      holds: (answer) => isGru(answer, {}),
    },
    {
      claim: "with the update gate at 1, the state stays as it is, whatever is read",
      points: 1,
      holds: (answer) => [-5, 3].every((x) => close(answer(x, 0.7, W, U, open), 0.7)),
    },
  ],
  mistakes: [
    {
      seen: (answer) => isGru(answer, { swap: true }),
      hint: "The update gate works the wrong way round: here z says how much of the old state is kept. (Some papers and libraries have it the other way; then look at their formula.)",
    },
    {
      seen: (answer) => isGru(answer, { noReset: true }),
      hint: "The candidate sees the whole old state. Which gate decides how much of it it may see?",
    },
    {
      seen: (answer) => isGru(answer, { bend: sigmoid }),
      hint: "The candidate can only be positive: you squeeze it with σ. A state needs numbers below 0, too.",
    },
    {
      seen: (answer) => isGru(answer, { bend: (a) => a }),
      hint: "Nothing bends the candidate, so a state can grow without end.",
    },
    {
      seen: (answer) => close(answer(0.9, 0.6, W, U, b), answer(0.9, 0.6, W, U, open)),
      hint: "The update gate is computed, and never used: nothing of the old state is kept.",
    },
  ],
};

interface Learnt {
  W1: tf.Tensor;
  W2: tf.Tensor;
  V: tf.Tensor;
}
type Look = (
  query: tf.Tensor,
  values: tf.Tensor,
  mask: tf.Tensor,
  learnt: Learnt,
) => { weights: tf.Tensor; context: tf.Tensor };

// Two dates, four positions, states of 3 numbers, 5 hidden units: no two sizes are alike.
const [batchSize, n, h, units] = [2, 4, 3, 5];
const queries = randomRows(batchSize, h, 1);
const values = Array.from({ length: batchSize }, (_, row) => randomRows(n, h, 2 + row));
const mask = [
  [1, 1, 1, 0],
  [1, 1, 0, 0],
];
const kept = mask.map((row) => row.map((real) => real === 1));
const parameters = {
  W1: randomRows(h, units, 5),
  W2: randomRows(h, units, 6),
  v: randomRows(1, units, 7)[0].map((x) => 3 * x),
};

/** Steps one and two of notebooks 1 to 3, a row at a time. */
const scores = queries.map((query, row) => additiveScores(query, values[row], parameters));
const expectedWeights = scores.map((row, i) => softmax(row, { mask: kept[i] }));

/** What the characters have of a row's weights, as shares of what they have together. */
const amongCharacters = (weights: Matrix) =>
  weights.map((row, i) => {
    const real = row.map((weight, j) => (kept[i][j] ? weight : 0));
    return real.map((weight) => weight / sum(real));
  });

function looked(answer: Look, asked = queries) {
  const learnt = {
    W1: tf.tensor2d(parameters.W1),
    W2: tf.tensor2d(parameters.W2),
    V: tf.tensor2d(parameters.v, [units, 1]),
  };
  const { weights, context } = answer(
    tf.tensor2d(asked),
    tf.tensor3d(values),
    tf.tensor2d(mask),
    learnt,
  );
  return { weights: weights.arraySync() as Matrix, context: context.arraySync() as Matrix };
}

const look: Exercise<Look> = {
  id: "4.2",
  checks: [
    {
      claim: "each row's weights sum to 1, and padding gets nothing of it",
      points: 1,
      holds: (answer) =>
        looked(answer).weights.every(
          (row, i) =>
            close(sum(row), 1, 1e-5) && row.every((weight, j) => kept[i][j] || close(weight, 0)),
        ),
    },
    {
      claim: "the characters share among them as the additive score says",
      points: 2,
      holds: (answer) => close(amongCharacters(looked(answer).weights), expectedWeights, 1e-5),
    },
    {
      claim:
        "the context is what the encoder wrote, summed with the weights that you return: [batch, h]",
      points: 1,
      holds: (answer) => {
        const { weights, context } = looked(answer);
        const contexts = weights.map((row, i) => weightedSum(row, values[i]));
        return weights.every((row) => sum(row) > 0.1) && close(context, contexts, 1e-5);
      },
    },
  ],
  mistakes: [
    {
      seen: (answer) =>
        (looked(answer).weights as unknown[])
          .flat(2)
          .every((weight) => close(weight, 0, 1e-5) || close(weight, 1, 1e-5)),
      hint: "Every weight is 1, whatever its score. Look at the shape of what goes into softmax, and at the axis it runs along.",
    },
    {
      seen: (answer) => {
        const others = randomRows(batchSize, h, 9);
        return close(looked(answer, others).weights, looked(answer).weights, 1e-5);
      },
      hint: "Another query, and the weights stay: it drops out. What bends the sum, so that it cannot?",
    },
    {
      seen: (answer) => looked(answer).context[0].length === units,
      hint: "The context is as wide as the hidden layer: it is made of the projected values. The projections are for finding; what is handed over is what the encoder wrote.",
    },
    {
      seen: (answer) => {
        const { weights } = looked(answer);
        return weights.every(
          (row, i) => sum(row) < 0.99 && kept[i].every((real, j) => real || row[j] === 0),
        );
      },
      hint: "Padding gets 0, but what it had is lost: the rows sum to less than 1. The mask comes too late.",
    },
    {
      seen: (answer) => {
        const zeroed = scores.map((row, i) => row.map((score, j) => score * mask[i][j]));
        return close(looked(answer).weights, softmax(zeroed), 1e-5);
      },
      hint: "You give padding a score of 0, and that is not “nothing”: exp(0) is 1. Which score has exp(score) = 0?",
    },
    {
      seen: (answer) =>
        looked(answer).weights.some((row, i) =>
          row.some((weight, j) => !kept[i][j] && weight > 1e-6),
        ),
      hint: "Padding gets some of the attention.",
    },
  ],
};

/** What a decoder is made of, on plain numbers. */
interface Parts {
  embed: (id: number) => number[];
  look: (query: number[]) => number[];
  gru: (input: number[], state: number[]) => number[];
  dense: (state: number[]) => number[];
}
type Write = (ids: number[], firstState: number[], parts: Parts) => Matrix;

const layer = (width: number, units: number, seed: number) => {
  const columns = randomRows(units, width, seed);
  return (input: number[]) =>
    columns.map((column) => Math.tanh(sum(column.map((x, i) => x * input[i]))));
};

/** Parts that note which queries the attention was asked with. */
function partsOf(): { parts: Parts; asked: Matrix } {
  const asked: Matrix = [];
  const table = randomRows(6, 2, 11);
  const [context, next, logits] = [layer(3, 3, 12), layer(2 + 3 + 3, 3, 13), layer(3, 6, 14)];
  const parts: Parts = {
    embed: (id) => table[id],
    look: (query) => {
      asked.push([...query]);
      return context(query);
    },
    gru: (input, state) => next([...input, ...state]),
    dense: logits,
  };
  return { parts, asked };
}

const firstState = [0.3, -0.5, 0.8];
const ids = [1, 4, 5, 3];

/** The decoder's loop; `afresh` forgets the state, `late` scores the state before the step. */
function loop(written: number[], wrong: { late?: true; afresh?: true; contextFirst?: true } = {}) {
  const { parts, asked } = partsOf();
  let state = firstState;
  const logits = written.map((id) => {
    const [embedded, context] = [parts.embed(id), parts.look(state)];
    const before = state;
    const input = wrong.contextFirst ? [...context, ...embedded] : [...embedded, ...context];
    state = parts.gru(input, wrong.afresh ? firstState : state);
    return parts.dense(wrong.late ? before : state);
  });
  return { logits, asked };
}

function wrote(answer: Write, written = ids) {
  const { parts, asked } = partsOf();
  return { logits: answer(written, firstState, parts), asked };
}

const decoding: Exercise<Write> = {
  id: "4.3",
  checks: [
    {
      claim: "the logits at all positions are those of the loop",
      points: 2,
      holds: (answer) => close(wrote(answer).logits, loop(ids).logits),
    },
    {
      claim: "what was read first still shows at the end",
      points: 1,
      holds: (answer) => {
        const [one, other] = [ids, [2, ...ids.slice(1)]].map(
          (written) => wrote(answer, written).logits,
        );
        return finite(one[3]) && !close(other[3], one[3], 1e-4);
      },
    },
    {
      claim: "the attention is asked at each step, each time with the state of that moment",
      points: 1,
      holds: (answer) => {
        const { asked } = wrote(answer); // a last question, whose context is never used, is no fault
        return asked.length <= ids.length + 1 && close(asked.slice(0, ids.length), loop(ids).asked);
      },
    },
  ],
  mistakes: [
    {
      seen: (answer) => wrote(answer).asked.length === 1,
      hint: "The attention is asked once, before anything has been read, so all positions get the same context. Where does the question have to stand?",
    },
    {
      seen: (answer) => wrote(answer).asked.every((query) => close(query, firstState)),
      hint: "The attention is asked at each step, but always with the encoder's last state: the same question again and again. Who asks is the decoder, with the state it has now.",
    },
    {
      seen: (answer) => close(wrote(answer).logits, loop(ids, { afresh: true }).logits),
      hint: "The GRU starts afresh at each step: the state that it is given is the first one, so it forgets what it has read.",
    },
    {
      seen: (answer) => close(wrote(answer).logits, loop(ids, { late: true }).logits),
      hint: "Your logits are one step late: you score the state from before the step, which has not read this character yet.",
    },
    {
      seen: (answer) => close(wrote(answer).logits, loop(ids, { contextFirst: true }).logits),
      hint: "The GRU's parameters expect the embedding first and the context behind it.",
    },
    {
      seen: (answer) =>
        close(wrote(answer).logits, loop(ids).logits) &&
        wrote(answer).asked.length > ids.length + 1,
      hint: "The logits are right, but the attention is asked the same more than once. It is the dear part: one look a step is enough.",
    },
  ],
};

type Weigh = (query: number[], values: Matrix) => number[];
type IsReal = (weigh: Weigh, query: number[], values: Matrix) => boolean;

const loudness = (factor: number): Weigh => {
  const { W1, W2, v } = parameters;
  const louder = { W1, W2, v: v.map((x) => factor * x) };
  return (query, values) => softmax(additiveScores(query, values, louder));
};
const additive = loudness(0.2);
const loud = loudness(1.5);
const scaledDot: Weigh = (query, values) => softmax(scaledDotProductScores(query, values));
const evenly: Weigh = (_, values) => values.map(() => 1 / values.length);
const alwaysTheFirst: Weigh = (_, values) => values.map((_, j) => (j === 0 ? 1 : 0));
const ignoresQuery: Weigh = (_, values) => additive([0, 0, 0], values);
const ignoresValues: Weigh = (query, values) =>
  softmax(values.map((_, j) => sum(query.map((x, f) => x * parameters.W1[f][j]))));
/** Attention that makes its parameters at every call. */
function anew(): Weigh {
  let seed = 100;
  return (query, values) =>
    softmax(additiveScores(query, values, { ...parameters, v: randomRows(1, units, seed++)[0] }));
}

const says = (answer: IsReal, weigh: Weigh) => answer(weigh, queries[0], values[0]);
const tellsApart = (answer: IsReal, fake: Weigh) => says(answer, additive) && !says(answer, fake);

const real: Exercise<IsReal> = {
  id: "4.4",
  checks: [
    {
      claim: "three that are real pass, and one that looks everywhere alike does not",
      points: 1,
      holds: (answer) =>
        [additive, loud, scaledDot].every((one) => says(answer, one)) && !says(answer, evenly),
    },
    {
      claim: "one that ignores the query does not pass",
      points: 1,
      holds: (answer) => tellsApart(answer, ignoresQuery),
    },
    {
      claim: "one that never looks at the values does not pass",
      points: 1,
      holds: (answer) => tellsApart(answer, ignoresValues),
    },
    {
      claim: "one that makes new random parameters at every call does not pass",
      points: 1,
      holds: (answer) => tellsApart(answer, anew()),
    },
  ],
  mistakes: [
    {
      seen: (answer) => {
        const verdicts = [additive, loud, evenly, alwaysTheFirst].map((one) => says(answer, one));
        return verdicts.every((verdict) => verdict === verdicts[0]);
      },
      hint: "You say the same of every attention, be it real or not.",
    },
    {
      seen: (answer) => says(answer, alwaysTheFirst) && !says(answer, additive),
      hint: "You judge by the look of the map. A bright spot proves nothing, and a pale map disproves nothing: push, and see what moves.",
    },
    {
      seen: (answer) => says(answer, ignoresQuery) && says(answer, ignoresValues),
      hint: "You push query and values together. When the weights move, you cannot say which of the two they follow.",
    },
    {
      seen: (answer) => says(answer, additive) && !says(answer, scaledDot),
      hint: "A real attention does not pass: scaled dot products. You push all values alike, so all its scores move by the same amount, and softmax sees only differences.",
    },
    {
      seen: (answer) => says(answer, ignoresQuery),
      hint: "The weights follow what is read. Must they not also follow what is asked?",
    },
    {
      seen: (answer) => says(answer, ignoresValues),
      hint: "The weights follow what is asked. Must they not also follow what is read?",
    },
    {
      seen: (answer) => says(answer, anew()),
      hint: "One of them moves without being pushed. How would you notice?",
    },
  ],
};

export const chapter4 = [gru, look, decoding, real];
