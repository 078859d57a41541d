import type { Figure, LineTrace } from "./figure";
import { baseLayout, LINES } from "./theme";
import { escapeHtml, short } from "./words";

/** One line of a chart. */
export interface Curve {
  name: string;
  y: number[];
  /** By default 1, 2, 3 … */
  x?: number[];
  /** A band around the line, such as the smallest and the largest of several runs. */
  spread?: { low: number[]; high: number[] };
}

/** Up to so many points, each gets a marker. */
const MOST_MARKERS = 40;

/**
 * Named lines in one chart, with a band around those that have a `spread`.
 *
 * Lines differ in colour (Okabe and Ito's), dash and marker. A value that is not finite leaves a gap.
 *
 * @param lines At most four lines: more cannot be told apart.
 * @param xTitle What runs along the bottom, such as "epoch"; it stands in the hover texts.
 * @param yTitle What is measured, such as "loss".
 * @param yRange Lowest and highest value shown; by default what the lines need.
 * @param logScale Draw `y` on a logarithmic scale.
 * @param logX Draw `x` on a logarithmic scale, labelled at the first line's points: a few round ones.
 * @throws Fails with a RangeError when there is no line or more than four, or lengths do not match.
 */
export function curves(args: {
  lines: Curve[];
  title?: string;
  xTitle: string;
  yTitle: string;
  yRange?: [number, number];
  logScale?: boolean;
  logX?: boolean;
}): Figure {
  const { lines, title = "", xTitle, yTitle, yRange, logScale = false, logX = false } = args;
  checkLines(lines);
  const bands = lines.flatMap((line, i) => (line.spread ? [bandTrace(line, i)] : []));
  const traces = lines.map((line, i) => lineTrace(line, i, xTitle, yTitle));
  const top = (title ? 40 : 12) + (lines.length > 1 ? 32 : 0); // the title, and the legend
  const layout = baseLayout({
    title: escapeHtml(title),
    width: 720,
    height: top + 324,
    margin: { l: 72, r: 24, t: top, b: 52 },
    xaxis: {
      title: { text: escapeHtml(xTitle), standoff: 8 },
      ...(logX && { type: "log", ...ticksAt(positions(lines[0])) }),
    },
    yaxis: {
      title: { text: escapeHtml(yTitle), standoff: 8 },
      ...(logScale && { type: "log", ...(spanDecades(lines) && { dtick: 1 }) }),
      ...(yRange && { range: logScale ? yRange.map(Math.log10) : yRange }),
    },
  });
  return {
    data: [...bands, ...traces], // bands first: lines are drawn over them
    layout: {
      ...layout,
      showlegend: lines.length > 1,
      legend: { orientation: "h", x: 0, xanchor: "left", y: 1, yanchor: "bottom" },
    },
    alt: altOf(args),
  };
}

/**
 * Whether a logarithmic scale has powers of ten enough to be labelled by them alone; Plotly's own
 * labels suit a shorter one, and on a longer one put a bare 2 and 5 between the powers.
 */
function spanDecades(lines: Curve[]): boolean {
  const values = lines.flatMap(({ y }) => y).filter((value) => value > 0 && Number.isFinite(value));
  const { smallest, largest } = extremesOf(values);
  return largest > 20 * smallest;
}

function ticksAt(values: number[]) {
  return { tickmode: "array", tickvals: values, ticktext: values.map(String) };
}

/** Without `Math.max(...values)`, which a line of some 100,000 points overflows. */
function extremesOf(values: number[]): { smallest: number; largest: number } {
  return {
    smallest: values.reduce((least, value) => Math.min(least, value), Infinity),
    largest: values.reduce((most, value) => Math.max(most, value), -Infinity),
  };
}

function lineTrace(line: Curve, i: number, xTitle: string, yTitle: string): LineTrace {
  const { color, dash, symbol } = LINES[i];
  const markers = line.y.length <= MOST_MARKERS;
  const name = escapeHtml(line.name);
  return {
    type: "scatter",
    mode: markers ? "lines+markers" : "lines",
    name,
    x: positions(line),
    y: line.y.map(rounded),
    line: { color, width: 2.5, dash },
    ...(markers && { marker: { symbol, size: 7 } }),
    legendgroup: name,
    showlegend: true,
    hovertemplate: `${name}: ${escapeHtml(yTitle)} %{y:.4~g} at ${escapeHtml(xTitle)} %{x}<extra></extra>`,
  };
}

/** The band is one closed line: along the upper border, and back along the lower one. */
function bandTrace(line: Curve, i: number): LineTrace {
  const { low, high } = line.spread!;
  const x = positions(line);
  const name = escapeHtml(line.name);
  return {
    type: "scatter",
    mode: "lines",
    name: `${name} (spread)`,
    x: [...x, ...[...x].reverse()],
    y: [...high, ...[...low].reverse()].map(rounded),
    line: { color: LINES[i].color, width: 0 },
    fill: "toself",
    fillcolor: LINES[i].band,
    legendgroup: name,
    showlegend: false,
    hoverinfo: "skip",
  };
}

function positions({ x, y }: Curve): number[] {
  return x ?? y.map((_, i) => i + 1);
}

/** Five digits are more than can be seen, and keep the committed notebooks small. */
function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}

function altOf({ lines, title, xTitle, yTitle }: Parameters<typeof curves>[0]): string {
  const courses = lines.map((line) => {
    const x = positions(line);
    const points = line.y.flatMap((y, i) => (Number.isFinite(y) ? [{ x: x[i], y }] : []));
    if (points.length === 0) return `${line.name}: no value is finite`;
    const ends = [points[0], points.at(-1)!]
      .map((point) => `${short(point.y)} at ${xTitle} ${short(point.x)}`)
      .join(", ");
    const { smallest, largest } = extremesOf(points.map(({ y }) => y));
    return `${line.name}: ${ends}, smallest ${short(smallest)}, largest ${short(largest)}`;
  });
  return `Curves${title ? ` “${title}”` : ""} of ${yTitle} by ${xTitle}. ${courses.join("; ")}.`;
}

function checkLines(lines: Curve[]): void {
  if (lines.length < 1 || lines.length > LINES.length) {
    throw new RangeError(
      `curves: ${lines.length} lines given; 1 to ${LINES.length} can be told apart in one chart.`,
    );
  }
  for (const { name, x, y, spread } of lines) {
    if (y.length === 0) throw new RangeError(`curves: the line "${name}" has no points.`);
    const lengths = {
      x: x?.length,
      "spread.low": spread?.low.length,
      "spread.high": spread?.high.length,
    };
    for (const [part, length] of Object.entries(lengths)) {
      if (length !== undefined && length !== y.length) {
        throw new RangeError(
          `curves: the line "${name}" has ${y.length} values in y, but ${length} in ${part}.`,
        );
      }
    }
  }
}
