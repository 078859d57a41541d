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

/** What is known of a training when it is over. */
export interface TrainingResult {
  /** The epochs that this training went through to their end. */
  history: EpochRecord[];
  /** The epoch whose weights the model now has, counted from 1; 0 when it has none yet. */
  epoch: number;
  /** Whether an interrupt or the signal cut the training short. */
  interrupted: boolean;
  seconds: number;
  /** True when an error ended the training. Only a progress sees that: `train` throws the error. */
  failed?: boolean;
}

/** Who watches a training. */
export interface TrainingProgress {
  step(step: StepRecord): void;
  /** Called after each epoch that was gone through to its end. */
  epoch(epoch: EpochRecord): void;
  /** Called once, also when the training was cut short or has failed. */
  end(result: TrainingResult): void;
}
