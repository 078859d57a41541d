/**
 * `{ source }` with a `source` of an earlier cell.
 *
 * tslab rewrites a variable of an earlier cell to `exports.source`, but overlooks the short form of a
 * property: the compiled cell then asks for a global `source`, and there is none ("source is not
 * defined"). Here each variable that a cell leaves behind can be read as a global too.
 */
"use strict";

/** @param {import("tslab/dist/executor").Executor} executor */
function shareVariables(executor) {
  const { execute, locals } = executor;
  executor.execute = async (source) => {
    try {
      return await execute(source);
    } finally {
      for (const name of Object.keys(locals)) {
        if (name in globalThis) continue; // Node's own names stay Node's
        Object.defineProperty(globalThis, name, { configurable: true, get: () => locals[name] });
      }
    }
  };
}

module.exports = { shareVariables };
