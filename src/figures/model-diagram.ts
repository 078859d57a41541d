import { diagram } from "./diagram";
import type { Figure } from "./figure";

/**
 * The sequence-to-sequence model of this course as a diagram: encoder on the left, decoder on the
 * right, attention between them. n: source length, m: target length, h: `hiddenDim`.
 */
export function modelDiagram(): Figure {
  return diagram({
    boxes: {
      source: {
        at: [100, 40],
        lines: ["encoder inputs", "[batch, n]"],
        hover: "The ids of the source's characters, padded to the longest row.",
      },
      sourceEmbedding: {
        at: [100, 120],
        lines: ["Embedding, Dropout", "[batch, n, embedding]"],
        hover: "Each id becomes a row of a table of learnt numbers.",
        color: 0,
      },
      reader: {
        at: [100, 200],
        lines: ["GRU", "[batch, n, h]"],
        hover: "Reads from left to right and carries a state along.",
        color: 0,
      },
      outputs: {
        at: [100, 300],
        lines: ["Dense", "[batch, n, h]"],
        hover: "One vector for each source position: the keys and values of the attention.",
        color: 0,
      },
      writer: {
        at: [400, 200],
        lines: ["GRU", "[batch, h]"],
        hover: "Carries the writer's state from one character to the next.",
        color: 1,
      },
      attention: {
        at: [400, 300],
        lines: ["Attention", "scores, softmax, sum"],
        hover: "Scores every source position for the query, and mixes the values.",
        color: 2,
      },
      concatenate: {
        at: [710, 300],
        lines: ["Concatenate", "[batch, embedding + h]"],
        hover: "The character written last, and what was found in the source, side by side.",
        color: 1,
      },
      scores: {
        at: [710, 200],
        lines: ["Dense", "[batch, vocab]"],
        hover: "One number for each character that could be written next: the logits.",
        color: 1,
      },
      logits: {
        at: [710, 95],
        lines: ["logits", "[batch, m, vocab]"],
        hover: "First output: softmax turns them into the probabilities of the next character.",
      },
      weights: {
        at: [400, 400],
        lines: ["attention_weights", "[batch, m, n]"],
        hover: "Second output: a row for each written character, a column for each one read.",
      },
      targetEmbedding: {
        at: [710, 400],
        lines: ["Embedding, Dropout", "[batch, m, embedding]"],
        hover: "A table of its own: the target has another vocabulary.",
        color: 1,
      },
      target: {
        at: [710, 480],
        lines: ["decoder inputs", "[batch, m]"],
        hover: "The target's characters, moved one place to the right behind a start token.",
      },
    },
    arrows: [
      { from: "source", to: "sourceEmbedding" },
      { from: "sourceEmbedding", to: "reader" },
      { from: "reader", to: "outputs" },
      { from: "reader", to: "writer", text: "last state" },
      { from: "outputs", to: "attention", text: "keys, values" },
      { from: "writer", to: "attention", text: "query:\nprevious state" },
      { from: "attention", to: "concatenate", text: "context" },
      { from: "concatenate", to: "writer" },
      { from: "target", to: "targetEmbedding" },
      { from: "targetEmbedding", to: "concatenate" },
      { from: "writer", to: "scores", text: "new state" },
      { from: "scores", to: "logits" },
      { from: "attention", to: "weights" },
    ],
    frame: {
      around: ["writer", "attention", "concatenate", "scores"],
      text: "once for each target position",
    },
    alt:
      "Diagram of the model. Encoder: inputs, embedding, GRU, dense layer. Decoder, once for each " +
      "target position: the GRU's previous state is the query; attention compares it with the " +
      "encoder's outputs and gives a context; context and embedding of the last character go into " +
      "the GRU, whose new state a dense layer turns into logits. The encoder's last state starts the " +
      "decoder's GRU. The attention weights leave as a second output.",
  });
}
