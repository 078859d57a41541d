import { curves } from "../figures/curves";
import type { EpochRecord, StepRecord, TrainingProgress, TrainingResult } from "../seq2seq/records";
import type { Vocabulary } from "../text/vocabulary";
import { inKernel } from "./kernel";
import { liveDisplay, type LiveDisplay } from "./live";

/**
 * Shows a training while it runs: epoch, loss, accuracy, validation, time left and speed.
 *
 * In a terminal it is a line that is rewritten, and one that stays for each epoch. In a notebook it
 * is a table that is updated in place, and below it the curves of the losses.
 * @param tokenName What the model writes one after the other; `"character"` unless given.
 */
export function trainingProgress(
  tokenName: Vocabulary["tokenName"] = "character",
): TrainingProgress {
  return inKernel() ? new NotebookProgress(tokenName) : new TerminalProgress();
}

class TerminalProgress implements TrainingProgress {
  private line: LiveDisplay | undefined;

  step(step: StepRecord): void {
    this.line ??= liveDisplay();
    this.line.update({ text: stepText(step) });
  }

  epoch(epoch: EpochRecord): void {
    (this.line ?? liveDisplay()).finish({ text: epochText(epoch) });
    this.line = undefined;
  }

  end(result: TrainingResult): void {
    // In the place of the line of an epoch that was cut off.
    (this.line ?? liveDisplay()).finish({ text: endText(result) });
  }
}

/** How many points the curve of the training loss has for each epoch. */
const POINTS_AN_EPOCH = 10;

class NotebookProgress implements TrainingProgress {
  private readonly table = liveDisplay();
  private chart: LiveDisplay | undefined;
  private readonly epochs: EpochRecord[] = [];
  private readonly points: { x: number[]; y: number[] } = { x: [], y: [] };
  private recent: number[] = [];

  constructor(private readonly tokenName: string) {}

  step(step: StepRecord): void {
    this.table.update(this.state(stepText(step)));
    this.recent.push(step.stepLoss);
    if (this.recent.length < step.batches / POINTS_AN_EPOCH && step.batch < step.batches) return;
    this.points.x.push(step.epoch - 1 + step.batch / step.batches);
    this.points.y.push(mean(this.recent));
    this.recent = [];
    this.chart ??= liveDisplay();
    this.chart.update(this.curves());
  }

  epoch(epoch: EpochRecord): void {
    this.epochs.push(epoch);
  }

  end(result: TrainingResult): void {
    this.table.finish(this.state(endText(result)));
    this.chart?.finish(this.curves());
  }

  private state(text: string) {
    const lines = [...this.epochs.map(epochText), text];
    const html = `<pre>${lines.join("\n")}</pre>`;
    return { text: lines.join("\n"), html };
  }

  private curves() {
    const validated = this.epochs.filter((epoch) => epoch.validationLoss !== undefined);
    const figure = curves({
      title: "Loss while training",
      xTitle: "epoch",
      yTitle: `loss (nats a ${this.tokenName})`,
      logScale: true,
      lines: [
        { name: "training", ...this.points },
        ...(validated.length > 0
          ? [
              {
                name: "validation",
                x: validated.map((epoch) => epoch.epoch),
                y: validated.map((epoch) => epoch.validationLoss!),
              },
            ]
          : []),
      ],
    });
    return { text: figure.alt, figure };
  }
}

function stepText(step: StepRecord): string {
  const { epoch, epochs, batch, batches, loss, accuracy } = step;
  const done = (epoch - 1 + batch / batches) / epochs;
  return [
    `${bar(done)} epoch ${epoch}/${epochs}`,
    `loss ${loss.toFixed(4)}`,
    `accuracy ${percent(accuracy)}`,
    `${duration(step.secondsLeft)} left`,
    `${Math.round(step.tokensPerSecond)} tokens/s`,
  ].join(" · ");
}

function epochText(record: EpochRecord): string {
  const { epoch, loss, accuracy, validationLoss, validationAccuracy, seconds } = record;
  const validation =
    validationLoss === undefined
      ? []
      : [`validation ${validationLoss.toFixed(4)}, ${percent(validationAccuracy!)}`];
  return [
    `epoch ${String(epoch).padStart(2)}`,
    `loss ${loss.toFixed(4)}, ${percent(accuracy)}`,
    ...validation,
    duration(seconds),
  ].join(" · ");
}

function endText({ history, epoch, interrupted, failed, seconds }: TrainingResult): string {
  const time = duration(seconds);
  if (failed) return `Failed after ${time}.`;
  if (interrupted) return `Interrupted after ${time}; the model keeps what it has learnt.`;
  const last = history[history.length - 1]?.epoch;
  if (last === undefined) return "Nothing to do: all epochs were already done.";
  return epoch === last
    ? `Trained in ${time}.`
    : `Trained in ${time}; the model has its best weights, those of epoch ${epoch}.`;
}

function bar(done: number): string {
  const full = Math.round(done * 20);
  return "█".repeat(full) + "░".repeat(20 - full);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** 75 → "1 min 15 s" */
function duration(seconds: number): string {
  const rounded = Math.round(seconds);
  const minutes = Math.floor(rounded / 60);
  if (minutes > 0) return `${minutes} min ${rounded % 60} s`;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${rounded} s`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
