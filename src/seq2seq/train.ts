import { tf } from "../backend";
import { trainingProgress } from "../display/progress";
import type { Pair } from "../text/pairs";
import { Adam, adamOf } from "./adam";
import {
  batchOrder,
  encodePairs,
  measuringBatches,
  teacherForcing,
  tokensPerTarget,
  type Batch,
  type EncodedPair,
  type Vocabularies,
} from "./batches";
import { checkPositiveWhole } from "./check";
import { setDropouts } from "./dropouts";
import { onInterrupt } from "./interrupt";
import { tokenAccuracy, tokenLoss } from "./loss";
import { Meter } from "./meter";
import { Team } from "./parallel/team";
import type { EpochRecord, TrainingProgress, TrainingResult } from "./records";

/** What a model learns from. */
export interface TrainingData {
  /**
   * The pairs of every epoch; or, where pairs can be drawn without end, a function that gives those
   * of an epoch (counted from 1), as many for each. Then no pair can be learnt by heart.
   */
  train: readonly Pair[] | ((epoch: number) => readonly Pair[]);
  /** Pairs with other sources than `train`, on which each epoch is measured. */
  validation?: readonly Pair[];
  vocabularies: Vocabularies;
}

export interface TrainOptions {
  /** How often to go through all pairs. */
  epochs: number;
  /** Pairs a step (default 64). */
  batchSize?: number;
  /** Adam's step size at the start; it falls along half a cosine to 0 (default 0.002). */
  learningRate?: number;
  /** Seed of the order of batches (default 0); dropout and initial weights have the model's. */
  seed?: number;
  /**
   * How many threads learn together, each from a part of every batch (default 1): at most one for
   * each core. One thread uses two cores already from 64 rows on, so on two cores a second
   * one gains little (bench/README.md). They come to the same weights as one does, but for the rounding
   * of sums; with the same number of workers, bit for bit.
   */
  workers?: number;
  /** Whether texts of about the same length share a batch, which saves padding (default true). */
  bucketing?: boolean;
  /** Stop after so many epochs without a lower validation loss (default: never). */
  patience?: number;
  /**
   * Go on with the optimizer and the step of an earlier run that was cut short, or of a checkpoint.
   * Give the options and as many pairs as it had. The earlier epochs' weights are not kept, so the
   * best epoch and the patience count from here on.
   */
  resume?: boolean;
  /** Who is told of each step and epoch (default: a live display). `null` for nobody. */
  progress?: TrainingProgress | null;
  /** Called after each epoch that was gone through to its end, as to save a checkpoint; awaited. */
  onEpochEnd?: (epoch: EpochRecord) => void | Promise<void>;
  /** Stops the training within a batch, as an interrupt does. */
  signal?: AbortSignal;
}

/**
 * Trains a model made by `seq2seq` or `transformer` with teacher forcing, Adam and
 * `model.fitDataset`.
 *
 * Every epoch is measured on the validation pairs; at the end the model gets the weights of the
 * epoch with the lowest validation loss (of this run's epochs, where it resumes an earlier one). An
 * interrupt (Ctrl-C, or ■ in the notebook) stops it within a batch, and the model keeps the weights
 * of that moment. The same seed gives the same weights, bit for bit,
 * unless another training in the same process has workers meanwhile.
 *
 * @throws Error when an option is no number it can be, when `resume` finds no earlier training or
 *   one with another number of steps an epoch, when the loss is no number any more, and with
 *   workers when one fails or no weight learns; and what a callback throws: the model then keeps what it has learnt.
 */
export async function train(
  model: tf.LayersModel,
  data: TrainingData,
  options: TrainOptions,
): Promise<TrainingResult> {
  if (inTraining.has(model)) {
    throw new Error("train: this model is being trained already; await that training first.");
  }
  const run = new Run(model, data, options);
  inTraining.add(model);
  const interrupt = await onInterrupt(() => run.stop());
  const abort = () => run.stop();
  options.signal?.addEventListener("abort", abort);
  if (options.signal?.aborted) run.stop();
  try {
    return await run.fit();
  } finally {
    interrupt.remove();
    options.signal?.removeEventListener("abort", abort);
    run.dispose();
    inTraining.delete(model);
  }
}

const inTraining = new WeakSet<tf.LayersModel>();

/** One call of `train`. */
class Run {
  private readonly batchSize: number;
  private readonly seed: number;
  private readonly baseRate: number;
  private readonly adam: Adam;
  private readonly validation: EncodedPair[];
  private readonly stepsPerEpoch: number;
  private readonly progress: TrainingProgress | null;
  private readonly history: EpochRecord[] = [];
  private readonly meter = new Meter();
  private best: { epoch: number; loss: number; weights: tf.Tensor[] } | undefined;
  /** The epoch that is going on, counted from 0 as tfjs does, and its pairs. */
  private epoch = 0;
  private pairs: EncodedPair[];
  /** The workers, while they are at work. */
  private team: Team | undefined;
  private stopped = false;

  constructor(
    private readonly model: tf.LayersModel,
    private readonly data: TrainingData,
    private readonly options: TrainOptions,
  ) {
    this.batchSize = options.batchSize ?? 64;
    this.seed = options.seed ?? 0;
    this.baseRate = options.learningRate ?? 2e-3;
    this.checkOptions();
    const { tokenName } = data.vocabularies.target;
    this.progress = options.progress === undefined ? trainingProgress(tokenName) : options.progress;
    this.pairs = this.readPairs();
    this.validation = data.validation?.length
      ? encodePairs(data.validation, data.vocabularies, { heldOut: true })
      : [];
    this.stepsPerEpoch = Math.ceil(this.pairs.length / this.batchSize);
    this.adam = compileWithAdam(model, this.stepsPerEpoch, options.resume ?? false);
  }

  private checkOptions(): void {
    const { epochs, patience = 1, workers = 1 } = this.options;
    checkPositiveWhole("train", { epochs, batchSize: this.batchSize, patience, workers });
    if (this.baseRate > 0 && this.baseRate < Infinity) return;
    throw new Error(`train: learningRate is ${this.baseRate}; give a number above 0, as 0.002.`);
  }

  stop(): void {
    this.stopped = true;
    this.model.stopTraining = true;
  }

  async fit(): Promise<TrainingResult> {
    const startedAt = performance.now();
    const result = (epoch: number): TrainingResult => ({
      history: this.history,
      epoch,
      interrupted: this.stopped,
      seconds: (performance.now() - startedAt) / 1000,
    });
    const startEpoch = Math.floor(this.adam.iterations / this.stepsPerEpoch);
    setDropouts(this.model, { step: this.adam.iterations, firstRow: 0 });
    try {
      if (startEpoch < this.options.epochs && !this.stopped) await this.fitTogether(startEpoch);
    } catch (error) {
      this.progress?.end({ ...result(this.currentEpoch()), failed: true });
      throw error;
    }
    const end = result(this.keepBest());
    this.progress?.end(end);
    return end;
  }

  dispose(): void {
    tf.dispose(this.best?.weights ?? []);
    this.best = undefined;
  }

  /** `fitDataset`, with the workers at hand. */
  private async fitTogether(initialEpoch: number): Promise<void> {
    const { workers = 1 } = this.options;
    if (workers > 1) this.team = await Team.start(this.model, this.adam, workers);
    try {
      if (!this.stopped) await this.fitDataset(initialEpoch);
    } finally {
      await this.team?.close();
    }
  }

  private async fitDataset(initialEpoch: number): Promise<void> {
    await this.model.fitDataset(
      tf.data.generator(() => this.epochBatches()),
      {
        epochs: this.options.epochs,
        initialEpoch,
        verbose: 0,
        // Lets interrupts and displays in after every step.
        yieldEvery: "batch",
        validationData: this.validation.length
          ? tf.data.generator(() => this.validationBatches())
          : undefined,
        callbacks: {
          onEpochBegin: async (epoch) => {
            this.startEpoch(epoch);
          },
          onBatchEnd: async (_, logs) => this.afterStep(logs!),
          onEpochEnd: async (_, logs) => this.afterEpoch(logs!),
        },
      },
    );
  }

  private startEpoch(epoch: number): void {
    this.meter.startEpoch();
    if (epoch === this.epoch) return;
    const { length } = this.pairs;
    this.epoch = epoch;
    if (typeof this.data.train !== "function") return;
    this.pairs = this.readPairs();
    if (this.pairs.length === length) return;
    throw new Error(
      `train: data.train gives ${this.pairs.length} pairs for epoch ${epoch + 1}, but ${length} ` +
        `for an earlier one; give as many for each.`,
    );
  }

  private readPairs(): EncodedPair[] {
    const { train, vocabularies } = this.data;
    return encodePairs(typeof train === "function" ? train(this.epoch + 1) : train, vocabularies);
  }

  /** The batches of the epoch that an earlier run has not yet done. */
  private *epochBatches(): Generator<BatchContainer> {
    const { batchSize, seed, epoch } = this;
    const done = this.adam.iterations - epoch * this.stepsPerEpoch;
    const tokensPerRow = tokensPerTarget(this.pairs);
    const order = { batchSize, seed, epoch, bucketing: this.options.bucketing };
    for (const indices of batchOrder(this.pairs, order).slice(done)) {
      const pairs = indices.map((index) => this.pairs[index]);
      const rate = this.learningRate();
      this.meter.startStep(pairs);
      this.adam.setLearningRate(rate);
      const batch = this.team?.begin(pairs, tokensPerRow, rate);
      yield asContainer(batch ?? teacherForcing(pairs, tokensPerRow));
    }
  }

  /** The validation pairs; an interrupt ends them early. */
  private async *validationBatches(): AsyncGenerator<BatchContainer> {
    const { size } = this.data.vocabularies.target;
    for await (const batch of measuringBatches(this.validation, size)) {
      yield asContainer(batch);
      if (this.stopped) return;
    }
  }

  /** Half a cosine from the base rate down to 0 over all steps of all epochs. */
  private learningRate(): number {
    const progress = this.adam.iterations / (this.options.epochs * this.stepsPerEpoch);
    return (this.baseRate * (1 + Math.cos(Math.PI * Math.min(1, progress)))) / 2;
  }

  private afterStep(logs: tf.Logs): void {
    // tfjs clears the flag when it starts, and may miss an interrupt that came before.
    if (this.stopped) this.model.stopTraining = true;
    const others = this.team?.finish() ?? { loss: 0, accuracy: 0 };
    const loss = logs.loss + others.loss;
    if (!Number.isFinite(loss)) {
      throw new Error(
        `train: the loss is ${loss} after ${this.adam.iterations} steps: the steps were too ` +
          `large. Make the model anew, and train it with a learningRate below ${this.baseRate}.`,
      );
    }
    const { epochs } = this.options;
    this.meter.endStep({ loss, accuracy: logs.tokenAccuracy + others.accuracy });
    const stepsLeft = epochs * this.stepsPerEpoch - this.adam.iterations;
    this.progress?.step({
      epoch: this.epoch + 1,
      epochs,
      batch: this.adam.iterations - this.epoch * this.stepsPerEpoch,
      batches: this.stepsPerEpoch,
      stepLoss: loss,
      ...this.meter.means(),
      tokensPerSecond: this.meter.tokensPerSecond(),
      secondsLeft: stepsLeft * this.meter.secondsPerStep(),
    });
  }

  private async afterEpoch(logs: tf.Logs): Promise<void> {
    // An epoch that an interrupt cut off is told of when it is done, by the training that resumes.
    if (this.adam.iterations < (this.epoch + 1) * this.stepsPerEpoch) return;
    const { val_loss: validationLoss } = logs;
    const record: EpochRecord = {
      epoch: this.epoch + 1,
      ...this.meter.means(),
      // An interrupt cuts the validation short: what it measured is not the set's.
      ...(this.validation.length > 0 && !this.stopped
        ? { validationLoss, validationAccuracy: logs.val_tokenAccuracy }
        : {}),
      seconds: this.meter.epochSeconds(),
    };
    this.history.push(record);
    this.progress?.epoch(record);
    this.rememberBest(record);
    await this.options.onEpochEnd?.(record);
  }

  private rememberBest({ epoch, validationLoss }: EpochRecord): void {
    if (validationLoss === undefined) return;
    if (!this.best || validationLoss < this.best.loss) {
      this.dispose();
      const weights = this.model.getWeights().map((weight) => weight.clone());
      this.best = { epoch, loss: validationLoss, weights };
    } else if (epoch - this.best.epoch >= (this.options.patience ?? Infinity)) {
      this.model.stopTraining = true;
    }
  }

  /** The epoch of the last step that was taken, counted from 1; 0 before the first step. */
  private currentEpoch(): number {
    return Math.ceil(this.adam.iterations / this.stepsPerEpoch);
  }

  /** Gives the model its best weights, unless an interrupt wants those of the moment kept. */
  private keepBest(): number {
    const last = this.currentEpoch();
    if (this.stopped || !this.best || this.best.epoch === last) return last;
    this.model.setWeights(this.best.weights);
    return this.best.epoch;
  }
}

/** A batch as `tf.data` types it. */
type BatchContainer = tf.TensorContainerObject;

function asContainer(batch: Batch): BatchContainer {
  return batch as unknown as BatchContainer;
}

/** Compiles the model for training; with `resume` it keeps the optimizer it has. */
function compileWithAdam(model: tf.LayersModel, stepsPerEpoch: number, resume: boolean): Adam {
  const previous = adamOf(model);
  if (resume && !previous) {
    throw new Error(
      "train: resume is true, but the model has no optimizer of an earlier training. " +
        "Load it with loadCheckpoint(dir, { resume: true }), or leave resume out.",
    );
  }
  const earlier = previous?.stepsPerEpoch;
  if (resume && earlier !== undefined && earlier !== stepsPerEpoch) {
    throw new Error(
      `train: resume is true, but the earlier training had ${earlier} steps an epoch, and this one ` +
        `has ${stepsPerEpoch}. Give the same batchSize and as many pairs as before.`,
    );
  }
  if (!resume) previous?.dispose();
  const adam = resume && previous ? previous : new Adam();
  adam.stepsPerEpoch = stepsPerEpoch;
  model.compile({ optimizer: adam, loss: tokenLoss, metrics: [tokenAccuracy] });
  return adam;
}
