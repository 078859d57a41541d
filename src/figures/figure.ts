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

export type Trace = HeatMapTrace | LineTrace;

/** One grid of coloured cells; `z[row][column]`, null where there is no cell. */
export interface HeatMapTrace {
  type: "heatmap";
  z: (number | null)[][];
  zmin: number;
  zmax: number;
  zmid?: number;
  colorscale: string;
  showscale: boolean;
  colorbar?: object;
  xgap: number;
  ygap: number;
  /** What is written into each cell, `[row][column]`. */
  text?: string[][];
  texttemplate?: string;
  textfont?: Font;
  /** The sentence shown over each cell, `[row][column]`. */
  customdata: string[][];
  hovertemplate: string;
}

/** One line through points, or (with `fill`) the border of a band. */
export interface LineTrace {
  type: "scatter";
  mode: "lines" | "lines+markers";
  name: string;
  x: number[];
  y: (number | null)[];
  line: { color: string; width: number; dash: string };
  marker?: { symbol: string; size: number };
  fill?: "toself";
  fillcolor?: string;
  showlegend?: boolean;
  legendgroup?: string;
  hoverinfo?: "skip";
  hovertemplate?: string;
}

export interface Font {
  color?: string;
  size?: number;
  family?: string;
}

export interface Axis {
  title?: { text: string; standoff?: number };
  tickvals?: number[];
  ticktext?: string[];
  range?: [number, number];
  side?: "top" | "bottom";
  [attribute: string]: unknown;
}

export interface Layout {
  title?: { text: string; [attribute: string]: unknown };
  width?: number;
  height?: number;
  font: Font;
  paper_bgcolor: string;
  plot_bgcolor: string;
  xaxis: Axis;
  yaxis: Axis;
  sliders?: object[];
  [attribute: string]: unknown;
}
