import { tf } from "../backend";
import { trainingProgress } from "../display/progress";
import type { SeededDropout } from "../layers/dropout";
import type { Pair } from "../text/pairs";
import { Adam, adamOf } from "./adam";
import {
  batchOrder,
  encodePairs,
  teacherForcing,
  tokensPerTarget,
  type Batch,
  type EncodedPair,
  type Vocabularies,
} from "./batches";
import { onInterrupt } from "./interrupt";
import { tokenAccuracy, tokenLoss } from "./loss";
import { Meter } from "./meter";
import { decoderOf, encoderOf } from "./model";

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
  /** Stop after so many epochs without a lower validation loss (default: never). */
  patience?: number;
  /** Go on with the optimizer and the step of an earlier run or of a checkpoint. */
  resume?: boolean;
  /** Who is told of each step and epoch (default: a live display). `null` for nobody. */
  progress?: TrainingProgress | null;
  /** Called after each epoch, as with a checkpoint to save; awaited. */
  onEpochEnd?: (epoch: EpochRecord) => void | Promise<void>;
  /** Stops the training within a batch, as an interrupt does. */
  signal?: AbortSignal;
}

/** What is known of an epoch when it is over. Losses are in nats a token, padding left out. */
export interface EpochRecord {
  /** Counted from 1. */
  epoch: number;
  loss: number;
  /** The share of target tokens that were right, under teacher forcing. */
  accuracy: number;
  validationLoss?: number;
  validationAccuracy?: number;
  seconds: number;
}

/** What is known after each step. */
export interface StepRecord {
  /** The epoch, counted from 1, and how many there will be. */
  epoch: number;
  epochs: number;
  /** The step within the epoch, counted from 1, and how many there are. */
  batch: number;
  batches: number;
  /** The loss of this step alone. */
  stepLoss: number;
  /** Means over the epoch so far. */
  loss: number;
  accuracy: number;
  /** Source and target characters read a second, padding left out. */
  tokensPerSecond: number;
  secondsLeft: number;
}

/** Who watches a training. */
export interface TrainingProgress {
  step(step: StepRecord): void;
  epoch(epoch: EpochRecord): void;
  end(result: TrainingResult): void;
}

export interface TrainingResult {
  history: EpochRecord[];
  /** The epoch whose weights the model now has, counted from 1. */
  epoch: number;
  /** Whether an interrupt or the signal cut the training short. */
  interrupted: boolean;
  seconds: number;
}

/**
 * Trains a model made by `seq2seq` with teacher forcing, Adam and `model.fitDataset`.
 *
 * Every epoch is measured on the validation pairs; at the end the model gets the weights of the
 * epoch with the lowest validation loss. An interrupt (Ctrl-C, or ■ in the notebook) stops it
 * within a batch, and the model keeps the weights of that moment. The same seed gives the same
 * weights, bit for bit.
 *
 * @throws Error when the loss is no number any more; and what a callback throws: the model then
 *   keeps what it has learnt.
 */
export async function train(
  model: tf.LayersModel,
  data: TrainingData,
  options: TrainOptions,
): Promise<TrainingResult> {
  const run = new Run(model, data, options);
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
  }
}

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
  private stopped = false;

  constructor(
    private readonly model: tf.LayersModel,
    private readonly data: TrainingData,
    private readonly options: TrainOptions,
  ) {
    this.batchSize = options.batchSize ?? 64;
    this.seed = options.seed ?? 0;
    this.baseRate = options.learningRate ?? 2e-3;
    this.progress = options.progress === undefined ? trainingProgress() : options.progress;
    this.pairs = this.readPairs();
    this.validation = data.validation?.length
      ? encodePairs(data.validation, data.vocabularies)
      : [];
    this.stepsPerEpoch = Math.ceil(this.pairs.length / this.batchSize);
    this.adam = compileWithAdam(model, options.resume ?? false);
  }

  stop(): void {
    this.stopped = true;
    this.model.stopTraining = true;
  }

  async fit(): Promise<TrainingResult> {
    const startedAt = performance.now();
    const startEpoch = Math.floor(this.adam.iterations / this.stepsPerEpoch);
    for (const dropout of dropoutsOf(this.model)) dropout.step = this.adam.iterations;
    if (startEpoch < this.options.epochs && !this.stopped) await this.fitDataset(startEpoch);
    const result = {
      history: this.history,
      epoch: this.keepBest(),
      interrupted: this.stopped,
      seconds: (performance.now() - startedAt) / 1000,
    };
    this.progress?.end(result);
    return result;
  }

  dispose(): void {
    tf.dispose(this.best?.weights ?? []);
    this.best = undefined;
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
          onBatchBegin: async () => this.adam.setLearningRate(this.learningRate()),
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
    for (const indices of batchOrder(this.pairs, { batchSize, seed, epoch }).slice(done)) {
      const pairs = indices.map((index) => this.pairs[index]);
      this.meter.startStep(pairs);
      yield asContainer(teacherForcing(pairs, tokensPerRow));
    }
  }

  /** The validation pairs, shortest first; an interrupt ends them early. */
  private async *validationBatches(): AsyncGenerator<BatchContainer> {
    const sorted = [...this.validation].sort((a, b) => a.source.length - b.source.length);
    const tokensPerRow = tokensPerTarget(sorted);
    for (let start = 0; start < sorted.length; start += VALIDATION_BATCH) {
      const batch = sorted.slice(start, start + VALIDATION_BATCH);
      yield asContainer(teacherForcing(batch, tokensPerRow));
      await new Promise((resolve) => setImmediate(resolve));
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
    if (!Number.isFinite(logs.loss)) {
      throw new Error(
        `train: the loss is ${logs.loss} after ${this.adam.iterations} steps: the steps were too ` +
          `large. Make the model anew, and train it with a learningRate below ${this.baseRate}.`,
      );
    }
    const { epochs } = this.options;
    this.meter.endStep(logs);
    const stepsLeft = epochs * this.stepsPerEpoch - this.adam.iterations;
    this.progress?.step({
      epoch: this.epoch + 1,
      epochs,
      batch: this.adam.iterations - this.epoch * this.stepsPerEpoch,
      batches: this.stepsPerEpoch,
      stepLoss: logs.loss,
      ...this.meter.means(),
      tokensPerSecond: this.meter.tokensPerSecond(),
      secondsLeft: stepsLeft * this.meter.secondsPerStep(),
    });
  }

  private async afterEpoch(logs: tf.Logs): Promise<void> {
    const { loss, tokenAccuracy: accuracy, val_loss: validationLoss } = logs;
    const record: EpochRecord = {
      epoch: this.epoch + 1,
      loss,
      accuracy,
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

  /** Gives the model its best weights, unless an interrupt wants those of the moment kept. */
  private keepBest(): number {
    const last = this.history[this.history.length - 1]?.epoch ?? this.epoch;
    if (this.stopped || !this.best || this.best.epoch === last) return last;
    this.model.setWeights(this.best.weights);
    return this.best.epoch;
  }
}

/** Validation needs no gradients, so larger batches than in training fit into memory. */
const VALIDATION_BATCH = 256;

/** A batch as `tf.data` types it. */
type BatchContainer = tf.TensorContainerObject;

function asContainer(batch: Batch): BatchContainer {
  return batch as unknown as BatchContainer;
}

/** Compiles the model for training; with `resume` it keeps the optimizer it has. */
function compileWithAdam(model: tf.LayersModel, resume: boolean): Adam {
  const previous = adamOf(model);
  if (resume && !previous) {
    throw new Error(
      "train: resume is true, but the model has no optimizer of an earlier training. " +
        "Load it with loadCheckpoint(dir, { resume: true }), or leave resume out.",
    );
  }
  if (!resume) previous?.dispose();
  const adam = resume && previous ? previous : new Adam();
  model.compile({ optimizer: adam, loss: tokenLoss, metrics: [tokenAccuracy] });
  return adam;
}

/** The model's dropout layers, whose masks depend on the step. */
function dropoutsOf(model: tf.LayersModel): SeededDropout[] {
  return [encoderOf(model).dropout, decoderOf(model).dropout];
}
