import type { Figure, LineTrace } from "./figure";
import { escapeHtml, short } from "./words";
import { INK } from "./theme";

const WIDTH = 640;
const HEIGHT = 220;
const MARGIN = { left: 56, right: 16, top: 12, bottom: 36 };

/**
 * A small still drawing of the lines of a `curves` figure, as SVG.
 *
 * It stands in for the figure while that changes several times a second: JupyterLab's Plotly
 * renderer draws an output once, and does not follow its updates.
 */
export function sketch(figure: Figure): string {
  const lines = figure.data.filter(isLine);
  const { xaxis, yaxis } = figure.layout;
  const height = yaxis.type === "log" ? Math.log10 : (value: number) => value;
  const points = lines.map((line) =>
    line.x.flatMap((x, i) => {
      const y = line.y[i];
      return y === null || !Number.isFinite(height(y)) ? [] : [{ x, y }];
    }),
  );
  const all = points.flat();
  if (all.length === 0) return "";
  const xs = extent(all.map(({ x }) => x));
  const ys = extent(all.map(({ y }) => y));
  const across = scale(xs, MARGIN.left, WIDTH - MARGIN.right);
  const up = scale([height(ys[0]), height(ys[1])], HEIGHT - MARGIN.bottom, MARGIN.top);
  const paths = lines.map(({ line }, i) => {
    const path = points[i].map(({ x, y }) => `${across(x)},${up(height(y))}`).join(" ");
    return `<polyline points="${path}" fill="none" stroke="${line.color}" stroke-width="2"/>`;
  });
  const [left, right, bottom] = [MARGIN.left, WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom];
  const names = lines.map(
    ({ line, name }) => `<tspan fill="${line.color}" dx="12">━ ${name}</tspan>`,
  );
  const words = [
    text(left - 8, MARGIN.top + 10, "end", short(ys[1])),
    text(left - 8, bottom, "end", short(ys[0])),
    text(left, bottom + 18, "start", short(xs[0])),
    text(right, bottom + 18, "end", short(xs[1])),
    text((left + right) / 2, bottom + 18, "middle", xaxis.title.text),
    text(right, MARGIN.top + 10, "end", `${yaxis.title.text}: ${names.join("")}`),
  ];
  return (
    `<svg width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeHtml(figure.alt).replace(/"/g, "&quot;")}" ` +
    `font-size="13" fill="${INK}">` +
    `<path d="M${left},${MARGIN.top}V${bottom}H${right}" fill="none" stroke="${INK}"/>` +
    `${paths.join("")}${words.join("")}</svg>`
  );
}

function isLine(trace: Figure["data"][number]): trace is LineTrace {
  return trace.type === "scatter" && trace.mode !== "text" && !trace.fill;
}

function extent(values: number[]): [number, number] {
  return values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

/** Maps [low, high] to pixels; a single value lies in the middle. */
function scale([low, high]: [number, number], from: number, to: number) {
  return (value: number) =>
    (high === low ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from)).toFixed(
      1,
    );
}

/** `words` come from a figure's layout, where they are already escaped. */
function text(x: number, y: number, anchor: string, words: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${words}</text>`;
}
