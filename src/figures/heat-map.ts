import type { Figure, TextTrace } from "./figure";
import { gridLayout, gridTrace } from "./grid";
import { checkShape } from "./shapes";
import { DIVERGING, INK, MONOSPACE, SEQUENTIAL } from "./theme";
import { escapeHtml, short, spoken } from "./words";

/** At most this many cells get their number written into them. */
const MOST_NUMBERS = 64;

/**
 * A heat map of a matrix: one coloured cell for each value, in small matrices with the number in it.
 *
 * Colours: Viridis from 0 (or the smallest value given by `range`) up; when values lie below zero
 * too, purple–orange around a white zero. A value that is not finite has no colour.
 *
 * @param z The values, `[rows, columns]`.
 * @param x Names of the columns. Equal names stay apart.
 * @param y Names of the rows.
 * @param xTitle What the columns are, such as "key".
 * @param yTitle What the rows are, such as "query".
 * @param valueName What a value is, such as "score"; it stands in the hover texts.
 * @param range Values of the first and last colour, when several maps are to be compared. Where it
 *   begins below zero it is widened to reach as far above zero, or as far below.
 * @throws Fails with a RangeError when `z` does not have as many rows and columns as `y` and `x`
 *   have names.
 */
export function heatMap(args: {
  z: number[][];
  x: string[];
  y: string[];
  title?: string;
  xTitle?: string;
  yTitle?: string;
  valueName?: string;
  range?: [number, number];
}): Figure {
  const { z, x, y, title = "", xTitle = "column", yTitle = "row", valueName = "value" } = args;
  checkShape("heatMap: z", z, { name: "y", length: y.length }, { name: "x", length: x.length });
  const finite = z.flat().filter(Number.isFinite);
  const range = args.range && args.range[0] >= 0 ? args.range : rangeOf(args.range ?? finite);
  const written = x.length * y.length <= MOST_NUMBERS;
  const grid = {
    z,
    x,
    y,
    xTitle,
    yTitle,
    title,
    range,
    colorscale: range[0] < 0 ? DIVERGING : SEQUENTIAL,
    largestCell: written ? 64 : 32,
    colorbar: written ? null : { title: valueName },
    hover: z.map((row, i) =>
      row.map((value, j) =>
        escapeHtml(
          `${valueName} ${short(value)} for ${yTitle} ${spoken(y[i])} and ${xTitle} ${spoken(x[j])}`,
        ),
      ),
    ),
  };
  return {
    data: written ? [gridTrace(grid), numbersTrace(z, range)] : [gridTrace(grid)],
    layout: gridLayout(grid),
    alt: altOf(args, written, finite),
  };
}

/** The numbers written into the cells, in black or white: whichever reads on the cell's colour. */
function numbersTrace(z: number[][], [low, high]: [number, number]): TextTrace {
  const cells = z.flatMap((row, i) => row.map((value, j) => ({ value, i, j })));
  const isDark = ({ value }: { value: number }) => {
    const share = (value - low) / (high - low);
    return low < 0 ? share < 0.2 : share < 0.6; // of purple–orange, of Viridis
  };
  return {
    type: "scatter",
    mode: "text",
    x: cells.map(({ j }) => j),
    y: cells.map(({ i }) => i),
    text: cells.map(({ value }) => short(value)),
    textfont: {
      family: MONOSPACE,
      size: 15,
      color: cells.map((cell) =>
        Number.isFinite(cell.value) ? (isDark(cell) ? "#ffffff" : "#000000") : INK,
      ),
    },
    hoverinfo: "skip",
    showlegend: false,
  };
}

/** From zero to the largest value, or as far below zero as above it. */
function rangeOf(finite: number[]): [number, number] {
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return finite.some((value) => value < 0) ? [-largest, largest] : [0, largest];
}

function altOf(
  { z, x, y, title, xTitle = "column", yTitle = "row", valueName = "value" }: HeatMapArgs,
  written: boolean,
  finite: number[],
): string {
  const what = `Heat map${title ? ` “${title}”` : ""}: ${valueName} for ${y.length} × ${x.length} (${yTitle} × ${xTitle}).`;
  if (written) {
    const rows = z.map(
      (row, i) =>
        `${spoken(y[i])}: ${row.map((value, j) => `${spoken(x[j])} ${short(value)}`).join(", ")}`,
    );
    return `${what} ${rows.join("; ")}.`;
  }
  if (finite.length === 0) return `${what} No value is finite.`;
  const largest = finite.reduce((most, value) => Math.max(most, value));
  const smallest = finite.reduce((least, value) => Math.min(least, value));
  const row = z.findIndex((values) => values.includes(largest));
  const column = z[row].indexOf(largest);
  return `${what} From ${short(smallest)} to ${short(largest)}; the largest stands in row ${spoken(y[row])}, column ${spoken(x[column])}.`;
}

type HeatMapArgs = Parameters<typeof heatMap>[0];
