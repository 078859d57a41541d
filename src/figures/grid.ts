import type { Axis, HeatMapTrace, Layout } from "./figure";
import { baseLayout, MONOSPACE } from "./theme";
import { columnsOf, escapeHtml, visible } from "./words";

/** Width of a monospaced character, as a share of the font's size. */
const GLYPH_WIDTH = 0.62;

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
  /** The sentence shown over each cell, `[row][column]`. */
  hover: string[][];
  /** Pixels; cells get smaller where there are many columns. */
  largestCell: number;
}

export function gridTrace({ z, range, colorscale, colorbar, hover }: Grid): HeatMapTrace {
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
  };
}

export function gridLayout(grid: Grid): Layout {
  const { x, y, title, colorbar, largestCell } = grid;
  const cell = Math.max(15, Math.min(largestCell, Math.floor(640 / x.length)));
  const fontSize = Math.max(11, Math.min(16, Math.round(cell * 0.55)));
  const labels = { x: x.map(visible), y: y.map(visible) };
  const widest = {
    x: Math.ceil(longestOf(labels.x) * fontSize * GLYPH_WIDTH),
    y: Math.ceil(longestOf(labels.y) * fontSize * GLYPH_WIDTH),
  };
  const upright = widest.x > cell; // labels that are wider than a cell stand upright
  const left = 44 + widest.y;
  const width = x.length * cell;
  const titleWidth = 48 + columnsOf(title) * 16 * GLYPH_WIDTH;
  const margin = {
    l: left,
    r: Math.max(colorbar ? 108 : 24, Math.ceil(titleWidth - left - width)),
    t: (title ? 36 : 8) + 36 + (upright ? widest.x : fontSize + 4),
    b: 16,
  };
  return baseLayout({
    title: escapeHtml(title),
    width: margin.l + width + margin.r,
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
    ticklen: 4,
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
