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
 * The recipe for English dates, on the command line and in the notebooks: short, for those who wait.
 * Of 2000 held-out dates it got 99.35, 99.4 or 99.5 % right, as the last bits of its sums went; five
 * epochs got 99.6 %, six 99.7 %, of one seed each. With a rate of 0.007 it got 99.2 %, with 0.012 no more
 * than with 0.009.
 */
export const dateRecipe: Recipe = {
  pairs: 32_000,
  embeddingDim: 64,
  hiddenDim: 128,
  epochs: 4,
  batchSize: 128,
  learningRate: 9e-3,
  seed: 1,
};

/** The recipe for the five other languages: more forms and more characters take longer to learn. */
export const worldRecipe: Recipe = { ...dateRecipe, epochs: 12 };
