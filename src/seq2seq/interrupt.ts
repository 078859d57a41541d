/**
 * Calls `stop` at every interrupt: Ctrl-C in a terminal, ■ in a notebook (both are SIGINT).
 *
 * The process then does not end by itself. Call `remove` when the work is over.
 */
export async function onInterrupt(stop: () => void): Promise<{ remove(): void }> {
  // tslab runs the synchronous part of a cell under a SIGINT handling of its own, which ends the
  // kernel when another listener is there. After a macrotask that part is over.
  await new Promise((resolve) => setImmediate(resolve));
  process.on("SIGINT", stop);
  return { remove: () => void process.off("SIGINT", stop) };
}
