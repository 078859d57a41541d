import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/** The file of tfjs-node's addon, which this process has loaded. */
export function addonFile(): string {
  return Object.keys(require.cache).find((file) => file.endsWith("tfjs_binding.node"))!;
}

/**
 * Gives this thread a tfjs-node addon of its own, loaded from a copy of the file. Call it before
 * tfjs-node is imported.
 *
 * All threads that load one file share the addon's global variables. One of them is a set of names
 * that every operation looks into and may add to, without a lock. The copy finds TensorFlow's
 * libraries because the main thread has loaded them already.
 * @throws Error when no folder could be written to, or its programs may not be loaded.
 */
export function loadOwnAddon(file: string): void {
  try {
    loadCopy(file, tmpdir());
  } catch {
    // Some systems allow no programs in the folder for temporary files.
    loadCopy(file, dirname(file));
  }
}

function loadCopy(file: string, parent: string): void {
  const folder = mkdtempSync(join(parent, "attention-lab-"));
  try {
    const copy = join(folder, basename(file));
    copyFileSync(file, copy);
    const load = createRequire(__filename);
    load(copy);
    load.cache[file] = load.cache[copy];
  } finally {
    // What is loaded stays loaded without its file.
    rmSync(folder, { recursive: true });
  }
}
