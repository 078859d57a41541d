import assert from "node:assert/strict";
import { it } from "node:test";
import { modelDiagram } from "attention-lab";
import { type Box, diagram } from "attention-lab/dist/figures/diagram";

interface Annotation {
  x: number;
  y: number;
  ax?: number;
  ay?: number;
  text: string;
  hovertext?: string;
}

const box = (x: number, y: number): Box => ({
  at: [x, y],
  lines: ["a < b", "[n]"],
  hover: "x & y",
});

it("diagram: an arrow runs from border to border, text is escaped, the frame is around its boxes", () => {
  const figure = diagram({
    boxes: { left: box(100, 50), right: box(400, 50), below: box(100, 200) },
    arrows: [
      { from: "left", to: "right" },
      { from: "left", to: "below" },
    ],
    frame: { around: ["right"], text: "again" },
    alt: "three boxes",
  });
  const annotations = figure.layout.annotations as Annotation[];
  const arrows = annotations.filter(({ ax }) => ax !== undefined);
  assert.deepEqual(
    arrows.map(({ ax, ay, x, y }) => [ax, ay, x, y]),
    [
      [188, 50, 312, 50],
      [100, 73, 100, 177],
    ],
  );
  const boxes = annotations.filter(({ hovertext }) => hovertext !== undefined);
  assert.equal(boxes.length, 3);
  assert.equal(boxes[0].text, "<b>a &lt; b</b><br>[n]");
  assert.equal(boxes[0].hovertext, "x &amp; y");
  const [shape] = figure.layout.shapes as { x0: number; x1: number; y0: number; y1: number }[];
  assert.ok(shape.x0 < 312 && shape.x0 > 188 && shape.x1 > 488 && shape.y0 < 27 && shape.y1 > 73);
});

it("diagram: an unknown box is named, with those that are there", () => {
  const boxes = { left: box(100, 50) };
  assert.throws(
    () => diagram({ boxes, arrows: [{ from: "left", to: "rihgt" }], alt: "" }),
    /RangeError: diagram: there is no box "rihgt". The boxes are left./,
  );
});

it("modelDiagram: no two boxes overlap, and its picture holds all of them", () => {
  const { layout } = modelDiagram();
  const boxes = (layout.annotations as (Annotation & { width?: number; height?: number })[]).filter(
    ({ hovertext }) => hovertext !== undefined,
  );
  boxes.forEach((a, i) => {
    assert.ok(a.x - a.width! / 2 >= 0 && a.x + a.width! / 2 <= layout.width);
    assert.ok(a.y - a.height! / 2 >= 0 && a.y + a.height! / 2 <= layout.height);
    for (const b of boxes.slice(i + 1)) {
      const apart = Math.abs(a.x - b.x) > a.width! || Math.abs(a.y - b.y) > a.height!;
      assert.ok(apart, `${a.text} and ${b.text}`);
    }
  });
});
