/**
 * The one-line fault of a Node version, or undefined when the course runs on it.
 * @param {string} version such as "20.20.2"
 */
export function faultOfNode(version) {
  const major = Number(version.split(".")[0]);
  if (major >= 20 && major < 23) return undefined;
  const why =
    major >= 23
      ? "tfjs-node 4.22 uses a function that Node 23 removed"
      : "JupyterLab's TypeScript kernel and the tests need a newer one";
  return `this is Node ${version}, and the course runs on Node 20 or 22: ${why}`;
}

/** @type {import("./thing.mjs").Thing} */
export const node = {
  name: "Node",
  check() {
    const fault = faultOfNode(process.versions.node);
    if (!fault) return { ok: true, detail: `${process.versions.node} at ${process.execPath}` };
    return {
      ok: false,
      detail: fault,
      command: "install Node 22 from nodejs.org, or: nvm install 22",
    };
  },
};
