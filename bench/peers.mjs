import path from "node:path";
import { cache, pythonOf, shown } from "../scripts/setup/paths.mjs";
import { Problem } from "../scripts/setup/problem.mjs";
import { checkVenv, makeVenv } from "../scripts/setup/venv.mjs";

const peers = { folder: path.join(cache, "bench", "venv"), requirements: "bench/requirements.txt" };

export const peersPython = pythonOf(peers.folder);

/**
 * Makes the venv of Keras and PyTorch, unless it is there: about a minute, 500 MB to download.
 * @returns {Promise<boolean>} whether there is one; where pip fails it is said, and we go on without
 */
export async function installPeers() {
  if (checkVenv(peers).ok) return true;
  console.log(`Installing Keras and PyTorch into ${shown(peers.folder)}: some minutes, this once.`);
  try {
    await makeVenv(peers);
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(`${error.details}\n${error.message}`);
    console.error("Keras and PyTorch could not be installed; going on without them.");
    return false;
  }
}
