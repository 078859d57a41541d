import fs from "node:fs";
import path from "node:path";

/**
 * Writes a file in one step: it is there whole, or not at all, wherever the power fails.
 * @param {string} file
 * @param {string} text
 */
export function writeWhole(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const half = `${file}.${process.pid}.half`;
  fs.writeFileSync(half, text);
  fs.renameSync(half, file);
}

/**
 * The object in a JSON file; undefined when the file is missing or no JSON.
 * @param {string} file
 * @returns {any}
 */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * The bytes of all files below a folder; 0 when there is none.
 * @param {string} folder
 * @returns {number}
 */
export function sizeOf(folder) {
  let bytes = 0;
  try {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) bytes += sizeOf(full);
      else if (entry.isFile()) bytes += fs.statSync(full).size;
    }
  } catch {
    // A file that went away while we counted is no fault: someone is still unpacking.
  }
  return bytes;
}

/** Megabytes, as a person says them. */
export function megabytes(/** @type {number} */ bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}
