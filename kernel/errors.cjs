/**
 * What went wrong in a cell, as Jupyter wants it: a name, a message, and a trace that shows the
 * student's own lines. tslab prints text on stderr and tells Jupyter nothing.
 */
"use strict";

const path = require("node:path");
const { inspect } = require("node:util");
const { cells } = require("./cells.cjs");

/** @typedef {{ ename: string, evalue: string, traceback: string[] }} Failure */
/** @typedef {import("./cells.cjs").Cell} Cell */
/** @typedef {import("tslab/dist/converter").Diagnostic} Diagnostic */

const PROJECT = path.dirname(__dirname) + path.sep;
const TSLAB = path.dirname(require.resolve("tslab/package.json")) + path.sep;
const INTERRUPTED = "the cell was stopped (■) before its end; its const and let do not exist";
const PLACE_IN_CELL = /(cell \[\d+\]):(\d+):(\d+)/;

/**
 * Every stack trace in the kernel, printed or published, names the lines of the cells as they were
 * written and leaves out tslab, this launcher and Node's insides.
 */
function traceToCells() {
  Error.stackTraceLimit = 50; // a fault deep in a library must still show the cell that called it
  Error.prepareStackTrace = (error, frames) => {
    const places = frames.map(describeFrame).filter((place) => place !== undefined);
    return [Error.prototype.toString.call(error), ...places].join("\n    at ");
  };
}

/**
 * One line of a stack trace; undefined when it is none of the student's business.
 * @param {NodeJS.CallSite} frame
 */
function describeFrame(frame) {
  const file = frame.getFileName() ?? "";
  const cell = cells.get(file);
  if (!cell) {
    const inside = [TSLAB, __dirname + path.sep, "node:"].some((start) => file.startsWith(start));
    return inside ? undefined : String(frame).replace(PROJECT, "");
  }
  const [line, column] = [frame.getLineNumber() ?? 0, frame.getColumnNumber() ?? 0];
  const origin = cell.positionOf(line, column);
  const compiled = `${file}:${line}:${column}`;
  // What a cell declares lives in a Proxy of tslab's, which is of no interest either.
  const text = String(frame).replace(/^(async )?Proxy\./, "$1");
  return origin && text.replace(compiled, `${file}:${origin.line}:${origin.column}`);
}

/**
 * The failure of a cell that tslab reports as failed.
 * @param {Cell} cell
 * @param {unknown} unexpected what tslab itself threw, if it had nothing to report about the cell
 * @returns {Failure}
 */
function failureOf(cell, unexpected) {
  if (cell.diagnostics.length > 0) return compileError(cell);
  const value = cell.reports.length > 0 ? cell.reports[0][0] : unexpected;
  return isInterruption(value) ? failure("Interrupted", INTERRUPTED, []) : thrown(value);
}

/**
 * Node's error when it ends a synchronous cell, tslab's when it abandons one that awaits.
 * @param {unknown} value
 */
function isInterruption(value) {
  if (!(value instanceof Error)) return false;
  const fromNode = "code" in value && value.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";
  return fromNode || value.message === "Interrupted asynchronously";
}

/**
 * @param {string} ename
 * @param {string} evalue
 * @param {string[]} trace
 * @returns {Failure}
 */
function failure(ename, evalue, trace) {
  return { ename, evalue, traceback: [evalue ? `${ename}: ${evalue}` : ename, ...trace] };
}

/**
 * Whatever a cell threw; JavaScript allows any value.
 * @param {unknown} value
 * @returns {Failure}
 */
function thrown(value) {
  if (!(value instanceof Error)) return failure("Thrown", inspect(value), []);
  const stack = String(value.stack).split("\n");
  const trace = stack.filter((line) => /^ +at /.test(line)).flatMap(showLine);
  const deeper = [
    ...(value.cause === undefined ? [] : [value.cause]),
    ...(value instanceof AggregateError ? value.errors : []),
  ];
  for (const cause of deeper) {
    const [first, ...rest] = cause === value ? ["itself"] : thrown(cause).traceback;
    trace.push(`caused by ${first}`, ...rest);
  }
  return failure(String(value.name), String(value.message), trace);
}

/**
 * A line of a stack trace, and under it the line of the cell that it speaks of.
 * @param {string} line
 */
function showLine(line) {
  const place = PLACE_IN_CELL.exec(line);
  const cell = place && cells.get(place[1]);
  return cell ? [line, ...sourceLines(cell, Number(place[2]), Number(place[3]))] : [line];
}

/**
 * The line of the cell with a mark under the column; numbers start at 1.
 * @param {Cell} cell
 * @param {number} line
 * @param {number} column
 */
function sourceLines(cell, line, column) {
  const text = cell.lines[line - 1] ?? "";
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, " ");
  return [`        ${text}`, `        ${indent}^`];
}

/**
 * TypeScript counts lines and columns from 0, people from 1.
 * @param {Diagnostic["start"]} position
 */
const numbersOf = ({ line, character }) => ({ line: line + 1, column: character + 1 });

/**
 * What is missing at the end of a cell is found missing in the code that tslab adds below it.
 * @param {Cell} cell
 * @param {Diagnostic["start"]} position
 */
function withinCell(cell, position) {
  const last = cell.lines.length;
  if (position.line < last) return numbersOf(position);
  return { line: last, column: cell.lines[last - 1].length + 1 };
}

/**
 * Everything TypeScript found, each with its line of the cell.
 * @param {Cell} cell
 * @returns {Failure}
 */
function compileError(cell) {
  /** @type {string[]} */
  const trace = [];
  /** @type {string[]} */
  const headings = [];
  let last = "";
  for (const { start, end, fileName, messageText, code } of cell.diagnostics) {
    const { line, column } = fileName ? numbersOf(start) : withinCell(cell, start);
    const place = `${line}:${column}`;
    const span = `${fileName} ${start.offset} ${end.offset}`;
    if (span === last) {
      trace.push(`      ${messageText}`); // tslab lists the reasons of a finding after it
      continue;
    }
    last = span;
    headings.push(`${place} - ${messageText}`);
    trace.push(`    ${fileName ?? cell.name}:${place} - ${messageText} (TS${code})`);
    if (!fileName) trace.push(...sourceLines(cell, line, column));
  }
  const more = headings.length > 1 ? ` (and ${headings.length - 1} more)` : "";
  return failure("CompileError", headings[0] + more, trace);
}

module.exports = { traceToCells, failureOf };
