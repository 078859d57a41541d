import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../scripts/chromium.mjs";
import { findChromium, howToGetChromium } from "../../scripts/setup/chromium.mjs";
import { root, startJupyterLab, type Cell, type JupyterLab } from "./jupyterlab";
import { allRun, choose, openNotebook, outputs } from "./notebook-page";

/** The course's notebook with attention maps, or another one to look at. */
const NOTEBOOK = process.env.BROWSER_NOTEBOOK ?? "6-attention-maps.ipynb";
const SCREENSHOTS = join(root, ".cache/screenshots");

const code = (source: string): Cell => ({ type: "code", source });
const markdown = (source: string): Cell => ({ type: "markdown", source });

const answer = [
  markdown("What is 3 + 4?\n\n<details><summary>Open the answer</summary>\n\nSeven.\n\n</details>"),
];
const endless = [
  code(`console.log("started");
await new Promise((done) => setTimeout(done, 120_000));
console.log("ended");`),
  code('console.log("still alive");'),
];
const live = [
  code('import { curves, liveDisplay } from "attention-lab";'),
  code(`const display = liveDisplay();
const upTo = (n: number) => ({
  text: "losses",
  figure: curves({
    xTitle: "step",
    yTitle: "loss",
    lines: [{ name: "training", y: Array.from({ length: n }, (_, i) => 1 / (i + 1)) }],
  }),
});
for (let n = 2; n <= 9; n++) {
  display.update(upTo(n));
  await new Promise((done) => setTimeout(done, 400));
}
display.finish(upTo(9));`),
];

// In CI the browser has to be there: a skipped test would look like a passed one.
const skip = !findChromium() && process.env.CI !== "true" ? howToGetChromium : false;

describe("JupyterLab in a browser", { skip, timeout: 300_000 }, () => {
  let lab: JupyterLab;
  let browser: Browser;

  before(async () => {
    browser = await launchChromium();
    await mkdir(SCREENSHOTS, { recursive: true });
    lab = await startJupyterLab({
      "answer.ipynb": answer,
      "endless.ipynb": endless,
      "live.ipynb": live,
    });
  });

  after(async () => {
    await browser?.close();
    await lab?.stop();
  });

  async function open(notebook: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 960 } });
    page.setDefaultTimeout(20_000);
    await openNotebook(page, lab.urlOf(notebook));
    return page;
  }

  test(`Run All Cells draws the attention maps of ${NOTEBOOK}`, async () => {
    const page = await open(NOTEBOOK);
    await choose(page, "Run", "Run All Cells");
    await allRun(page, 120_000);
    const all = (await outputs(page)).flat();
    assert.deepEqual(
      all.filter((output) => output.output_type === "error" || output.name === "stderr"),
      [],
    );

    const expected = all.map(attentionMapOf).find((figure) => figure !== undefined);
    assert.ok(expected, "no cell has an attention map as its output");
    const [source, target] = [expected.layout.xaxis.ticktext, expected.layout.yaxis.ticktext];
    const drawn = page.locator(".js-plotly-plot", { has: page.locator(".heatmaplayer image") });
    await drawn.first().scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(SCREENSHOTS, "attention-map.png") });
    // One tick for each character: equal ones would have merged on an axis of names.
    const ticks = (axis: "x" | "y") => drawn.first().locator(`.${axis}tick text`).allTextContents();
    assert.deepEqual(await ticks("x"), source);
    assert.deepEqual((await ticks("y")).sort(), [...target].sort());
    const picture = await drawn.first().locator(".heatmaplayer image").boundingBox();
    assert.ok(picture && picture.width > 10 * source.length, "the map is not drawn");
    await page.close();
  });

  test("a live curve grows in place, and ends as an interactive figure", async () => {
    const page = await open("live.ipynb");
    await choose(page, "Run", "Run All Cells");
    const line = page.locator(".jp-OutputArea-output svg polyline");
    const points = async () => (await line.getAttribute("points"))!.split(" ").length;
    await line.waitFor();
    const early = await points();
    await page.waitForTimeout(1500);
    assert.ok((await points()) > early, "the curve does not grow");
    await page.locator(".js-plotly-plot .scatterlayer .point").nth(8).waitFor();
    assert.equal(await page.locator(".jp-OutputArea-output").count(), 1);
    await page.close();
  });

  test("an answer opens on a click", async () => {
    const page = await open("answer.ipynb");
    const rendered = page.locator(".jp-RenderedMarkdown");
    const text = rendered.getByText("Seven.");
    assert.equal(await text.isVisible(), false);
    await rendered.getByText("Open the answer").click();
    assert.equal(await text.isVisible(), true);
    await page.close();
  });

  test("the stop button stops a running cell, and the next one runs", async () => {
    const page = await open("endless.ipynb");
    await page.locator(".jp-CodeCell").first().click();
    await choose(page, "Run", "Run Selected Cell");
    await page.getByText("started", { exact: true }).waitFor();
    await page.locator('[data-command="notebook:interrupt-kernel"]').first().click();
    await allRun(page, 10_000);
    await choose(page, "Run", "Run Selected Cell");
    await page.getByText("still alive", { exact: true }).waitFor();
    await page.close();
  });
});

interface DrawnFigure {
  data: { type: string }[];
  layout: { xaxis: { ticktext: string[] }; yaxis: { ticktext: string[] } };
}

function attentionMapOf(output: { data?: Record<string, unknown> }): DrawnFigure | undefined {
  const figure = output.data?.["application/vnd.plotly.v1+json"] as DrawnFigure | undefined;
  return figure?.data[0]?.type === "heatmap" ? figure : undefined;
}
