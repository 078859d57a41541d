import type { Recipe } from "./recipe";

/** What to train with on sentences; all of it is learnt from in every epoch. */
export interface SentenceRecipe extends Omit<Recipe, "pairs"> {
  /** Of the embeddings, and of the decoder's states before its last layer. */
  dropoutRate: number;
  /** See `VocabularyOptions`, for words. */
  minCount: number;
  maxSize: number;
}

/** About how many pairs are gone through in all epochs together, and the bounds of their number. */
const PAIRS_IN_ALL = 600_000;
const EPOCHS = { least: 5, most: 30 };

/**
 * The recipe for files of sentences: many epochs for few pairs, fewer for many, so that training
 * takes a bearable time. Words that occur only once teach a model nothing; and the time of a step
 * grows with the vocabulary, above all the target's. Few pairs are soon learnt by heart; strong dropout
 * puts that off (Sennrich and Zhang 2019, arXiv 1905.11901).
 */
export function sentenceRecipe(pairs: number): SentenceRecipe {
  const epochs = Math.round(PAIRS_IN_ALL / pairs);
  return {
    embeddingDim: 128,
    hiddenDim: 256,
    dropoutRate: 0.4,
    epochs: Math.min(EPOCHS.most, Math.max(EPOCHS.least, epochs)),
    batchSize: 64,
    learningRate: 2e-3,
    seed: 1,
    minCount: 2,
    maxSize: 8000,
  };
}
