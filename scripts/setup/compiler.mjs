import { Problem } from "./problem.mjs";
import { which } from "./which.mjs";

/** The command that installs what builds an addon. */
const install =
  process.platform === "darwin"
    ? "xcode-select --install"
    : "sudo apt-get install build-essential (or your system's g++ and make)";

/** @type {import("./thing.mjs").Thing} */
export const compiler = {
  name: "Compiler",
  optional: true, // once the addon is built
  check() {
    const cxx = findCompiler();
    const make = which("make");
    if (cxx && make) return { ok: true, detail: `${cxx}, ${make}` };
    return {
      ok: false,
      detail: `no ${cxx ? "make" : "C++ compiler"}; tfjs-node's addon is built with one`,
      command: install,
    };
  },
};

function findCompiler() {
  return which(process.env.CXX ?? "g++", "c++", "clang++");
}

/**
 * The C++ compiler.
 * @throws {Problem} when there is none, or no make
 */
export function requireCompiler() {
  const { ok, detail, command } = compiler.check();
  if (!ok) throw new Problem(`${detail}: ${command}, then run this again.`);
  return findCompiler();
}
