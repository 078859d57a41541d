import { which } from "./which.mjs";

/** The command that installs what builds an addon. */
const install =
  process.platform === "darwin"
    ? "xcode-select --install"
    : "sudo apt-get install build-essential (or your system's g++ and make)";

/** @type {import("./thing.mjs").Thing} */
export const compiler = {
  name: "Compiler",
  // Not needed where tfjs-node's ready-made addon can be had, nor once the addon is built.
  optional: true,
  check() {
    const cxx = which(process.env.CXX ?? "g++", "c++", "clang++");
    const make = which("make");
    if (cxx && make) return { ok: true, detail: `${cxx}, ${make}` };
    return {
      ok: false,
      detail: `no ${cxx ? "make" : "C++ compiler"}; tfjs-node's addon is built with one`,
      command: install,
    };
  },
};
