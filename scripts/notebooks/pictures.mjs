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
  const pictures = await drawPictures(outputs.map(({ data }) => data?.[PLOTLY]));
  for (const [i, output] of outputs.entries()) {
    output.data = { ...output.data, "image/png": pictures[i] };
  }
}

/**
 * Draws figures with plotly.js in headless Chromium.
 *
 * @param {unknown[]} figures
 * @param {number} [scale] pixels of the picture for each of the figure's own
 * @returns {Promise<string[]>} a PNG for each, base64
 * @throws {Error} When the machine has no Chromium.
 */
export async function drawPictures(figures, scale = 1) {
  if (figures.length === 0) return [];
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ path: path.join(nodeModules, "plotly.js-dist/plotly.js") });
    const pictures = [];
    for (const figure of figures) pictures.push(await page.evaluate(draw, { figure, scale }));
    return pictures;
  } finally {
    await browser.close();
  }
}

/**
 * Runs in the page: the figure as a PNG, base64.
 * @param {any} task
 * @returns {Promise<string>}
 */
async function draw({ figure, scale }) {
  const { Plotly } = /** @type {any} */ (globalThis);
  const { data, layout } = figure;
  const { width, height } = layout;
  const url = await Plotly.toImage({ data, layout }, { format: "png", width, height, scale });
  return url.slice(url.indexOf(",") + 1);
}
