import type { tf } from "../../backend";
import { seq2seq } from "../../seq2seq/model";
import type { Exercise } from "../exercise";

type Freeze = (model: tf.LayersModel) => void;

const TABLE = "encoder/embedding/embeddings";

/** The names of the weights that can still move in a small model, and how many weights there are. */
function free(answer: Freeze): { names: string[]; outOf: number } {
  const sizes = { sourceVocabSize: 12, targetVocabSize: 7, embeddingDim: 3, hiddenDim: 4 };
  const model = seq2seq({ ...sizes, seed: 1 });
  try {
    answer(model);
    const names = model.trainableWeights.map(({ originalName }) => originalName);
    return { names, outOf: model.weights.length };
  } finally {
    model.dispose();
  }
}
const movesIn = (part: string, answer: Freeze) =>
  free(answer).names.filter((name) => name.startsWith(part));

export const freeze: Exercise<Freeze> = {
  id: "11.2",
  checks: [
    {
      claim: "the table of the source's characters can move, and something else cannot",
      points: 1,
      holds: (answer) => {
        const { names, outOf } = free(answer);
        return names.includes(TABLE) && names.length < outOf;
      },
    },
    {
      claim: "nothing else in the encoder can",
      points: 1,
      holds: (answer) => movesIn("encoder", answer).join() === TABLE,
    },
    {
      claim: "nothing in the decoder can, while something does in the encoder",
      points: 1,
      holds: (answer) =>
        movesIn("decoder", answer).length === 0 && movesIn("encoder", answer).length > 0,
    },
  ],
  mistakes: [
    {
      seen: (answer) => free(answer).names.length === 0,
      hint: "Nothing can move any more. A frozen part freezes all that is in it, whatever is said of a piece of it: freeze the pieces, and leave the one alone.",
    },
    {
      seen: (answer) => free(answer).names.length === free(answer).outOf,
      hint: "Nothing is frozen yet. A part is frozen when its property trainable is false.",
    },
    {
      seen: (answer) => !free(answer).names.includes(TABLE),
      hint: "It is the wrong way round: the characters' table is frozen, and the machine may move.",
    },
    {
      seen: (answer) =>
        movesIn("decoder", answer).every((name) => name.includes("embedding")) &&
        movesIn("decoder", answer).length > 0,
      hint: "There are two tables. What is new is only what is read; the decoder writes digits and hyphens as before.",
    },
    {
      seen: (answer) => movesIn("encoder", answer).length > 1,
      hint: "More than the table moves in the encoder: its GRUs and its dense layer have learnt to read, and should stay as they are.",
    },
    {
      seen: (answer) => movesIn("decoder", answer).length > 0,
      hint: "The encoder is as it should be. The decoder is another half of the machine.",
    },
  ],
};
