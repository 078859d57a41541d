import { readFileSync } from "node:fs";
import type { Figure } from "./figure";
import { CONFIG } from "./theme";
import { escapeHtml } from "./words";

/**
 * Figures as one web page that works offline, in any browser: Plotly itself is inside (10 MB).
 *
 * @throws When plotly.js-dist is not installed.
 */
export function figureHtml(...figures: Figure[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${figures[0]?.layout.title.text || "Figures"}</title>
<style>
  :root { color-scheme: light dark; }
  body { margin: 2rem; font-family: system-ui, sans-serif; line-height: 1.5; }
  p { max-width: 50rem; margin-bottom: 3rem; }
</style>
<script>${plotlySource()}</script>
</head>
<body>
${figures.map(section).join("\n")}
</body>
</html>
`;
}

function section({ data, layout, alt }: Figure, i: number): string {
  return `<div id="figure-${i}"></div>
<p>${escapeHtml(alt)}</p>
<script>
Plotly.newPlot("figure-${i}", ${scriptJson(data)}, ${scriptJson(layout)}, ${scriptJson(CONFIG)});
</script>`;
}

/** Plotly's source, in which no string may end the script element that holds it. */
function plotlySource(): string {
  const path = require.resolve("plotly.js-dist/plotly.js");
  return readFileSync(path, "utf8").replace(/<\/script/gi, "<\\/script");
}

function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}
