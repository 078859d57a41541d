import { randomBytes } from "node:crypto";
import type { Figure } from "../figures/figure";
import { sketch } from "../figures/sketch";
import { inKernel, publish, type MimeBundle } from "./kernel";
import { figureBundle } from "./show";

/** One state of a live display. A notebook shows the figure, else the html, else the text. */
export interface LiveContent {
  /** What a terminal shows (its last line, where that is rewritten), and the text alternative. */
  text: string;
  html?: string;
  /** A figure made by `curves`: sketched while it changes, interactive when finished. */
  figure?: Figure;
}

/** A display that is written again and again in place. */
export interface LiveDisplay {
  /** Shows a new state, unless the last one was shown a moment ago. */
  update(content: LiveContent): void;
  /** Shows the last state, always. */
  finish(content: LiveContent): void;
}

/**
 * A display of what changes while it is watched, such as the progress of a training.
 *
 * In a notebook one output is updated in place, at most four times a second; in a terminal one line
 * of stderr is rewritten (stdout stays free for results); where stderr is a file or a pipe, a line
 * is added every ten seconds. `update` may be called as often as one likes: what comes too soon is
 * dropped, so call `finish` with the last state.
 */
export function liveDisplay(): LiveDisplay {
  const screen = inKernel() ? notebook() : process.stderr.isTTY ? terminal() : log();
  let shownAt = -Infinity;
  return {
    update(content) {
      const now = performance.now();
      if (now - shownAt < screen.interval) return;
      screen.show(content, false);
      shownAt = now;
    },
    finish(content) {
      screen.show(content, true);
    },
  };
}

interface Screen {
  /** The least time between two states shown, in milliseconds. */
  interval: number;
  show(content: LiveContent, last: boolean): void;
}

function notebook(): Screen {
  const displayId = randomBytes(8).toString("hex");
  let update = false;
  return {
    interval: 250,
    show(content, last) {
      publish(liveBundle(content, last), displayId, update);
      update = true;
    },
  };
}

function liveBundle({ text, html, figure }: LiveContent, last: boolean): MimeBundle {
  if (figure && last) return { ...figureBundle(figure), "text/plain": text };
  const drawn = figure ? sketch(figure) : html;
  return drawn === undefined ? { "text/plain": text } : { "text/html": drawn, "text/plain": text };
}

function terminal(): Screen {
  return {
    interval: 100,
    show({ text }, last) {
      // A line longer than the terminal is wide would wrap, and could not be rewritten.
      const line = text
        .split("\n")
        .at(-1)!
        .slice(0, (process.stderr.columns || 80) - 1);
      process.stderr.write(`\r\x1b[K${line}${last ? "\n" : ""}`);
    },
  };
}

function log(): Screen {
  return {
    interval: 10_000,
    show({ text }) {
      process.stderr.write(`${text}\n`);
    },
  };
}
