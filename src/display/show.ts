import type { Figure } from "../figures/figure";
import { CONFIG } from "../figures/theme";
import { inKernel, publish, type MimeBundle } from "./kernel";

/**
 * Shows a figure below the running cell of a notebook: interactive where Plotly is there
 * (JupyterLab, VS Code), else its text alternative. In a terminal it prints the text alternative.
 *
 * The pictures that GitHub shows are added to the same output by `npm run notebooks`.
 */
export function show(figure: Figure): void {
  if (inKernel()) publish(figureBundle(figure));
  else console.log(figure.alt);
}

/** The MIME types of one figure. */
export function figureBundle({ data, layout, alt }: Figure): MimeBundle {
  return {
    "application/vnd.plotly.v1+json": { data, layout, config: CONFIG },
    "text/plain": alt,
  };
}
