import { ended, killGroup, spawnGroup } from "../setup/group.mjs";
import { jupyterEnvironment } from "../setup/lab.mjs";
import { root, venv } from "../setup/paths.mjs";

/**
 * Runs a command with its output passed on as it comes.
 * @param {string} command
 * @param {string[]} args
 * @param {number} minutes after which it is ended, as failed
 * @param {string} folder the venv whose Jupyter it finds
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function live(command, args, minutes, folder = venv) {
  const child = spawnGroup(command, args, { cwd: root, env: jupyterEnvironment(folder) });
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
