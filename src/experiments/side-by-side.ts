import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { availableCores } from "../cores";
import { checkPositiveWhole } from "../seq2seq/check";
import { onInterrupt } from "../seq2seq/interrupt";
import type { JobReport } from "./side-by-side-child";

/** How `sideBySide` runs its jobs. */
export interface SideBySideOptions<Result> {
  /** How many processes work at a time; one for each core, but no more than 2, unless given. */
  processes?: number;
  /** Called with each result as it comes, and its job's index. */
  onResult?: (result: Result, index: number) => void;
}

/**
 * Runs `run(job)`, which a module exports, for many jobs in processes of their own, each with a
 * TensorFlow of its own: trainings that do not depend on each other take half the time on two cores.
 *
 * Jobs and results travel between processes: plain objects, lists, numbers and typed arrays do, but
 * no functions, tensors or models. All processes have ended when the promise settles, and they end by
 * themselves when this one is killed.
 * @param module The absolute path of compiled JavaScript, as `__filename` or `require.resolve` give.
 * @returns The results in the order of the jobs.
 * @throws Error that names the job when one fails or its process dies; Error when it is interrupted
 *   (Ctrl-C, or ■ in the notebook); what `onResult` throws. What `onResult` was given before remains.
 */
export async function sideBySide<Job, Result>(
  module: string,
  jobs: readonly Job[],
  options: SideBySideOptions<Result> = {},
): Promise<Result[]> {
  const { processes = Math.min(2, availableCores()), onResult } = options;
  checkPositiveWhole("sideBySide", { processes });
  const results = new Map<number, Result>();
  const queue = jobs.entries();
  const work = async (process: JobProcess) => {
    for (const [index, job] of queue) {
      const result = (await process.run(job).catch((cause: unknown) => {
        throw new Error(`sideBySide: ${nameOf(job, index)}: ${String(cause)}`, { cause });
      })) as Result;
      results.set(index, result);
      onResult?.(result, index);
    }
  };
  let stop: (error: Error) => void;
  const stopped = new Promise<never>((_, reject) => (stop = reject));
  const interrupt = await onInterrupt(() =>
    stop(
      new Error(`sideBySide: interrupted; ${results.size} of the ${jobs.length} jobs were done.`),
    ),
  );
  const count = Math.min(processes, jobs.length);
  const team = Array.from({ length: count }, () => new JobProcess(module));
  try {
    await Promise.race([stopped, Promise.all(team.map(work))]);
  } finally {
    interrupt.remove();
    await Promise.all(team.map((process) => process.end()));
  }
  return jobs.map((_, index) => results.get(index)!);
}

/** `jobs[3] ({"kind":"dot","seed":1})`. */
function nameOf(job: unknown, index: number): string {
  const text = JSON.stringify(job) ?? String(job);
  return `jobs[${index}] (${text.length > 80 ? `${text.slice(0, 80)}…` : text})`;
}

/** A child process that does one job at a time. */
class JobProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  /** What waits for the job at hand. */
  private waiting?: { resolve: (result: unknown) => void; reject: (error: unknown) => void };

  constructor(module: string) {
    this.child = fork(join(__dirname, "side-by-side-child.js"), [module], {
      // Out of reach of Ctrl-C and ■, which go to the whole group: a training would take them as its
      // own, and hand in what it has learnt so far as if it were the result.
      detached: true,
      execArgv: [], // what loads TypeScript in this process is of no use there
      serialization: "advanced", // which keeps NaN, undefined and typed arrays
    });
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
    this.child.on("message", (report: JobReport) => {
      if ("error" in report) this.waiting?.reject(report.error);
      else this.waiting?.resolve(report.result);
    });
    this.child.on("exit", (code, signal) => {
      const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
      this.waiting?.reject(new Error(`its process ${how} before the job was done`));
    });
    this.child.on("error", (error) => this.waiting?.reject(error)); // it could not be started
  }

  run(job: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.child.send({ job }, (error) => error && reject(error));
    });
  }

  /** Ends the process, whatever it is doing; there is nothing in it that anybody still needs. */
  async end(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}
