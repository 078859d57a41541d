import { spawn } from "node:child_process";
import path from "node:path";
import { pythonOf, root, venv } from "./paths.mjs";
import { portIn } from "./port.mjs";
import { Problem } from "./problem.mjs";

/**
 * Jupyter's own folders, inside the clone: a course must neither change the user's other JupyterLab
 * (settings, workspaces, trusted notebooks) nor be changed by it, and goes with the clone.
 * @param {string} folder the venv
 */
export function jupyterEnvironment(folder = venv) {
  const home = path.join(root, ".jupyter");
  return {
    ...process.env,
    PATH: `${path.join(folder, "bin")}${path.delimiter}${process.env.PATH}`,
    VIRTUAL_ENV: folder,
    JUPYTER_CONFIG_DIR: path.join(home, "config"),
    JUPYTER_DATA_DIR: path.join(home, "data"),
    JUPYTER_RUNTIME_DIR: path.join(home, "runtime"),
    IPYTHONDIR: path.join(home, "ipython"),
  };
}

/**
 * @typedef {object} Lab
 * @property {string} folder what it shows
 * @property {string} page what it opens on, below /lab
 * @property {string} venv where it is installed
 * @property {string[]} [program] what Python runs; JupyterLab itself when not said
 */

/** @type {Lab} */
const course = { folder: root, page: "/tree/notebooks/1-scores.ipynb", venv };

/**
 * JupyterLab's command line; what the user passes comes last and therefore wins.
 * @param {Lab} lab
 * @param {string[]} args
 * @param {number} port
 */
function labArguments({ folder, page, program = ["-m", "jupyterlab"] }, args, port) {
  const all = [...program, `--ServerApp.root_dir=${folder}`, "--ServerApp.port_retries=0"];
  if (portIn(args) === undefined) all.push(`--port=${port}`);
  if (process.getuid?.() === 0) all.push("--allow-root"); // a container: JupyterLab refuses otherwise
  if (!args.some((arg) => arg.endsWith(".ipynb"))) all.push(`--LabApp.default_url=/lab${page}`);
  return [...all, ...args];
}

/**
 * Runs JupyterLab until it ends.
 * @param {string[]} args the user's own
 * @param {number} port a free one
 * @param {Lab} lab
 * @returns {Promise<number>} its exit status
 */
export function openLab(args, port, lab = course) {
  console.log("Opening JupyterLab; Ctrl+C twice ends it.");
  const server = spawn(pythonOf(lab.venv), labArguments(lab, args, port), {
    cwd: lab.folder,
    env: jupyterEnvironment(lab.venv),
    stdio: "inherit",
  });
  // A terminal sends Ctrl+C to JupyterLab too, which asks back: stay until it ends.
  process.on("SIGINT", () => undefined);
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"]))
    process.on(signal, () => server.kill(signal));
  return new Promise((resolve, reject) => {
    server.on("error", (error) =>
      reject(new Problem(`could not start JupyterLab: ${error.message}`)),
    );
    server.on("close", (status) => resolve(status ?? 0));
  });
}
