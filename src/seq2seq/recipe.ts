/** What to train with: the sizes of the model, and how long and how fast it learns. */
export interface Recipe {
  /** How many pairs are drawn for each epoch, where pairs are drawn. */
  pairs: number;
  embeddingDim: number;
  hiddenDim: number;
  epochs: number;
  batchSize: number;
  learningRate: number;
  seed: number;
}

/**
 * The recipe for English dates, on the command line and in the notebooks: of four that
 * were tried, the only one that got more than 99.5 % of the held-out dates right.
 */
export const dateRecipe: Recipe = {
  pairs: 32_000,
  embeddingDim: 64,
  hiddenDim: 128,
  epochs: 6,
  batchSize: 64,
  learningRate: 4e-3,
  seed: 1,
};
