import { spawn } from "node:child_process";
import { noteChild } from "./lock.mjs";
import { root } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { Progress } from "./progress.mjs";

const KEPT_LINES = 25;

/** @type {Set<number>} process groups that must not outlive us */
const groups = new Set();

function killGroup(/** @type {number} */ pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

process.on("exit", () => groups.forEach(killGroup));
for (const [signal, number] of /** @type {const} */ ([
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
])) {
  process.on(signal, () => {
    // While JupyterLab runs (no group of ours), signals are its own business: see start.mjs.
    if (groups.size > 0) process.exit(128 + number);
  });
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] added to our own environment
 * @property {(line: string, progress: Progress) => void} [onLine] reads each line of its output
 * @property {number} [silence] seconds after which a command that shows no life is given up
 * @property {(progress: Progress) => unknown} [pulse] asked each second; a new value is a sign of
 *   life. Without it each line of output is one.
 */

/**
 * Runs a command to its end, with progress and without its chatter.
 * @param {string} task what it does, for messages: "npm ci"
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} its last lines
 * @throws {Problem} when it cannot start, fails, or is silent for too long
 */
export async function run(task, command, args, options = {}) {
  const progress = new Progress();
  /** @type {string[]} */
  const lines = [];
  let life = Date.now();
  let gaveUp = false;
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a process group of its own, so that its children end with it
  });
  if (child.pid !== undefined) {
    groups.add(child.pid);
    noteChild(child.pid);
  }
  const read = (/** @type {import("node:stream").Readable} */ stream) => {
    let rest = "";
    stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      const parts = (rest + text).split(/\r\n|\n|\r/);
      rest = parts.pop() ?? "";
      for (const line of parts) {
        if (!options.pulse) life = Date.now();
        lines.push(line);
        if (lines.length > KEPT_LINES) lines.shift();
        options.onLine?.(line, progress);
      }
    });
  };
  read(child.stdout);
  read(child.stderr);

  let lastPulse = options.pulse?.(progress);
  const watch = setInterval(() => {
    const pulse = options.pulse?.(progress);
    if (pulse !== lastPulse) {
      lastPulse = pulse;
      life = Date.now();
    }
    if (options.silence && Date.now() - life > options.silence * 1000 && child.pid !== undefined) {
      gaveUp = true;
      killGroup(child.pid);
    }
  }, 1000);
  try {
    const code = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status, signal) => resolve(status ?? signal));
    });
    const output = lines.join("\n");
    if (gaveUp) throw new Problem(`${task}: given up after ${options.silence} s without a byte.`);
    if (code !== 0)
      throw new Problem(`${task} failed (${code}); its last lines stand above.`, output);
    return output;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      `${task}: could not start ${command}: ${/** @type {Error} */ (error).message}`,
    );
  } finally {
    clearInterval(watch);
    progress.end();
    if (child.pid !== undefined) {
      killGroup(child.pid); // whatever it left in the background
      groups.delete(child.pid);
    }
    noteChild(undefined);
  }
}
