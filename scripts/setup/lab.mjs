import { spawn } from "node:child_process";
import path from "node:path";
import { root, venv, venvPython } from "./paths.mjs";
import { portIn } from "./port.mjs";
import { Problem } from "./problem.mjs";

const FIRST_NOTEBOOK = "notebooks/1-scores.ipynb";

/**
 * Jupyter's own folders, inside the clone: a course must neither change the user's other JupyterLab
 * (settings, workspaces, trusted notebooks) nor be changed by it, and goes with the clone.
 */
export function jupyterEnvironment() {
  const home = path.join(root, ".jupyter");
  return {
    ...process.env,
    PATH: `${path.join(venv, "bin")}${path.delimiter}${process.env.PATH}`,
    VIRTUAL_ENV: venv,
    JUPYTER_CONFIG_DIR: path.join(home, "config"),
    JUPYTER_DATA_DIR: path.join(home, "data"),
    JUPYTER_RUNTIME_DIR: path.join(home, "runtime"),
    IPYTHONDIR: path.join(home, "ipython"),
  };
}

/** JupyterLab's command line; what the user passes comes last and therefore wins. */
function labArguments(/** @type {string[]} */ args, /** @type {number} */ port) {
  const all = ["-m", "jupyterlab", `--ServerApp.root_dir=${root}`, "--ServerApp.port_retries=0"];
  if (portIn(args) === undefined) all.push(`--port=${port}`);
  if (process.getuid?.() === 0) all.push("--allow-root"); // a container: JupyterLab refuses otherwise
  if (!args.some((arg) => arg.endsWith(".ipynb")))
    all.push(`--LabApp.default_url=/lab/tree/${FIRST_NOTEBOOK}`);
  return [...all, ...args];
}

/**
 * Runs JupyterLab until it ends.
 * @param {string[]} args the user's own
 * @param {number} port a free one
 * @returns {Promise<number>} its exit status
 */
export function openLab(args, port) {
  console.log("Opening JupyterLab; Ctrl+C twice ends it.");
  const lab = spawn(venvPython, labArguments(args, port), {
    cwd: root,
    env: jupyterEnvironment(),
    stdio: "inherit",
  });
  // A terminal sends Ctrl+C to JupyterLab too, which asks back: stay until it ends.
  process.on("SIGINT", () => undefined);
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"]))
    process.on(signal, () => lab.kill(signal));
  return new Promise((resolve, reject) => {
    lab.on("error", (error) => reject(new Problem(`could not start JupyterLab: ${error.message}`)));
    lab.on("close", (status) => resolve(status ?? 0));
  });
}
