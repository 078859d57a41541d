import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** @typedef {import("./child.mjs").Child} Child */

/** Milliseconds between two turns, for threads that still wait in a loop for more work. */
const PAUSE = 50;

/** How busy the systems were that had to be idle, while another one was measured. */
export const idle = { cpuSeconds: 0, seconds: 0 };

/**
 * Lets each system take its turn, `rounds` times over, one at a time; each round begins with
 * another one. What the machine does meanwhile then meets all of them alike.
 * @param {readonly Child[]} children
 * @param {number} rounds
 * @param {(child: Child, round: number) => Promise<unknown>} turn
 */
export async function takeTurns(children, rounds, turn) {
  const cpuOfOthers = (/** @type {Child} */ active) =>
    children.reduce((sum, child) => sum + (child === active ? 0 : child.cpuSeconds()), 0);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < children.length; i++) {
      const child = children[(i + round) % children.length];
      await sleep(PAUSE);
      const [begun, cpu] = [performance.now(), cpuOfOthers(child)];
      await turn(child, round);
      idle.seconds += (performance.now() - begun) / 1000;
      idle.cpuSeconds += cpuOfOthers(child) - cpu;
    }
  }
}
