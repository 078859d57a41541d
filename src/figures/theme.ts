import type { Axis, Layout } from "./figure";

/**
 * Text and lines in one grey that reads on a white page and on a dark one (contrast 4.3 : 1 on
 * white and on JupyterLab's dark #111111): the background of a figure is the page's own.
 */
export const INK = "#797979";
const GRID = "rgba(128, 128, 128, 0.25)";

/** Characters of a text stand one by one, so they get a font in which all are equally wide. */
export const MONOSPACE = "Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace";
const SANS = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', 'Noto Sans CJK SC', sans-serif";

/**
 * From little to much: Viridis (van der Walt and Smith, 2015). It grows lighter all the way, and
 * from blue to yellow, so that colour-blind readers, a grey print and both themes keep the order.
 */
export const SEQUENTIAL = "Viridis";

/** From below zero to above: ColorBrewer's purple–orange, which colour-blind readers tell apart. */
export const DIVERGING: [number, string][] = [
  [0, "#5e3c99"],
  [0.25, "#b2abd2"],
  [0.5, "#f7f7f7"],
  [0.75, "#fdb863"],
  [1, "#e66101"],
];

/**
 * Lines: colours of Okabe and Ito (2008), which colour-blind readers tell apart, in those tones that
 * read on white and on black; each with its own dash and marker, so that colour is never alone.
 */
export const LINES = [
  { color: "#0072b2", band: "rgba(0, 114, 178, 0.2)", dash: "solid", symbol: "circle" },
  { color: "#d55e00", band: "rgba(213, 94, 0, 0.2)", dash: "dash", symbol: "square" },
  { color: "#009e73", band: "rgba(0, 158, 115, 0.2)", dash: "dot", symbol: "diamond" },
  { color: "#cc79a7", band: "rgba(204, 121, 167, 0.2)", dash: "dashdot", symbol: "triangle-up" },
] as const;

/**
 * How Plotly shows a figure: two buttons, "download as a picture" and "reset". Without its default
 * buttons, one of which sends the figure to a company's server.
 */
export const CONFIG = { displaylogo: false, modeBarButtons: [["toImage", "resetScale2d"]] };

/** What all figures share. */
export function baseLayout(args: {
  title: string;
  width: number;
  height: number;
  margin: { l: number; r: number; t: number; b: number };
  xaxis: Axis;
  yaxis: Axis;
}): Layout {
  const axis = { gridcolor: GRID, zeroline: false, linecolor: GRID, automargin: false };
  return {
    ...args,
    title: {
      text: args.title,
      font: { size: 16 },
      x: 0,
      y: 1,
      xref: "container",
      yref: "container",
      yanchor: "top",
      pad: { l: 12, t: 12 },
    },
    xaxis: { ...axis, ...args.xaxis },
    yaxis: { ...axis, ...args.yaxis },
    font: { family: SANS, size: 13, color: INK },
    paper_bgcolor: "rgba(0, 0, 0, 0)",
    plot_bgcolor: "rgba(0, 0, 0, 0)",
    hoverlabel: { align: "left", font: { family: SANS, size: 13 } },
    modebar: { bgcolor: "rgba(0, 0, 0, 0)", color: INK, activecolor: LINES[0].color },
  };
}
