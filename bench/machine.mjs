import fs from "node:fs";
import os from "node:os";

/** The vector instructions that matter here, widest first. */
const VECTOR_FLAGS = ["amx_tile", "avx512f", "avx2", "avx"];

/**
 * What the numbers were measured on.
 * @param {Iterable<import("./systems/common.mjs").About>} systems
 */
export function machine(systems) {
  const cpus = os.cpus();
  return {
    cpu: cpus[0].model.trim(),
    cores: os.availableParallelism(),
    memoryGB: Math.round(os.totalmem() / 2 ** 30),
    isa: vectorInstructions(),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    versions: [...new Set([...systems].map((about) => about.version))].join(", "),
    date: new Date().toISOString().slice(0, 10),
  };
}

function vectorInstructions() {
  if (!fs.existsSync("/proc/cpuinfo")) return "unknown";
  const flags = /^flags\s*:(.*)$/m.exec(fs.readFileSync("/proc/cpuinfo", "utf8"))?.[1].split(" ");
  return VECTOR_FLAGS.filter((flag) => flags?.includes(flag)).join(" ") || "unknown";
}
