import net from "node:net";
import { Problem } from "./problem.mjs";

const FIRST = 8888;
const TRIES = 50;

/** Whether nobody listens on `port` of this machine. */
function isFree(/** @type {number} */ port, host = "127.0.0.1") {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** The port named in JupyterLab's arguments (`--port N`, `--port=N`, `--ServerApp.port=N`), if any. */
export function portIn(/** @type {string[]} */ args) {
  const at = args.findIndex((arg) => /^(-p|--port|--ServerApp\.port)(=|$)/.test(arg));
  if (at < 0) return undefined;
  const text = args[at].includes("=") ? args[at].split("=")[1] : args[at + 1];
  const port = Number(text);
  if (/^\d+$/.test(text ?? "") && port >= 1 && port <= 65535) return port;
  throw new Problem(`--port needs a number from 1 to 65535, not "${text ?? ""}".`);
}

/**
 * The port for JupyterLab: the one asked for, else the first free one from 8888 on.
 * @param {string[]} args JupyterLab's arguments
 * @throws {Problem} when the one asked for is taken
 */
export async function choosePort(args) {
  const asked = portIn(args);
  if (asked !== undefined) {
    if (await isFree(asked)) return asked;
    throw new Problem(
      `port ${asked} is taken (by another JupyterLab?): end that, or npm start -- --port ${asked + 1}`,
    );
  }
  for (let port = FIRST; port < FIRST + TRIES; port++) {
    if (!(await isFree(port))) continue;
    if (port > FIRST)
      console.log(`Port ${FIRST} is taken (by another JupyterLab?): using ${port}.`);
    return port;
  }
  throw new Problem(`ports ${FIRST} to ${FIRST + TRIES - 1} are all taken: npm start -- --port N`);
}
