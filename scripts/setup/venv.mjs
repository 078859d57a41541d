import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { readJson, writeWhole } from "./files.mjs";
import { cache, classroomVenv, pythonOf, root, shown, venv } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { findPython, pythonForVenv } from "./python.mjs";
import { run } from "./run.mjs";

/** Without these, JupyterLab's first start asks whether to fetch news, over the notebook. */
const LAB_SETTINGS = {
  "@jupyterlab/apputils-extension:notification": { checkForUpdates: false, fetchNews: "false" },
};

/**
 * nbgrader's Validate button runs a notebook without the course's settings, and then says "Success"
 * to wrong answers too: the exercises' own cells say it better.
 */
const LAB_WITHOUT = { disabledExtensions: { "@jupyter/nbgrader:validate-assignment": true } };

/**
 * A folder with a Python and the packages of a lock.
 * @typedef {object} Venv
 * @property {string} folder
 * @property {string} requirements the lock, in the clone
 * @property {number} [oldest] the minor version of the oldest Python 3 that it works with
 * @property {string} [program] one of its programs, where people start them by name: each of them
 *   holds the path of the venv, so they work nowhere else
 */

/** @type {Venv} */
const labVenv = { folder: venv, requirements: "scripts/setup/requirements.txt" };

/** @type {Venv} */
const nbgraderVenv = {
  folder: classroomVenv,
  requirements: "classroom/requirements.txt",
  oldest: 11, // nbgrader 0.9.6 needs it
  program: "nbgrader",
};

/** The lines of a venv's lock. */
function lockOf(/** @type {Venv} */ { requirements }) {
  return fs.readFileSync(path.join(root, requirements), "utf8");
}

function hash(/** @type {string} */ text) {
  return createHash("sha256").update(text).digest("hex");
}

/** Written when the venv is whole: what has none was cut off, or is someone else's. */
const STAMP = "attention-lab.json";

function stampOf(/** @type {Venv} */ { folder }) {
  return path.join(folder, STAMP);
}

/** The minor version of the venv's Python, such as "3.11"; undefined when it does not run. */
function versionIn(/** @type {Venv} */ { folder }) {
  const ask = "import sys; print('%d.%d' % sys.version_info[:2])";
  const { status, stdout } = spawnSync(pythonOf(folder), ["-c", ask], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Whether a venv's programs start the Python of another folder, as they do once a clone has moved.
 * A path that is too long for a first line, or has a space in it, stands in a second one.
 */
function hasMoved(/** @type {Venv} */ { folder, program }) {
  if (!program) return false;
  const file = path.join(folder, "bin", program);
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  const found = /^(?:#!|'''exec' "?)(\/.*)\/bin\/python/m.exec(text);
  if (!found) return false;
  return !fs.existsSync(found[1]) || fs.realpathSync(found[1]) !== fs.realpathSync(folder);
}

/**
 * Whether a venv is there, whole, and of its lock.
 * @param {Venv} made
 * @returns {import("./thing.mjs").Finding & { python?: string }}
 */
export function checkVenv(made) {
  const stamp = readJson(stampOf(made));
  const place = shown(made.folder);
  if (!stamp) return { ok: false, detail: `no venv in ${place} yet` };
  if (stamp.python !== versionIn(made))
    return { ok: false, detail: `the venv's Python ${stamp.python} is gone from this machine` };
  if (hasMoved(made))
    return {
      ok: false,
      detail: `the clone was moved or copied, and programs in ${place} hold the old path`,
    };
  if (stamp.requirements !== hash(lockOf(made)))
    return { ok: false, detail: `${made.requirements} has changed since ${place} was made` };
  return { ok: true, detail: `in ${place} (Python ${stamp.python})` };
}

/**
 * Makes a venv with JupyterLab, or brings one to its lock; safe to be cut off anywhere. If no new
 * one can be made, as without a network, what was there before is left.
 * @param {Venv} wanted
 */
export async function makeVenv(wanted) {
  const { folder, oldest } = wanted;
  const stamp = stampOf(wanted);
  const old = `${folder}.old`;
  const remove = (/** @type {string} */ what) => fs.rmSync(what, { recursive: true, force: true });
  const made = readJson(stamp);
  if (made?.python === (versionIn(wanted) ?? "") && !hasMoved(wanted)) {
    remove(stamp);
    await fill(wanted);
  } else {
    const { ok, detail, command } = pythonForVenv(oldest);
    const found = findPython(oldest);
    if (!ok || !found) throw new Problem(`${detail}. Mend it with: ${command}`);
    if (made) {
      remove(old);
      fs.renameSync(folder, old);
    } else {
      remove(folder); // it is half made: if it was to replace another one, that is still in `old`
    }
    try {
      await run("python -m venv", found.executable, ["-m", "venv", folder], { silence: 120 });
      await fill(wanted);
    } catch (error) {
      remove(folder);
      if (fs.existsSync(old)) fs.renameSync(old, folder);
      throw error;
    }
  }
  remove(old);
}

/**
 * Installs what the lock names, and writes down that the venv is whole.
 * @param {Venv} wanted
 */
async function fill(wanted) {
  const lock = lockOf(wanted);
  const total = lock.split("\n").filter((line) => line.includes("==")).length;
  let seen = 0;
  const install = ["install", "--no-input", "-r", path.join(root, wanted.requirements)];
  await pip(wanted.folder, "pip install", install, {
    onLine(line, progress) {
      if (line.startsWith("Collecting")) progress.note(`${++seen} of at most ${total} packages`);
      if (line.startsWith("Installing")) progress.note("installing");
    },
  });
  const write = (/** @type {string} */ file, /** @type {object} */ content) =>
    writeWhole(path.join(wanted.folder, file), `${JSON.stringify(content, null, 2)}\n`);
  write("share/jupyter/lab/settings/overrides.json", LAB_SETTINGS);
  write("etc/jupyter/labconfig/page_config.json", LAB_WITHOUT);
  // Last: from now on the venv is whole.
  const state = { python: versionIn(wanted), requirements: hash(lock) };
  write(STAMP, state);
}

/** Where pip keeps what it downloads and unpacks: in the clone, so that nothing is left elsewhere. */
function pipEnvironment() {
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
 * Runs a venv's pip; a network fault is said in one line.
 * @param {string} folder the venv
 * @param {string} task
 * @param {string[]} args
 * @param {import("./run.mjs").RunOptions} options
 */
export async function pip(folder, task, args, options = {}) {
  try {
    return await run(task, pythonOf(folder), ["-m", "pip", ...args], {
      silence: 300,
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

/**
 * A venv with JupyterLab.
 * @param {{ name: string, takes: string, venv: Venv, modules: string[], command: string }} what
 *   `modules` must load; the first one says its version
 * @returns {import("./thing.mjs").Thing}
 */
function jupyterIn({ name, takes, venv: made, modules, command }) {
  return {
    name,
    takes,
    check: () => ({ ...checkVenv(made), command }),
    mend: () => makeVenv(made),
    probe() {
      const ask = `import ${modules.join(", ")}; print(${modules[0]}.__version__)`;
      const { status, stdout, stderr } = spawnSync(pythonOf(made.folder), ["-c", ask], {
        encoding: "utf8",
      });
      if (status === 0) return { ok: true, detail: `${modules[0]} ${stdout.trim()}` };
      return {
        ok: false,
        detail: `does not load: ${stderr.trim().split("\n").at(-1)}`,
        command: `rm -rf ${shown(made.folder)} && ${command}`,
      };
    },
  };
}

export const jupyterLab = jupyterIn({
  name: "JupyterLab",
  takes: "30 s to 3 min, 60 MB to download",
  venv: labVenv,
  modules: ["jupyterlab", "nbclient", "jupyter_client"],
  command: "npm start",
});

/** What a teacher needs on top. */
export const classroom = {
  ...jupyterIn({
    name: "Classroom",
    takes: "30 s to 3 min, 80 MB to download",
    venv: nbgraderVenv,
    modules: ["nbgrader", "jupyterlab", "jupyterhub"],
    command: "npm run classroom",
  }),
  optional: true,
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
