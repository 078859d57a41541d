/** What a Jupyter kernel publishes as one output: the same thing in several MIME types. */
export type MimeBundle = Record<string, unknown>;

/**
 * The type of tslab's `lastWriteDisplayData`: publishes `display_data`, or `update_display_data`
 * when `update` is true (Jupyter's messaging protocol 5.3, section "Display data").
 */
type WriteDisplayData = (
  message: { data: MimeBundle; metadata: object; transient: { display_id?: string } },
  update: boolean,
) => void;

/** Whether the code runs in a notebook's kernel (and not in a terminal). */
export function inKernel(): boolean {
  return kernelWriter() !== null;
}

/**
 * Whether the cell that ran before this one failed, so that what it was to define has its older
 * value, or none. The course's own kernel tells (kernel/server.cjs); under others it is false.
 */
export function lastCellFailed(): boolean {
  return Reflect.get(globalThis, Symbol.for("attention-lab: last cell failed")) === true;
}

/**
 * Publishes one output below the running cell: a bundle of MIME types, of which the front end
 * draws the richest it can.
 *
 * @param bundle MIME type → content: JSON types as objects, all others as strings.
 * @param displayId Names the output, so that a later call can replace it in place.
 * @param update Replace the output of that name instead of adding one.
 * @throws When no kernel is there (see `inKernel`).
 */
export function publish(bundle: MimeBundle, displayId?: string, update = false): void {
  const write = kernelWriter();
  if (!write) throw new Error("publish: there is no notebook kernel to publish to.");
  const transient = displayId === undefined ? {} : { display_id: displayId };
  write({ data: bundle, metadata: {}, transient }, update);
}

/**
 * tslab's `display.raw` takes one MIME type a call; the function below it takes a whole bundle.
 * tslab sets that function anew for every cell, so it is read at every call. A kernel has loaded
 * the module long before a cell runs: not loaded means no kernel, and loading it here would only
 * slow a command-line program down by half a second.
 */
function kernelWriter(): WriteDisplayData | null {
  const loaded = require.cache[jupyterModule() ?? ""];
  const exported = loaded?.exports as
    { lastWriteDisplayData?: WriteDisplayData | null } | undefined;
  return exported?.lastWriteDisplayData ?? null;
}

function jupyterModule(): string | undefined {
  try {
    return require.resolve("tslab/dist/jupyter");
  } catch {
    return undefined; // tslab is not installed: the package is used as a plain library
  }
}
