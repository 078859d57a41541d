import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { readJson, writeWhole } from "./files.mjs";
import { cache, root, shown, venv, venvPython } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { findPython } from "./python.mjs";
import { run } from "./run.mjs";

const requirements = path.join(root, "scripts/setup/requirements.txt");
const stamp = path.join(venv, "attention-lab.json");
const overrides = path.join(venv, "share/jupyter/lab/settings/overrides.json");

/** Without these, JupyterLab's first start asks whether to fetch news, over the notebook. */
const LAB_SETTINGS = {
  "@jupyterlab/apputils-extension:notification": { checkForUpdates: false, fetchNews: "false" },
};

function lockHash() {
  return createHash("sha256").update(fs.readFileSync(requirements)).digest("hex");
}

/** The minor version of the venv's Python, such as "3.11"; undefined when it does not run. */
function versionOfVenv() {
  const ask = "import sys; print('%d.%d' % sys.version_info[:2])";
  const { status, stdout } = spawnSync(venvPython, ["-c", ask], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** Where pip keeps what it downloads and unpacks: in the clone, so that nothing is left elsewhere. */
export function pipEnvironment() {
  const temporary = path.join(cache, "tmp");
  fs.mkdirSync(temporary, { recursive: true });
  return {
    PIP_CACHE_DIR: path.join(cache, "pip"),
    TMPDIR: temporary,
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_REQUIRE_VIRTUALENV: undefined,
    PIP_USER: "0",
    PYTHONNOUSERSITE: "1",
  };
}

/**
 * Runs the venv's pip; a network fault is said in one line.
 * @param {string} task
 * @param {string[]} args
 * @param {import("./run.mjs").RunOptions} options
 */
export async function pip(task, args, options = {}) {
  try {
    return await run(task, venvPython, ["-m", "pip", ...args], {
      silence: 120,
      ...options,
      env: { ...pipEnvironment(), ...options.env },
    });
  } catch (error) {
    const output = error instanceof Problem ? error.details : "";
    if (
      !/NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError/.test(output)
    )
      throw error;
    throw new Problem(
      "pip could not reach its package index: check the network or proxy, then run this again.",
      output,
    );
  }
}

/** @type {import("./thing.mjs").Thing} */
export const jupyterLab = {
  name: "JupyterLab",
  takes: "30 s to 3 min, 60 MB to download",
  check() {
    const made = readJson(stamp);
    if (!made) return { ok: false, detail: "no venv with JupyterLab in .venv yet" };
    if (made.python !== versionOfVenv())
      return { ok: false, detail: `the venv's Python ${made.python} is gone from this machine` };
    if (made.requirements !== lockHash())
      return { ok: false, detail: `${shown(requirements)} has changed since .venv was made` };
    return { ok: true, detail: `${made.jupyterlab} in .venv (Python ${made.python})` };
  },
  async mend() {
    const made = readJson(stamp);
    const intact = made !== undefined && made.python === versionOfVenv();
    fs.rmSync(stamp, { force: true });
    if (!intact) {
      // What has no stamp was cut off, or is someone else's: begin anew.
      const found = findPython();
      if (!found) throw new Problem("no Python found; 3.10 or newer is needed.");
      fs.rmSync(venv, { recursive: true, force: true });
      await run("python -m venv", found.executable, ["-m", "venv", venv], { silence: 120 });
    }
    const lines = fs.readFileSync(requirements, "utf8").split("\n");
    const total = lines.filter((line) => line.includes("==")).length;
    let seen = 0;
    await pip("pip install", ["install", "--no-input", "-r", requirements], {
      onLine(line, progress) {
        if (line.startsWith("Collecting")) progress.note(`${++seen} of at most ${total} packages`);
        if (line.startsWith("Installing")) progress.note("installing");
      },
    });
    writeWhole(overrides, `${JSON.stringify(LAB_SETTINGS, null, 2)}\n`);
    const jupyterlab = /^jupyterlab==(\S+)/m.exec(lines.join("\n"))?.[1];
    const state = { python: versionOfVenv(), requirements: lockHash(), jupyterlab };
    writeWhole(stamp, `${JSON.stringify(state, null, 2)}\n`);
  },
  probe() {
    const ask = "import jupyterlab, nbclient, jupyter_client; print(jupyterlab.__version__)";
    const { status, stdout, stderr } = spawnSync(venvPython, ["-c", ask], { encoding: "utf8" });
    if (status === 0) return { ok: true, detail: `${stdout.trim()} in .venv` };
    return {
      ok: false,
      detail: `does not load: ${stderr.trim().split("\n").at(-1)}`,
      command: "rm -rf .venv && npm start",
    };
  },
};

/** What shows the figures: PyPI's plotly carries a JupyterLab extension. */
/** @type {import("./thing.mjs").Thing} */
export const figures = {
  name: "Figures",
  check() {
    const extension = path.join(venv, "share/jupyter/labextensions/jupyterlab-plotly/package.json");
    const version = readJson(extension)?.version;
    if (version) return { ok: true, detail: `Plotly's renderer for JupyterLab, ${version}` };
    return {
      ok: false,
      detail: "Plotly's renderer is missing from .venv",
      command: "rm -rf .venv && npm start",
    };
  },
};
