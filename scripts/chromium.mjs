import { chromium } from "playwright-core";
import { findChromium, howToGetChromium } from "./setup/chromium.mjs";

/**
 * Starts a headless Chromium that asks nothing of the network by itself.
 *
 * @throws {Error} When the machine has no Chromium.
 */
export async function launchChromium() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(`no Chromium found: ${howToGetChromium}`);
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
