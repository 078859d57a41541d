import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readJson, writeWhole } from "./files.mjs";
import { cache, root, shown } from "./paths.mjs";
import { Problem } from "./problem.mjs";

const file = path.join(cache, "setup.lock");
const PATIENCE_S = 600;

let mine = false;

/** Notes the command that set-up is running, which may outlive a set-up that was killed outright. */
export function noteChild(/** @type {number | undefined} */ child) {
  if (mine) writeWhole(file, JSON.stringify({ pid: process.pid, child }));
}

/** Whether `pid` is a process that works in this clone: numbers are used again. */
function alive(/** @type {number | undefined} */ pid) {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return `${fs.readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${root}/`);
  } catch {
    return process.platform !== "linux";
  }
}

/**
 * Runs `work` while no other set-up of this clone runs; waits for one that does.
 * @template T
 * @param {() => Promise<T>} work
 */
export async function alone(work) {
  for (let waited = 0; ; waited++) {
    const other = readJson(file);
    const pid = [other?.pid, other?.child].find(alive);
    if (pid === undefined) break;
    if (waited === 0)
      console.log(`Another set-up (process ${pid}) is at work here; waiting for it.`);
    if (waited === PATIENCE_S) {
      throw new Problem(
        `another set-up (process ${pid}) has been at work for ${PATIENCE_S / 60} minutes; ` +
          `end it, or delete ${shown(file)} if it is none, then run this again.`,
      );
    }
    await sleep(1000);
  }
  mine = true;
  noteChild(undefined);
  try {
    return await work();
  } finally {
    mine = false;
    fs.rmSync(file, { force: true });
  }
}
