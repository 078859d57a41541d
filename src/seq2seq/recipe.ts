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
 * The recipe for English dates, on the command line and in the notebooks: as short as it can be and
 * get more than 99 % of 2000 held-out dates right. Four epochs got 99.4 %, five 99.6 %, six 99.7 %
 * (one seed each). Steps of half the size, or larger by a third, were no better.
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
