// A process of `sideBySide`: takes a job, runs it, sends back what came of it, and takes the next.

/** What the process sends for a job. */
export type JobReport = { result: unknown } | { error: Error };

const modulePath = process.argv[2];

// The process that gave the jobs is gone, so nobody waits for this one.
process.on("disconnect", () => process.exit());
process.on("uncaughtException", (error) => send({ error }, () => process.exit(1)));
process.on("message", ({ job }: { job: unknown }) => void answer(job));

async function answer(job: unknown): Promise<void> {
  try {
    send({ result: await runnerIn(modulePath)(job) });
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    send({ error });
  }
}

function send(report: JobReport, sent?: () => void): void {
  process.send!(report, undefined, undefined, sent);
}

function runnerIn(path: string): (job: unknown) => unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- its name is known only now
  const { run } = require(path) as { run?: (job: unknown) => unknown };
  if (typeof run === "function") return run;
  throw new Error(`${path} has no function "run"; export one that takes a job.`);
}
