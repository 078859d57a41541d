import { which } from "./which.mjs";

/** The Chromium that draws pictures and runs the browser test: $CHROMIUM, or the system's own. */
export function findChromium() {
  const chosen = process.env.CHROMIUM;
  if (chosen) return which(chosen);
  return which("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
}

export const howToGetChromium =
  "sudo apt-get install chromium fonts-noto-cjk (or name yours: CHROMIUM=/path/to/chrome)";

/** @type {import("./thing.mjs").Thing} */
export const chromium = {
  name: "Chromium",
  optional: true,
  check() {
    const found = findChromium();
    if (found) return { ok: true, detail: `${found} (for pictures and the browser test)` };
    return {
      ok: false,
      detail: "missing; only `npm run notebooks` and the browser test need it",
      command: howToGetChromium,
    };
  },
};
