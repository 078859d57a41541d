/**
 * The course's packages can be imported in any folder: in a student's home, or where submissions
 * are graded.
 *
 * tslab and Node look for `node_modules` in the notebook's folder and those above it. Where that
 * finds nothing, here the course's own `node_modules` are looked into. `attention-lab` itself is
 * always the course's: what a folder may hold under that name, such as a submission that brings its
 * own judge, is not asked.
 */
"use strict";

const Module = require("node:module");
const path = require("node:path");

const PROJECT = path.dirname(__dirname);
const OURS = "attention-lab";
const COMPILER = require.resolve("@tslab/typescript-for-tslab");

/** Call it before tslab is loaded. */
function importFromAnywhere() {
  const folder = path.join(PROJECT, "node_modules");
  process.env.NODE_PATH = [process.env.NODE_PATH, folder].filter(Boolean).join(path.delimiter);
  // @ts-expect-error Node reads NODE_PATH when it starts; this makes it read it again.
  Module._initPaths();
  const ours = require.resolve(OURS);
  // @ts-expect-error Node's own, where every `require` and `import` of a kernel comes by.
  const find = Module._resolveFilename;
  // @ts-expect-error Node does not declare it.
  Module._resolveFilename = (/** @type {unknown[]} */ ...args) =>
    args[0] === OURS ? ours : Reflect.apply(find, Module, args);

  const ts = require("@tslab/typescript-for-tslab");
  /** @type {(...args: unknown[]) => import("@tslab/typescript-for-tslab").CompilerHost} */
  const createWatchCompilerHost = (...args) => {
    const host = Reflect.apply(ts.createWatchCompilerHost, ts, args);
    host.resolveModuleNames = resolveModuleNames;
    // Else every cell would resolve the imports of all files anew, which takes a second.
    host.hasInvalidatedResolutions = () => false;
    return host;
  };
  // Its module has only getters, so tslab is given a copy of it (as in cells.cjs).
  /** @type {NodeJS.Module} */ (require.cache[COMPILER]).exports = Object.create(null, {
    ...Object.getOwnPropertyDescriptors(ts),
    createWatchCompilerHost: { enumerable: true, value: createWatchCompilerHost },
  });

  /** @type {NonNullable<import("@tslab/typescript-for-tslab").CompilerHost["resolveModuleNames"]>} */
  function resolveModuleNames(names, file, _reused, _redirected, options) {
    return names.map((name) => {
      const from = (/** @type {string} */ place) =>
        ts.resolveModuleName(name, place, options, ts.sys).resolvedModule;
      const here = path.join(PROJECT, "anywhere.ts");
      return name === OURS ? nearby(from(here), file) : (from(file) ?? nearby(from(here), file));
    });
  }

  /**
   * As if a link beside `file` led to the package: TypeScript writes the types of variables down for
   * the next cells, and names those of packages only where it sees a way to them.
   * @param {(import("@tslab/typescript-for-tslab").ResolvedModuleFull & { originalPath?: string }) | undefined} found
   * @param {string} file
   */
  function nearby(found, file) {
    if (!found) return undefined;
    const inPackages = path.relative(folder, found.originalPath ?? found.resolvedFileName);
    return { ...found, originalPath: path.join(path.dirname(file), "node_modules", inPackages) };
  }
}

module.exports = { importFromAnywhere };
