import { inspect } from "node:util";
import { escapeHtml } from "../figures/words";
import { inKernel, publish, type MimeBundle } from "./kernel";

/**
 * Shows an answer that stays closed until it is clicked, also in a notebook saved with its outputs.
 * In a terminal it prints the answer.
 *
 * @param summary The line to click on, such as "Open the answer".
 * @param content What it opens, a line each: texts as they are, other values as `console.log`
 * writes them.
 */
export function reveal(summary: string, ...content: unknown[]): void {
  const bundle = revealBundle(summary, content);
  if (inKernel()) publish(bundle);
  else console.log(bundle["text/plain"]);
}

/** The MIME types of one answer. */
export function revealBundle(summary: string, content: unknown[]): MimeBundle {
  const text = content
    .map((value) => (typeof value === "string" ? value : inspect(value)))
    .join("\n");
  return {
    "text/html":
      `<details><summary>${escapeHtml(summary)}</summary>` +
      `<pre>${escapeHtml(text)}</pre></details>`,
    "text/plain": `${summary}\n${text}`,
  };
}
