/**
 * @typedef {object} Cell one model at one batch size
 * @property {string} model
 * @property {number} batch
 * @property {boolean} [slow] whether slow systems take part
 * @property {boolean} [decode] whether decoding is measured with this model
 *
 * @typedef {object} Plan what is measured, and how often
 * @property {Record<string, import("./data.mjs").Sizes>} models
 * @property {Cell[]} cells
 * @property {number} steps steps a round
 * @property {number} warmUp rounds that are not counted, as graphs are made in the first
 * @property {number} rounds
 * @property {{ batch: number, repeats: number }[]} decode
 * @property {{ heldOut: number, steps: number }} [dates] the way to 99 %, measured after so many steps
 */

/** The two models of the comparison. `targetTime` counts the end. */
export const models = {
  M1: {
    sourceVocab: 64,
    targetVocab: 16,
    embeddingDim: 64,
    hiddenDim: 128,
    dropout: 0.1,
    sourceTime: 32,
    targetTime: 11,
  },
  M2: {
    sourceVocab: 4000,
    targetVocab: 4000,
    embeddingDim: 128,
    hiddenDim: 256,
    dropout: 0.1,
    sourceTime: 16,
    targetTime: 16,
  },
};

/** @type {Plan} */
export const fullPlan = {
  models,
  cells: [
    { model: "M1", batch: 64, slow: true },
    { model: "M1", batch: 128 },
    { model: "M1", batch: 256, decode: true },
    { model: "M2", batch: 64 },
  ],
  steps: 12,
  warmUp: 2,
  rounds: 6,
  decode: [
    { batch: 1, repeats: 10 },
    { batch: 256, repeats: 3 },
  ],
  dates: { heldOut: 1000, steps: 50 },
};

/** @type {Plan} */
export const quickPlan = {
  models,
  cells: [
    { model: "M1", batch: 64, slow: true, decode: true },
    { model: "M2", batch: 64 },
  ],
  steps: 6,
  warmUp: 2,
  rounds: 2,
  decode: fullPlan.decode,
};
