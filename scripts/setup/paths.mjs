import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the clone; everything the course installs lies below it. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Downloads and temporary files; removed when a set-up is complete. */
export const cache = path.join(root, ".cache");

export const nodeModules = path.join(root, "node_modules");
export const tfjsNode = path.join(nodeModules, "@tensorflow/tfjs-node");

/** libtensorflow: outside of node_modules, so that a fresh `npm ci` need not download it again. */
export const libtensorflow = path.join(root, ".libtensorflow");

export const venv = path.join(root, ".venv");
export const venvPython = pythonOf(venv);
export const kernelSpec = kernelSpecOf(venv);

/** What grades, and serves a class: apart, as nbgrader needs a newer Python than the course. */
export const classroomVenv = path.join(root, ".venv-classroom");

export function pythonOf(/** @type {string} */ someVenv) {
  return path.join(someVenv, "bin/python");
}

export function kernelSpecOf(/** @type {string} */ someVenv) {
  return path.join(someVenv, "share/jupyter/kernels/tslab/kernel.json");
}

/** `file` as a person in the clone's folder would name it. */
export function shown(/** @type {string} */ file) {
  return path.relative(root, file) || ".";
}
