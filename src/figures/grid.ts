import type { Axis, HeatMapTrace, Layout } from "./figure";
import { baseLayout, MONOSPACE } from "./theme";
import { columnsOf, escapeHtml, visible } from "./words";

/**
 * A grid of square cells with one tick for every row and every column: what heat maps and attention
 * maps have in common.
 *
 * Plotly's own axes of names merge equal names, so that "2008" would lose a zero. Here the axes are
 * numbers (0, 1, 2 …) and the names are only written at the ticks.
 */
export interface Grid {
  z: (number | null)[][];
  /** Names of the columns and rows, as many as `z` has; equal names stay apart. */
  x: string[];
  y: string[];
  xTitle: string;
  yTitle: string;
  title: string;
  /** Values of the first and the last colour. */
  range: [number, number];
  colorscale: HeatMapTrace["colorscale"];
  colorbar: { title: string; tickformat?: string } | null;
  /** `[row][column]`: the sentence shown over a cell, and what is written into it, if anything. */
  hover: string[][];
  text?: string[][];
  /** Pixels; by default as large as fits. */
  cell?: number;
}

export function gridTrace({ z, range, colorscale, colorbar, hover, text }: Grid): HeatMapTrace {
  return {
    type: "heatmap",
    z: z.map((row) => row.map(rounded)),
    zmin: range[0],
    zmax: range[1],
    colorscale,
    showscale: colorbar !== null,
    colorbar: {
      title: { text: colorbar?.title ?? "", side: "right" },
      tickformat: colorbar?.tickformat,
      thickness: 12,
      outlinewidth: 0,
      nticks: 6,
      xpad: 16,
      ypad: 0,
    },
    xgap: 1,
    ygap: 1,
    customdata: hover,
    hovertemplate: "%{customdata}<extra></extra>",
    ...(text && { text, texttemplate: "%{text}", textfont: { family: MONOSPACE, size: 15 } }),
  };
}

export function gridLayout(grid: Grid): Layout {
  const { x, y, title, colorbar } = grid;
  const cell = grid.cell ?? Math.max(15, Math.min(grid.text ? 64 : 32, Math.floor(640 / x.length)));
  const fontSize = Math.max(11, Math.min(16, Math.round(cell * 0.55)));
  const labels = { x: x.map(visible), y: y.map(visible) };
  const longest = { x: longestOf(labels.x), y: longestOf(labels.y) };
  // Labels that are wider than a cell stand upright, and need the room above the grid.
  const upright = longest.x * fontSize * 0.62 > cell;
  const margin = {
    l: 44 + Math.ceil(longest.y * fontSize * 0.62),
    r: colorbar ? 96 : 24,
    t: (title ? 36 : 8) + 34 + (upright ? Math.ceil(longest.x * fontSize * 0.62) : fontSize + 4),
    b: 16,
  };
  return baseLayout({
    title: escapeHtml(title),
    width: margin.l + x.length * cell + margin.r,
    height: margin.t + y.length * cell + margin.b,
    margin,
    xaxis: {
      ...gridAxis(labels.x, fontSize, grid.xTitle),
      range: [-0.5, x.length - 0.5],
      side: "top",
      tickangle: upright ? -90 : 0,
    },
    yaxis: {
      ...gridAxis(labels.y, fontSize, grid.yTitle),
      range: [y.length - 0.5, -0.5], // the first row on top
      tickangle: 0,
    },
  });
}

function gridAxis(labels: string[], fontSize: number, title: string): Axis {
  return {
    title: { text: escapeHtml(title), standoff: 8 },
    tickmode: "array",
    tickvals: labels.map((_, position) => position),
    ticktext: labels.map(escapeHtml),
    tickfont: { family: MONOSPACE, size: fontSize },
    showgrid: false,
  };
}

function longestOf(labels: string[]): number {
  return Math.max(1, ...labels.map(columnsOf));
}

/** Four decimals: more cannot be seen, and would make the committed notebooks several times larger. */
function rounded(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toFixed(4));
}
