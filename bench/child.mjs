import { spawn } from "node:child_process";
import fs from "node:fs";
import { createInterface } from "node:readline";
import { root } from "../scripts/setup/paths.mjs";
import { Problem } from "../scripts/setup/problem.mjs";

/** @typedef {import("./systems.mjs").Entry} Entry */

/** Settings that importing our package makes in this process, and that no other system shall inherit. */
const OURS = { TF_NUM_INTRAOP_THREADS: undefined };

/** How many of its last lines on stderr are shown when a system fails. */
const KEPT_LINES = 12;

/** A system that runs in a process of its own and does what it is told, one thing at a time. */
export class Child {
  /** @type {string[]} */
  #errors = [];
  /** @type {(line: string | undefined) => void} */
  #answer = () => {};

  constructor(/** @type {Entry} */ entry) {
    this.entry = entry;
    this.name = [entry.system, entry.variant].join(" · ");
    this.process = spawn(entry.command, entry.args, {
      cwd: root,
      env: { ...process.env, ...OURS, ...entry.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.process.stdin.on("error", () => {}); // it has died: the missing answer says so
    this.process.on("error", (error) => this.#errors.push(error.message));
    this.process.on("close", () => this.#answer(undefined));
    createInterface({ input: this.process.stdout }).on("line", (line) => this.#answer(line));
    createInterface({ input: this.process.stderr }).on("line", (line) => {
      this.#errors.push(line);
      if (this.#errors.length > KEPT_LINES) this.#errors.shift();
    });
    /** @type {Promise<import("./systems/common.mjs").About>} */
    this.about = this.#next();
    this.about.catch(() => {}); // told to whoever awaits it
  }

  /**
   * The next line that it answers, as an object.
   * @returns {Promise<any>}
   */
  async #next() {
    const dead = this.process.exitCode !== null || this.process.signalCode !== null;
    /** @type {string | undefined} */
    const line = dead ? undefined : await new Promise((resolve) => (this.#answer = resolve));
    this.#answer = () => {};
    if (line !== undefined) return JSON.parse(line);
    const { signalCode, exitCode } = this.process;
    throw new Problem(
      `${this.name} ended (${signalCode ?? `exit status ${exitCode}`}) before it answered.`,
      this.#errors.join("\n"),
    );
  }

  /**
   * Gives a command (see systems/common.mjs) and waits for the answer.
   * @param {"open" | "train" | "decode" | "evaluate"} cmd
   * @param {object} [request]
   */
  ask(cmd, request = {}) {
    const answer = this.#next();
    this.process.stdin.write(`${JSON.stringify({ cmd, ...request })}\n`);
    return answer;
  }

  /** The seconds of processor time it has used; 0 where the system does not tell. */
  cpuSeconds() {
    try {
      const fields = fs
        .readFileSync(`/proc/${this.process.pid}/stat`, "utf8")
        .split(") ")[1]
        .split(" ");
      return (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      return 0;
    }
  }

  end() {
    this.process.kill("SIGKILL");
  }
}
