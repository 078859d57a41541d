import { addon } from "./addon.mjs";
import { which } from "./which.mjs";

/** The command that installs what builds an addon. */
const install =
  process.platform === "darwin"
    ? "xcode-select --install"
    : "sudo apt-get install build-essential (or your system's g++ and make)";

/** @type {import("./thing.mjs").Thing} */
export const compiler = {
  name: "Compiler",
  check() {
    const cxx = which(process.env.CXX ?? "g++", "c++", "clang++");
    const make = which("make");
    if (cxx && make) return { ok: true, detail: `${cxx}, ${make}` };
    if (addon.check().ok) return { ok: true, detail: "none, and the addon is built already" };
    return {
      ok: false,
      detail: `no ${cxx ? "make" : "C++ compiler"}; tfjs-node's addon is built with one`,
      command: install,
    };
  },
};
