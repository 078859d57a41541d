// “The article” in the documentation is an unsigned introduction to attention in Chinese, whose
// section 5 gives a Keras model: the one that this course implements and corrects; notebook 1 tells
// what it says.

export { availableCores } from "./cores";
export { Random } from "./random";

// attention: the three steps on plain numbers and mathjs matrices
export { type Numbers, type Rows } from "./attention/numbers";
export {
  type AdditiveParameters,
  additiveScores,
  dotProductScores,
  generalScores,
  scaledDotProductScores,
} from "./attention/scores";
export { softmax, type SoftmaxOptions } from "./attention/softmax";
export { weightedSum } from "./attention/weighted-sum";
export {
  attention,
  type AttentionOptions,
  type AttentionSteps,
  type ScoreFunction,
} from "./attention/attention";
export { articleDotProductScores, articleWeightedSumScores } from "./attention/article-scores";

// text: vocabularies and tab-separated files
export {
  characters,
  END,
  PAD,
  START,
  type TokenKind,
  UNKNOWN,
  Vocabulary,
  type VocabularyOptions,
} from "./text/vocabulary";
export { isWord, joinWords, words } from "./text/words";
export { type Pair, parsePairs } from "./text/pairs";
export {
  normalizeText,
  parseSentences,
  type Sentences,
  type SentencesOptions,
} from "./text/sentences";

// layers and model: section 5 of the article, in the Keras manner
export {
  Attention,
  type AttentionArgs,
  type AttentionScore,
  type Looked,
  type Memory,
} from "./layers/attention";
export {
  LocalAttention,
  type LocalAttentionArgs,
  type LocalWindow,
} from "./layers/local-attention";
export { MultiHeadAttention, type MultiHeadAttentionArgs } from "./layers/multi-head-attention";
export {
  type AttentionKind,
  attentionKinds,
  Decoder,
  type DecoderArgs,
  type DecoderStep,
} from "./layers/decoder";
export { SeededDropout, type SeededDropoutArgs } from "./layers/dropout";
export { type CoderArgs, Encoder } from "./layers/encoder";
export { GRU, type GRUArgs } from "./layers/gru";
export { useFusedKernels } from "./layers/fused/switch";
export { targets, tokenAccuracy, tokenLoss } from "./seq2seq/loss";
export { attentionModel, decoderOf, encoderOf, seq2seq, type Seq2seqArgs } from "./seq2seq/model";

// transformer: attention alone
export type { BlockArgs, StackArgs } from "./transformer/args";
export { type TransformerWeights, transformerWeights } from "./transformer/attention-weights";
export { causalMask } from "./transformer/causal-mask";
export { TransformerDecoder } from "./transformer/decoder";
export { type BlockMemory, type BlockOutput, DecoderBlock } from "./transformer/decoder-block";
export { TransformerEncoder } from "./transformer/encoder";
export { EncoderBlock } from "./transformer/encoder-block";
export { FeedForward, type FeedForwardArgs } from "./transformer/feed-forward";
export { LayerNormalization } from "./transformer/layer-normalization";
export {
  type HeadsOutput,
  type KeysAndValues,
  SequenceAttention,
  type SequenceAttentionArgs,
} from "./transformer/sequence-attention";
export { sinusoidalPositions } from "./transformer/positions";
export { transformer, type TransformerArgs } from "./transformer/transformer";

// figures: Plotly figures, and what shows them in a notebook
export { attentionMap, type Attended } from "./figures/attention-map";
export { attentionSteps } from "./figures/attention-steps";
export { type Curve, curves } from "./figures/curves";
export type { Figure } from "./figures/figure";
export { heatMap } from "./figures/heat-map";
export { figureHtml } from "./figures/html";
export { liveDisplay, type LiveContent, type LiveDisplay } from "./display/live";
export { reveal } from "./display/reveal";
export { modelDiagram } from "./figures/model-diagram";
export { show } from "./display/show";

// data: dates as people write them, short reports with their headlines
export { dateForms, type DatePair, drawDates, type DrawDatesOptions } from "./data/dates/dates";
export type { FormTable } from "./data/dates/form";
export { handwrittenDates } from "./data/dates/handwritten";
export { fullYear, readNumbers } from "./data/dates/numbers";
export { type Split, splitDates, splitOf } from "./data/dates/splits";
export { type Language, languages } from "./data/dates/words";
export {
  drawReports,
  type DrawReportsOptions,
  type ReportPair,
  type ReportSentence,
  type ReportTopic,
  reportTopics,
} from "./data/reports/reports";

// data: stories with questions
export { drawStories, type DrawStoriesOptions, type Story } from "./data/stories/stories";

// data: English sentences with their translations, and which words belong together
export {
  drawTranslations,
  type DrawTranslationsOptions,
  type TranslationLanguage,
  translationLanguages,
  type TranslationPair,
} from "./data/translation/translation";

// seq2seq: training, decoding, evaluation, checkpoints
export { Adam, adamOf } from "./seq2seq/adam";
export {
  type Batch,
  batchOrder,
  encodePairs,
  type EncodedPair,
  padRows,
  teacherForcing,
  type Vocabularies,
  type VocabulariesOptions,
  vocabulariesOf,
} from "./seq2seq/batches";
export { type Checkpoint, loadCheckpoint, saveCheckpoint } from "./seq2seq/checkpoint";
export { type BeamOptions, decodeBeam } from "./seq2seq/beam";
export {
  type Answer,
  decodeGreedy,
  translate,
  type TranslateOptions,
  type Translation,
  type Translator,
} from "./seq2seq/decode";
export { measureConfidence } from "./seq2seq/confidence";
export { type Confidence, type Familiar, Stretches } from "./seq2seq/doubt";
export {
  characterAccuracy,
  type Evaluation,
  evaluatePairs,
  type Mistake,
} from "./seq2seq/evaluate";
export { growModel } from "./seq2seq/fine-tuning";
export { dateRecipe, type Recipe } from "./seq2seq/recipe";
export { type SentenceRecipe, sentenceRecipe } from "./seq2seq/sentence-recipe";
export { type PairSplit, type SplitOptions, splitPairs } from "./seq2seq/split";
export type { EpochRecord, StepRecord, TrainingProgress, TrainingResult } from "./seq2seq/records";
export { train, type TrainingData, type TrainOptions } from "./seq2seq/train";
export { trainingProgress } from "./display/progress";

// experiments: many trainings at a time
export {
  datesInWords,
  type FineTuningJob,
  type FineTuningResult,
  fineTuningStrategies,
  type FineTuningStrategy,
  fineTuningStudy,
  freezeFor,
} from "./experiments/fine-tuning";
export {
  climbLadder,
  type LadderJob,
  type LadderMap,
  ladderRecipe,
  type LadderResult,
  type LadderScore,
  newRung,
} from "./experiments/ladder";
export { drawLetters, type LetterOrder, type LetterPair } from "./experiments/letters";
export {
  type Cost,
  costKinds,
  type CostKind,
  type CostOptions,
  measureCost,
} from "./experiments/cost";
export { crossingOf, fitExponent } from "./experiments/power-law";
export { sideBySide, type SideBySideOptions } from "./experiments/side-by-side";

// measures: how good an answer is
export {
  type Alignment,
  type Link,
  alignmentErrorRate,
  type AlignmentScore,
  linksOf,
} from "./measures/alignment";
export { bleu, type BleuScore } from "./measures/bleu";
export { type BleuTokenizer, bleuTokenizerFor } from "./measures/bleu-tokens";
export { chrf } from "./measures/chrf";
export { type Overlap, rouge, type RougeScores } from "./measures/rouge";

// exercises: what judges an answer in notebooks/exercises
export { grade } from "./exercises/grade";
