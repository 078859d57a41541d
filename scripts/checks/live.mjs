import { ended, killGroup, spawnGroup } from "../setup/group.mjs";
import { jupyterEnvironment } from "../setup/lab.mjs";
import { root } from "../setup/paths.mjs";

/**
 * Runs a command with its output passed on as it comes.
 * @param {string} command
 * @param {string[]} args
 * @param {number} minutes after which it is ended, as failed
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function live(command, args, minutes) {
  const child = spawnGroup(command, args, { cwd: root, env: jupyterEnvironment() });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      output += text;
      process.stdout.write(text);
    });
  }
  const limit = setTimeout(() => {
    console.log(`\nEnded: it ran for more than ${minutes} minutes.`);
    killGroup(child);
  }, minutes * 60_000);
  const status = await ended(child);
  clearTimeout(limit);
  killGroup(child);
  return { ok: status === 0, output };
}
