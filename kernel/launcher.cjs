/**
 * The course's kernel: tslab, with what a course cannot live without.
 *
 *     node kernel/launcher.cjs --config-path=<connection file>
 *
 * tslab (pinned, see `assertTslabVersion`) compiles and runs the cells. Around it stand
 *   - cells.cjs       the way back from compiled JavaScript to the lines of a cell
 *   - errors.cjs      a failure as Jupyter's `error`: name, message, the student's own lines
 *   - interrupts.cjs  an interrupt stops the cell, reaches a running training, spares the kernel
 *                     (sigint-worker.cjs waits for it)
 *   - server.cjs      the queue of cells, `stop_on_error`, interrupt and shutdown requests
 *   - output.cjs      no printed line is lost
 *   - packages.cjs    the course's packages can be imported in any folder
 *   - shorthand.cjs   `{ source }` works with a `source` of an earlier cell
 *
 * How a long-running helper hears the stop button (■), here and under a stock tslab:
 *
 *     await new Promise(setImmediate);             // leave the cell's synchronous part first
 *     const stop = () => (model.stopTraining = true);
 *     process.once("SIGINT", stop);
 *     try { ...await the work, which ends soon after stop()... }
 *     finally { process.off("SIGINT", stop); }
 *
 * While anybody else listens, the running cell has `GRACE_MS` (interrupts.cjs) to finish by itself
 * and then ends like any other, its `const` and `let` included; a second ■ abandons it at once.
 * Where nobody listens, and under a stock tslab, the first ■ abandons it: the cell fails as
 * `Interrupted`, and what it had started goes on in the background unless it listens.
 *
 * An endless loop after an `await` leaves no room for anybody to listen: there the second ■, a second
 * or more after the first, ends what is running and abandons the cell.
 *
 * Left as tslab has it: the `const` and `let` of a cell that failed do not exist afterwards.
 */
"use strict";

const { readFileSync } = require("node:fs");
const { parseArgs } = require("node:util");

/** The version whose insides the mends of this folder know. */
const TSLAB_VERSION = "1.0.22";

/** The mends hold on to tslab's insides, which may change from one version to the next. */
function assertTslabVersion() {
  const { version } = JSON.parse(readFileSync(require.resolve("tslab/package.json"), "utf8"));
  if (version === TSLAB_VERSION) return;
  throw new Error(
    `kernel/launcher.cjs mends tslab ${TSLAB_VERSION}, but tslab ${version} is installed. ` +
      `Install the pinned version (npm ci), or check each file in kernel/ against ${version} ` +
      "and change TSLAB_VERSION.",
  );
}

/** A background timer or promise that fails is told on stderr; the kernel lives on. */
function surviveBackgroundErrors() {
  process.on("uncaughtException", (error) => {
    console.error("Uncaught error in the background:", error);
  });
  process.on("unhandledRejection", (reason) => {
    console.error("Unhandled rejection in the background:", reason);
  });
}

/** Puts tslab's parts together as its own `startKernel` does, with ours in between. */
async function main() {
  const { values } = parseArgs({ options: { "config-path": { type: "string" } } });
  const configPath = values["config-path"];
  if (!configPath) throw new Error("usage: node kernel/launcher.cjs --config-path=<file>");
  assertTslabVersion();

  const cells = require("./cells.cjs");
  cells.keepSourceMaps(); // before tslab loads its compiler
  require("./packages.cjs").importFromAnywhere();
  require("./errors.cjs").traceToCells();
  const { createConverter } = require("tslab/dist/converter");
  const { createExecutor } = require("tslab/dist/executor");
  const { JupyterHandlerImpl } = require("tslab/dist/jupyter");
  const { Interrupts } = require("./interrupts.cjs");
  const { shareVariables } = require("./shorthand.cjs");
  const { CourseServer, endWithParent } = require("./server.cjs");

  // Cells for the browser (`/** @browser */`) are none of this course's: one compiler is enough.
  const node = cells.watchCompilation(createConverter({ isJS: false, isBrowser: false }));
  const converters = { node, browser: node, close: () => node.close() };
  const executor = createExecutor(process.cwd(), converters, cells.console);
  shareVariables(executor);
  const handler = new JupyterHandlerImpl(executor, false);
  const interrupts = new Interrupts(executor);
  await interrupts.listen();
  surviveBackgroundErrors();
  endWithParent();
  await new CourseServer(handler, configPath, interrupts).init();
}

main().catch((error) => {
  console.error("The kernel could not start:", error);
  process.exit(1);
});
