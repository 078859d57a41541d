import { attentionAlt, attentionGrid, type Attended } from "./attention-map";
import type { Figure } from "./figure";
import { gridLayout, gridTrace } from "./grid";
import { INK, MONOSPACE } from "./theme";
import { escapeHtml, visible } from "./words";

const SLIDER_HEIGHT = 84;

/**
 * An attention map that grows token by token, as the decoder writes: a slider chooses the step.
 *
 * It starts with the whole map, so that a still picture of it shows everything.
 *
 * @throws Fails with a RangeError like `attentionMap`.
 */
export function attentionSteps(attended: Attended): Figure {
  const grid = attentionGrid(attended);
  const trace = gridTrace(grid);
  const layout = gridLayout(grid);
  const labels = attended.target.map((token) => escapeHtml(visible(token)));
  const steps = labels.map((label, step) => ({
    method: "update" as const,
    label,
    value: String(step), // Plotly would take equal labels for one step
    args: [
      { z: [trace.z.map((row, i) => (i <= step ? row : row.map(() => null)))] },
      { "yaxis.ticktext": labels.map((text, i) => (i <= step ? text : "")) },
    ] as [object, object],
  }));
  const slider = {
    active: steps.length - 1,
    steps,
    currentvalue: { prefix: "written last: ", font: { family: MONOSPACE, size: 15 } },
    pad: { t: 12 },
    font: { family: MONOSPACE, size: 14, color: INK },
    bgcolor: "rgba(128, 128, 128, 0.25)",
    bordercolor: INK,
    activebgcolor: INK,
    tickcolor: INK,
    minorticklen: 0,
  };
  return {
    data: [trace],
    layout: {
      ...layout,
      height: layout.height + SLIDER_HEIGHT,
      margin: { ...(layout.margin as object), b: 16 + SLIDER_HEIGHT },
      sliders: [slider],
    },
    alt: `${attentionAlt(attended)} A slider shows the map after each written token.`,
  };
}
