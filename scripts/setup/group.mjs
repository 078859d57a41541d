import { spawn } from "node:child_process";

/** @type {Set<number>} process groups that must not outlive us */
const groups = new Set();

/** Ends a command and everything it started. */
export function killGroup(/** @type {import("node:child_process").ChildProcess} */ child) {
  if (child.pid === undefined) return;
  groups.delete(child.pid);
  kill(child.pid);
}

function kill(/** @type {number} */ pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

process.on("exit", () => groups.forEach(kill));
for (const [signal, number] of /** @type {const} */ ([
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
])) {
  process.on(signal, () => {
    // While JupyterLab runs there is no group of ours, and signals are its own business: lab.mjs.
    if (groups.size > 0) process.exit(128 + number);
  });
}

// npm that is told to end does not tell us: its shell dies, and we would go on alone.
const parent = process.ppid;
if (process.env.npm_lifecycle_event) {
  setInterval(() => process.ppid !== parent && process.emit("SIGTERM"), 1000).unref();
}

/**
 * Starts a command in a process group of its own, which ends when this process does.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 */
export function spawnGroup(command, args, options) {
  const child = spawn(command, args, {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  if (child.pid !== undefined) groups.add(child.pid);
  return child;
}

/**
 * The exit status, or the signal, with which a command ends and its output is read.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<number | string | null>}
 */
export function ended(child) {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve(status ?? signal));
  });
}
