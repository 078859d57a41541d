/**
 * The cells that ran, and the way back from the JavaScript that tslab makes of them to their lines.
 *
 * tslab compiles a cell in two steps (TypeScript to an ES module, that to CommonJS), drops types and
 * blank lines on the way and keeps no source map, so that a stack trace names lines which the
 * student never wrote. Here both steps are told to write a map.
 */
"use strict";

const vm = require("node:vm");
const { SourceMap } = require("node:module");

/** @typedef {import("tslab/dist/converter").Converter} Converter */
/** @typedef {import("tslab/dist/converter").Diagnostic} Diagnostic */

const COMPILER = require.resolve("@tslab/typescript-for-tslab");
const INLINE_MAP = /\n\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/;
/** tslab puts `export {};` on a line of its own before the student's first line. */
const LINES_BEFORE = 1;

/** @param {string} json */
const parseMap = (json) => new SourceMap(JSON.parse(json));

/** One run of one cell. */
class Cell {
  /**
   * @param {number} count the number JupyterLab shows beside the cell
   * @param {string} source
   */
  constructor(count, source) {
    this.name = `cell [${count}]`;
    this.lines = source.split("\n");
    /**
     * What TypeScript found wrong.
     * @type {Diagnostic[]}
     */
    this.diagnostics = [];
    /**
     * What tslab would have printed on stderr: the thrown value, or diagnostics.
     * @type {unknown[][]}
     */
    this.reports = [];
    /**
     * From the executed CommonJS to the ES module, and from there to the cell.
     * @type {SourceMap[]}
     */
    this.maps = [];
    this.compiledLines = 0;
  }

  /**
   * Where in the cell a place of the compiled code comes from; all numbers start at 1.
   * Undefined for code which tslab added.
   * @param {number} line
   * @param {number} column
   * @returns {{ line: number, column: number } | undefined}
   */
  positionOf(line, column) {
    if (line > this.compiledLines) return undefined;
    let place = { line: line - 1, column: column - 1 };
    for (const map of this.maps) {
      const entry = map.findEntry(place.line, place.column);
      if (!("originalLine" in entry)) return undefined;
      place = { line: entry.originalLine, column: entry.originalColumn };
    }
    const found = { line: place.line - LINES_BEFORE + 1, column: place.column + 1 };
    return found.line >= 1 && found.line <= this.lines.length ? found : undefined;
  }
}

/** All cells that ran, by name: a function of cell [2] may fail when cell [5] calls it. */
const cells = /** @type {Map<string, Cell>} */ (new Map());
let current = new Cell(0, "");
/**
 * The maps of the compilation that ended last.
 * @type {SourceMap[]}
 */
let lastMaps = [];

/**
 * @param {number} count
 * @param {string} source
 */
function beginCell(count, source) {
  current = new Cell(count, source);
  cells.set(current.name, current);
  return current;
}

/**
 * Makes tslab's compiler write source maps. Its module has only getters, so tslab is given a copy
 * of it in which two functions are ours. Call it before tslab is loaded.
 */
function keepSourceMaps() {
  const ts = require("@tslab/typescript-for-tslab");
  const own = Object.getOwnPropertyDescriptors(ts);
  const loaded = require.cache[COMPILER];
  if (!loaded) throw new Error(`${COMPILER} was loaded, but is not in require.cache`);
  loaded.exports = Object.create(null, {
    ...own,
    createWatchCompilerHost: {
      enumerable: true,
      /** @type {(files: string[], options: object, ...rest: unknown[]) => unknown} */
      value: (files, options, ...rest) =>
        Reflect.apply(ts.createWatchCompilerHost, ts, [
          files,
          { ...options, inlineSourceMap: true },
          ...rest,
        ]),
    },
    transpileModule: { enumerable: true, value: transpileWithMap },
  });

  /**
   * @param {string} code an ES module which carries the map of the first step
   * @param {import("@tslab/typescript-for-tslab").TranspileOptions} options
   */
  function transpileWithMap(code, options) {
    const inline = INLINE_MAP.exec(code);
    const first = inline ? [parseMap(Buffer.from(inline[1], "base64").toString())] : [];
    const result = ts.transpileModule(code.replace(INLINE_MAP, "\n"), {
      ...options,
      compilerOptions: { ...options.compilerOptions, sourceMap: true },
    });
    lastMaps = [parseMap(result.sourceMapText ?? "{}"), ...first];
    return {
      ...result,
      outputText: result.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""),
    };
  }
}

/**
 * Notes down for the current cell what the compiler says about it, and its maps.
 * @param {Converter} converter
 * @returns {Converter}
 */
function watchCompilation(converter) {
  return {
    ...converter,
    convert(previous, source) {
      const result = converter.convert(previous, source);
      current.diagnostics = result.diagnostics;
      current.maps = lastMaps;
      current.compiledLines = (result.output ?? "").split("\n").length;
      return result;
    },
  };
}

/** Gives the compiled cell its name, where tslab leaves it as `evalmachine.<anonymous>`. */
function nameCells() {
  const run = vm.runInThisContext;
  vm.runInThisContext = (code, options) => {
    const isCell =
      typeof options === "object" && code.endsWith("(__tslab__.exports, __tslab__.require)");
    return run(code, isCell ? { ...options, filename: current.name } : options);
  };
}
nameCells();

/** The console that tslab's executor writes to: results are printed, failures are kept. */
const executorConsole = {
  /** @param {unknown[]} values */
  log: (...values) => console.log(...values),
  /** @param {unknown[]} values */
  error: (...values) => void current.reports.push(values),
};

module.exports = {
  Cell,
  cells,
  beginCell,
  keepSourceMaps,
  watchCompilation,
  console: executorConsole,
};
