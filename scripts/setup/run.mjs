import { ended, killGroup, spawnGroup } from "./group.mjs";
import { noteChild } from "./lock.mjs";
import { root } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { Progress } from "./progress.mjs";

const KEPT_LINES = 25;

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
  const child = spawnGroup(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
  });
  noteChild(child.pid);
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
    if (options.silence && Date.now() - life > options.silence * 1000) {
      gaveUp = true;
      killGroup(child);
    }
  }, 1000);
  try {
    const code = await ended(child);
    const output = lines.join("\n");
    if (gaveUp)
      throw new Problem(`${task}: given up after ${options.silence} s without a byte.`, output);
    if (code !== 0) throw new Problem(`${task} failed (${code}).`, output);
    return output;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      `${task}: could not start ${command}: ${/** @type {Error} */ (error).message}`,
    );
  } finally {
    clearInterval(watch);
    progress.end();
    killGroup(child); // whatever it left in the background
    noteChild(undefined);
  }
}
