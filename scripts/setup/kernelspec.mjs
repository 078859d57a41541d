import fs from "node:fs";
import path from "node:path";
import { writeWhole } from "./files.mjs";
import { classroomVenv, kernelSpecOf, root, shown, venv } from "./paths.mjs";

/** How Jupyter starts the TypeScript kernel; absolute paths, so that nothing need be on PATH. */
function specification() {
  const spec = {
    argv: [
      process.execPath,
      path.join(root, "kernel/launcher.cjs"),
      "--config-path={connection_file}",
    ],
    display_name: "TypeScript (attention-lab)",
    language: "typescript",
    interrupt_mode: "signal",
    // The same as in src/backend.ts, for notebooks that load TensorFlow before the course's package.
    env: { TF_CPP_MIN_LOG_LEVEL: "2", TF_NUM_INTRAOP_THREADS: "1" },
  };
  return `${JSON.stringify(spec, null, 2)}\n`;
}

/**
 * The kernel's description in a venv.
 * @param {string} folder
 * @returns {import("./thing.mjs").Thing}
 */
function kernelIn(folder) {
  const file = kernelSpecOf(folder);
  return {
    name: "Kernel",
    takes: "a moment",
    check() {
      const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
      if (text === "")
        return { ok: false, detail: "the TypeScript kernel is not known to Jupyter" };
      if (text !== specification())
        return { ok: false, detail: "the kernel's description is that of another folder or Node" };
      return { ok: true, detail: `tslab, described in ${shown(file)}` };
    },
    // A clone that was moved, or a Node that was replaced, mends itself here at the next start.
    async mend() {
      writeWhole(file, specification());
    },
  };
}

export const kernel = kernelIn(venv);

export const classroomKernel = kernelIn(classroomVenv);
