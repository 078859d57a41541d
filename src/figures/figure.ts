/**
 * A Plotly figure with its text alternative: plain data, so that a notebook can look into it,
 * change it and send it on.
 *
 * Only what this course uses of Plotly is typed. The reference of all attributes:
 * https://plotly.com/javascript/reference/
 */
export interface Figure {
  data: Trace[];
  layout: Layout;
  /** What the figure shows, in words: for those who cannot see it, and for a terminal. */
  alt: string;
}

export type Trace = HeatMapTrace | LineTrace | TextTrace;

/** A grid of coloured cells. */
export interface HeatMapTrace {
  type: "heatmap";
  /** `[row][column]`; null where there is no cell. */
  z: (number | null)[][];
  zmin: number;
  zmax: number;
  colorscale: string | [number, string][];
  showscale: boolean;
  colorbar: object;
  /** The gaps between cells, in pixels. */
  xgap: number;
  ygap: number;
  /** The sentence shown over each cell, `[row][column]`. */
  customdata: string[][];
  hovertemplate: string;
}

/** Words at points, each in a colour of its own. */
export interface TextTrace {
  type: "scatter";
  mode: "text";
  x: number[];
  y: number[];
  text: string[];
  textfont: { family: string; size: number; color: string[] };
  hoverinfo: "skip";
  showlegend: boolean;
}

/** A line through points, or (with `fill`) the area inside a closed line. */
export interface LineTrace {
  type: "scatter";
  mode: "lines" | "lines+markers";
  name: string;
  x: number[];
  y: (number | null)[];
  line: { color: string; width: number; dash?: string };
  marker?: { symbol: string; size: number };
  fill?: "toself";
  fillcolor?: string;
  legendgroup: string;
  showlegend: boolean;
  hoverinfo?: "skip";
  hovertemplate?: string;
}

export interface Font {
  color?: string;
  size?: number;
  family?: string;
}

export interface Axis {
  title: { text: string; standoff?: number; font?: Font };
  /** Where the ticks stand, in the axis' own numbers, and what is written there. */
  tickvals?: number[];
  ticktext?: string[];
  [attribute: string]: unknown;
}

export interface Layout {
  title: { text: string; [attribute: string]: unknown };
  width: number;
  height: number;
  xaxis: Axis;
  yaxis: Axis;
  sliders?: Slider[];
  [attribute: string]: unknown;
}

/** A slider whose steps change the figure: `args` are changes of the traces and of the layout. */
export interface Slider {
  active: number;
  steps: { method: "update"; label: string; value: string; args: [object, object] }[];
  [attribute: string]: unknown;
}
