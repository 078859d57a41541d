import {
  attention,
  type SequenceAttention,
  transformer,
  type TransformerArgs,
} from "attention-lab";
import type * as tf from "@tensorflow/tfjs-node";
import { denseByHand, randomiseWeights } from "./layer-helpers";

export const tinySizes = {
  sourceVocabSize: 9,
  targetVocabSize: 8,
  modelDim: 6,
  heads: 2,
  feedForwardDim: 5,
  numLayers: 2,
} as const;

/** A tiny transformer whose weights are far from their initial values. */
export function livelyTransformer(args: Partial<TransformerArgs> = {}): tf.LayersModel {
  const model = transformer({ ...tinySizes, ...args });
  randomiseWeights(model);
  return model;
}

/** Multi-head attention on plain numbers, by the helper of notebook 3, for each head by itself. */
export function headsByHand(
  layer: SequenceAttention,
  x: number[][],
  y: number[][],
  mask?: boolean[][],
): { output: number[][]; weights: number[][][] } {
  const [queries, keys, values] = [
    x.map((row) => denseByHand(row, layer.Wq)),
    y.map((row) => denseByHand(row, layer.Wk)),
    y.map((row) => denseByHand(row, layer.Wv)),
  ];
  const width = layer.modelDim / layer.heads;
  const heads = Array.from({ length: layer.heads }, (_, head) => {
    const part = (rows: number[][]) =>
      rows.map((row) => row.slice(head * width, (head + 1) * width));
    return attention(part(queries), part(keys), part(values), { mask });
  });
  const joined = x.map((_, i) => heads.flatMap(({ context }) => context[i]));
  return {
    output: joined.map((row) => denseByHand(row, layer.Wo)),
    weights: heads.map(({ weights }) => weights),
  };
}

/** Mean 0 and variance 1, then γ and β, on plain numbers. */
export function normalisedByHand(row: number[], gamma: number[], beta: number[]): number[] {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length;
  return row.map((x, i) => (gamma[i] * (x - mean)) / Math.sqrt(variance + 1e-5) + beta[i]);
}
