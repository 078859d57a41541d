import path from "node:path";
import { launchChromium } from "../chromium.mjs";
import { nodeModules } from "../setup/paths.mjs";
import { figureOutputs, PLOTLY } from "./notebook.mjs";

/**
 * Puts a picture beside each figure of a notebook, for readers without Plotly: GitHub, exports.
 *
 * PNG, because GitHub shows no SVG of a notebook's output; at the figure's own size, because
 * JupyterLab's Plotly renderer shows the picture of an opened notebook until the mouse enters it.
 *
 * @param {import("./notebook.mjs").Notebook} notebook changed in place
 */
export async function addPictures(notebook) {
  const outputs = figureOutputs(notebook);
  if (outputs.length === 0) return;
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ path: path.join(nodeModules, "plotly.js-dist/plotly.js") });
    for (const output of outputs) {
      const picture = await page.evaluate(draw, output.data?.[PLOTLY]);
      output.data = { ...output.data, "image/png": picture };
    }
  } finally {
    await browser.close();
  }
}

/**
 * Runs in the page: the figure as a PNG, base64.
 * @param {any} figure
 * @returns {Promise<string>}
 */
async function draw({ data, layout }) {
  const { Plotly } = /** @type {any} */ (globalThis);
  const { width, height } = layout;
  const url = await Plotly.toImage({ data, layout }, { format: "png", width, height });
  return url.slice(url.indexOf(",") + 1);
}
