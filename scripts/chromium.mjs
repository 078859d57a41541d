import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** What to tell someone whose machine has no Chromium. */
export const CHROMIUM_HINT =
  "no Chromium found. Install one (Debian, Ubuntu: `sudo apt install chromium`; or Google Chrome), " +
  "or name its program in the environment variable CHROMIUM.";

/**
 * The path of the machine's Chromium or Chrome: the one that the environment variable CHROMIUM
 * names, else the first on PATH.
 *
 * @returns {string | null} null when there is none.
 */
export function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) return existsSync(named) ? named : null;
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find((path) => existsSync(path)) ?? null;
}

/**
 * Starts a headless Chromium that asks nothing of the network by itself.
 *
 * @throws {Error} When the machine has no Chromium.
 */
export async function launchChromium() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(CHROMIUM_HINT);
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox", // Chromium refuses its sandbox in containers and to root
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
