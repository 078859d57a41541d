import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Problem } from "../setup/problem.mjs";
import { venvPython } from "../setup/paths.mjs";

/**
 * @typedef {{ cell: number, source: string, message: string }} CellError
 * @typedef {object} Run
 * @property {number} cells how many code cells the notebook has
 * @property {number[]} seconds how long each took, in order
 * @property {CellError} [error] the cell that failed, which ended the run
 * @property {import("./notebook.mjs").Notebook} [notebook] with its outputs, when all cells ran
 */

const script = fileURLToPath(new URL("execute.py", import.meta.url));

/** @type {import("node:child_process").ChildProcess | undefined} */
let running;
let interrupted = false;
// nbclient ends its kernel when it gets SIGTERM; killed harder, it would leave the kernel behind.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => {
    interrupted = true;
    if (!running) process.exit(1);
    running.kill("SIGTERM");
  });
}

/**
 * Executes a notebook in a fresh kernel; the file stays as it is.
 *
 * @param {string} file
 * @param {(run: Run) => void} onProgress called after each cell
 * @returns {Promise<Run>}
 * @throws {Problem} when a signal ended it
 */
export async function execute(file, onProgress) {
  const folder = await mkdtemp(path.join(tmpdir(), "notebook-"));
  const result = path.join(folder, "result.ipynb");
  /** @type {Run} */
  const run = { cells: 0, seconds: [] };
  try {
    const child = spawn(venvPython, [script, file, result], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // Ctrl+C reaches it through the handler above, once
    });
    running = child;
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    const status = new Promise((resolve, reject) => {
      child.on("close", resolve);
      child.on("error", reject);
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line);
      if ("cells" in event) run.cells = event.cells;
      if ("seconds" in event) run.seconds.push(event.seconds);
      if ("error" in event) run.error = event.error;
      onProgress(run);
    }
    const code = await status;
    running = undefined;
    if (interrupted) throw new Problem("interrupted; the notebook stays as it was");
    if (code === 0) run.notebook = JSON.parse(await readFile(result, "utf8"));
    else run.error ??= { cell: 0, source: "", message: stderr.trim() };
    return run;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
