import fs from "node:fs";
import path from "node:path";
import { writeWhole } from "./files.mjs";
import { kernelSpec, root, shown } from "./paths.mjs";

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
    env: {
      TF_CPP_MIN_LOG_LEVEL: "2",
      TF_NUM_INTRAOP_THREADS: "1",
      ONEDNN_MAX_CPU_ISA: "AVX2",
    },
  };
  return `${JSON.stringify(spec, null, 2)}\n`;
}

/** @type {import("./thing.mjs").Thing} */
export const kernel = {
  name: "Kernel",
  takes: "a moment",
  check() {
    const text = fs.existsSync(kernelSpec) ? fs.readFileSync(kernelSpec, "utf8") : "";
    if (text === "") return { ok: false, detail: "the TypeScript kernel is not known to Jupyter" };
    if (text !== specification())
      return { ok: false, detail: "the kernel's description is that of another folder or Node" };
    return { ok: true, detail: `tslab, described in ${shown(kernelSpec)}` };
  },
  // A clone that was moved, or a Node that was replaced, mends itself here at the next start.
  async mend() {
    writeWhole(kernelSpec, specification());
  },
};
