import type { Figure } from "./figure";
import { baseLayout, INK, LINES } from "./theme";
import { escapeHtml } from "./words";

/** A part of a diagram: a box with a few words in it. */
export interface Box {
  /** Where its centre lies, in pixels from the top left corner. */
  at: [x: number, y: number];
  /** What stands in it; the first line is bold. */
  lines: string[];
  /** The sentence shown over it. */
  hover: string;
  /** Boxes of the same colour (0 to 3) belong together; a box without one is an input or output. */
  color?: number;
}

/** An arrow from one box to another, by their names, with words beside it ("\n" breaks the line). */
export interface Arrow {
  from: string;
  to: string;
  text?: string;
}

/** Half a box, in pixels. */
const HALF = { width: 88, height: 23 };

/**
 * Boxes and arrows: how the parts of a model hang together. Over a box a sentence says what it does.
 *
 * @param boxes By name; arrows use the names.
 * @param arrows Straight lines between boxes.
 * @param frame What happens again and again: a dashed frame around the boxes named, and its words.
 * @param alt What the diagram says, in words.
 * @throws Fails with a RangeError when an arrow or the frame names a box that is not there.
 */
export function diagram(args: {
  boxes: Record<string, Box>;
  arrows: Arrow[];
  frame?: { around: string[]; text: string };
  title?: string;
  alt: string;
}): Figure {
  const { boxes, arrows, frame, title = "", alt } = args;
  const find = (name: string) => {
    if (boxes[name]) return boxes[name];
    throw new RangeError(
      `diagram: there is no box "${name}". The boxes are ${Object.keys(boxes).join(", ")}.`,
    );
  };
  const all = Object.values(boxes);
  const width = Math.max(...all.map(({ at }) => at[0])) + HALF.width + 24;
  const height = Math.max(...all.map(({ at }) => at[1])) + HALF.height + 16;
  const frames = frame ? [frameAround(frame.around.map(find), frame.text)] : [];
  const layout = baseLayout({
    title: escapeHtml(title),
    width,
    height,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    xaxis: { title: { text: "" }, range: [0, width], visible: false, fixedrange: true },
    yaxis: { title: { text: "" }, range: [height, 0], visible: false, fixedrange: true },
  });
  return {
    data: [],
    layout: {
      ...layout,
      shapes: frames.map(({ shape }) => shape),
      annotations: [
        ...frames.map(({ words }) => words),
        ...arrows.flatMap(({ from, to, text }) => arrowBetween(find(from), find(to), text)),
        ...all.map(boxAnnotation),
      ],
    },
    alt,
  };
}

function boxAnnotation({ at, lines, hover, color }: Box): object {
  const [first, ...rest] = lines.map(escapeHtml);
  return {
    x: at[0],
    y: at[1],
    text: [`<b>${first}</b>`, ...rest].join("<br>"),
    width: 2 * HALF.width,
    height: 2 * HALF.height,
    align: "center",
    showarrow: false,
    bordercolor: color === undefined ? INK : LINES[color].color,
    borderwidth: color === undefined ? 1 : 3, // no fill: the words read best on the page's own
    hovertext: escapeHtml(hover),
  };
}

/** The arrow and the words at its middle. */
function arrowBetween(from: Box, to: Box, text?: string): object[] {
  const [startX, startY] = border(from, to);
  const [x, y] = border(to, from);
  const arrow = {
    x,
    y,
    ax: startX,
    ay: startY,
    axref: "x",
    ayref: "y",
    text: "",
    arrowhead: 2,
    arrowwidth: 1.5,
    arrowcolor: INK,
  };
  if (!text) return [arrow];
  const upright = Math.abs(y - startY) > Math.abs(x - startX);
  return [
    arrow,
    {
      x: (x + startX) / 2,
      y: (y + startY) / 2,
      text: text.split("\n").map(escapeHtml).join("<br>"),
      align: "left",
      showarrow: false,
      xanchor: upright ? "left" : "center",
      yanchor: upright ? "middle" : "bottom",
      xshift: upright ? 4 : 0,
    },
  ];
}

/** Where the straight line between the two centres leaves the first box. */
function border({ at: [x, y] }: Box, { at: [toX, toY] }: Box): [number, number] {
  const [dx, dy] = [toX - x, toY - y];
  const share = Math.min(HALF.width / Math.abs(dx), HALF.height / Math.abs(dy));
  return [x + share * dx, y + share * dy];
}

function frameAround(boxes: Box[], text: string): { shape: object; words: object } {
  const xs = boxes.map(({ at }) => at[0]);
  const ys = boxes.map(({ at }) => at[1]);
  const [left, right] = [Math.min(...xs) - HALF.width - 16, Math.max(...xs) + HALF.width + 16];
  const [top, bottom] = [Math.min(...ys) - HALF.height - 30, Math.max(...ys) + HALF.height + 16];
  return {
    shape: {
      type: "rect",
      x0: left,
      x1: right,
      y0: top,
      y1: bottom,
      line: { color: INK, width: 1, dash: "dash" },
    },
    words: {
      x: left + 8,
      y: top + 4,
      text: `<i>${escapeHtml(text)}</i>`,
      showarrow: false,
      xanchor: "left",
      yanchor: "top",
    },
  };
}
