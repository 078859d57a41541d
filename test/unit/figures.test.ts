import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  attentionMap,
  attentionSteps,
  curves,
  type Figure,
  figureHtml,
  heatMap,
} from "attention-lab";

const source = [..."3 May 2008"];
const target = [..."2008"];
const weights = target.map((_, i) => source.map((_, j) => (j === 6 + i ? 0.91 : 0.01)));

/** The trace of the cells, as plain data. */
function cells(figure: Figure) {
  const trace = figure.data[0];
  assert.ok(trace.type === "heatmap");
  return trace;
}

describe("attentionMap", () => {
  const figure = attentionMap({ source, target, weights });

  test("every character has a tick of its own, also equal ones", () => {
    const { xaxis, yaxis } = figure.layout;
    assert.deepEqual(xaxis.ticktext, [..."3␣May␣2008"]);
    assert.deepEqual(xaxis.tickvals, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(yaxis.ticktext, [..."2008"]);
    assert.deepEqual(yaxis.tickvals, [0, 1, 2, 3]);
  });

  test("a tick of several words keeps its spaces, one of white space shows them", () => {
    const figure = heatMap({ z: [[1, 0]], x: [" ", "  "], y: ["evenly spread"] });
    assert.deepEqual(figure.layout.xaxis.ticktext, ["␣", "␣␣"]);
    assert.deepEqual(figure.layout.yaxis.ticktext, ["evenly spread"]);
  });

  test("the first written character is on top", () => {
    assert.deepEqual(figure.layout.yaxis.range, [3.5, -0.5]);
  });

  test("the colours span 0 to 1, whatever the weights", () => {
    assert.deepEqual([cells(figure).zmin, cells(figure).zmax], [0, 1]);
    assert.deepEqual(cells(figure).z, weights);
  });

  test("a cell says what it means", () => {
    const hover = cells(figure).customdata;
    assert.equal(
      hover[3][9],
      "to write “8”, 91\u00a0% of the attention is on the “8” at position 10",
    );
    assert.equal(
      hover[0][1],
      "to write “2”, 1\u00a0% of the attention is on the space at position 2",
    );
  });

  test("the text alternative says where each character looks", () => {
    assert.match(figure.alt, /“3 May 2008” → “2008”/);
    assert.match(figure.alt, /“8” looks most at the “8” \(position 10, 91\u00a0%\)/);
  });

  test("what looks like HTML in the data is shown as it is", () => {
    const html = attentionMap({ source: ["<", "&"], target: ["<b>"], weights: [[0.5, 0.5]] });
    assert.deepEqual(html.layout.xaxis.ticktext, ["&lt;", "&amp;"]);
    assert.deepEqual(html.layout.yaxis.ticktext, ["&lt;b&gt;"]);
    assert.match(cells(html).customdata[0][0], /to write “&lt;b&gt;”/);
  });

  test("weights of another shape are refused, with both shapes", () => {
    assert.throws(() => attentionMap({ source, target: [..."20"], weights }), {
      name: "RangeError",
      message: /weights.*\[4, 10\].*\[2, 10\] \(target, source\)/,
    });
    assert.throws(() => attentionMap({ source, target: [], weights: [] }), /nothing to draw/);
    assert.throws(
      () => attentionMap({ source: ["a", "b"], target: ["a", "b"], weights: [[1, 0], [1]] }),
      /2 rows of 2, 1 columns/,
    );
  });

  test("what is no share is refused", () => {
    for (const wrong of [NaN, -0.5, 2]) {
      assert.throws(() => attentionMap({ source: ["a"], target: ["b"], weights: [[wrong]] }), {
        name: "RangeError",
        message: /weights\[0\]\[0\] is (NaN|-0\.5|2)/,
      });
    }
  });
});

describe("attentionSteps", () => {
  const figure = attentionSteps({ source, target, weights });
  const { steps, active } = figure.layout.sliders![0];

  test("a slider shows one more row with each written character", () => {
    assert.equal(steps.length, 4);
    steps.forEach((step, k) => {
      const [{ z }, layout] = step.args as [{ z: [(number | null)[][]] }, object];
      const rows = z[0].map((row) => row.every((value) => value !== null));
      assert.deepEqual(rows, [0, 1, 2, 3].map((row) => row <= k)); // prettier-ignore
      assert.deepEqual(layout, { "yaxis.ticktext": [..."2008"].map((c, i) => (i <= k ? c : "")) });
    });
  });

  test("steps of equal characters stay apart", () => {
    assert.equal(new Set(steps.map((step) => step.value)).size, 4);
    assert.deepEqual(steps.map((step) => step.label), [..."2008"]); // prettier-ignore
  });

  test("it starts with the whole map", () => {
    assert.equal(active, 3);
    assert.deepEqual(cells(figure).z, weights);
  });
});

describe("heatMap", () => {
  const names = ["a", "b"];

  test("writes the numbers into a small matrix, and not into a large one", () => {
    const small = heatMap({ z: [[1, 2], [3, 4.56789]], x: names, y: names }); // prettier-ignore
    const numbers = small.data[1];
    assert.ok(numbers.type === "scatter" && numbers.mode === "text");
    assert.deepEqual(numbers.text, ["1", "2", "3", "4.57"]);
    const many = Array.from({ length: 9 }, (_, i) => `t${i}`);
    const large = heatMap({ z: many.map(() => many.map((_, j) => j)), x: many, y: many });
    assert.equal(large.data.length, 1);
    assert.match(large.alt, /From 0 to 8; the largest stands in row “t0”, column “t8”/);
  });

  test("numbers are white on dark cells and black on light ones", () => {
    const { textfont } = heatMap({ z: [[0, 1]], x: names, y: ["a"] }).data[1] as {
      textfont: { color: string[] };
    };
    assert.deepEqual(textfont.color, ["#ffffff", "#000000"]);
  });

  test("zero is in the middle of the colours where values lie below it", () => {
    const figure = cells(heatMap({ z: [[-1, 3]], x: names, y: ["a"] }));
    assert.deepEqual([figure.zmin, figure.zmax], [-3, 3]);
    const given = cells(heatMap({ z: [[-1, 3]], x: names, y: ["a"], range: [-1, 4] }));
    assert.deepEqual([given.zmin, given.zmax], [-4, 4]);
    const above = cells(heatMap({ z: [[1, 3]], x: names, y: ["a"], range: [1, 4] }));
    assert.deepEqual([above.zmin, above.zmax], [1, 4]);
    const positive = cells(heatMap({ z: [[1, 3]], x: names, y: ["a"] }));
    assert.deepEqual([positive.zmin, positive.zmax], [0, 3]);
  });

  test("a cell says what it means, with the caller's names", () => {
    const figure = heatMap({
      z: [[0.25]],
      x: ["tea"],
      y: ["I"],
      xTitle: "key",
      yTitle: "query",
      valueName: "score",
    });
    assert.equal(cells(figure).customdata[0][0], "score 0.25 for query “I” and key “tea”");
    assert.match(figure.alt, /“I”: “tea” 0.25/);
  });

  test("values that are not finite have no colour, but can be read", () => {
    const figure = heatMap({ z: [[NaN, Infinity]], x: names, y: ["a"] });
    assert.deepEqual(cells(figure).z, [[null, null]]);
    assert.deepEqual((figure.data[1] as { text: string[] }).text, ["NaN", "Infinity"]);
  });

  test("a matrix of another shape is refused", () => {
    assert.throws(() => heatMap({ z: [[1, 2, 3]], x: names, y: ["a"] }), /\[1, 3\].*\[1, 2\]/);
  });
});

describe("curves", () => {
  const figure = curves({
    xTitle: "epoch",
    yTitle: "loss",
    lines: [
      { name: "training", y: [3, 1, NaN] },
      { name: "validation", x: [1, 3], y: [4, 2], spread: { low: [3, 1], high: [5, 3] } },
    ],
  });

  test("lines differ in more than their colour", () => {
    const lines = figure.data.filter((trace) => trace.type === "scatter" && !("fill" in trace));
    const dashes = lines.map((trace) => (trace as { line: { dash?: string } }).line.dash);
    assert.equal(new Set(dashes).size, 2);
  });

  test("a band runs along the upper border and back along the lower one", () => {
    const band = figure.data[0] as { fill?: string; x: number[]; y: number[] };
    assert.equal(band.fill, "toself");
    assert.deepEqual(band.x, [1, 3, 3, 1]);
    assert.deepEqual(band.y, [5, 3, 1, 3]);
  });

  test("what is not finite is a gap", () => {
    assert.deepEqual((figure.data[1] as { y: unknown[] }).y, [3, 1, null]);
    assert.match(figure.alt, /training: 3 at epoch 1, 1 at epoch 2, smallest 1, largest 3;/);
    const lost = curves({
      xTitle: "x",
      yTitle: "y",
      lines: [{ name: "lost", y: [NaN, Infinity] }],
    });
    assert.match(lost.alt, /lost: no value is finite\.$/);
  });

  test("a line may have very many points", () => {
    const y = Array.from({ length: 200_000 }, (_, i) => i + 1);
    const args = { xTitle: "x", yTitle: "y", lines: [{ name: "long", y }], logScale: true };
    assert.match(curves(args).alt, /smallest 1, largest 200000\.$/);
  });

  test("the text alternative says how each line runs", () => {
    assert.match(figure.alt, /validation: 4 at epoch 1, 2 at epoch 3, smallest 2, largest 4/);
  });

  test("a logarithmic scale is labelled whether it is short or long", () => {
    const scale = (y: number[]) =>
      curves({ xTitle: "x", yTitle: "y", lines: [{ name: "a", y }], logScale: true }).layout.yaxis;
    assert.equal(scale([2.7, 0.003]).dtick, 1); // 1, 0.1, 0.01
    assert.equal(scale([2.7, 2.4]).dtick, undefined); // no power of ten lies there: Plotly chooses
  });

  test("x can be logarithmic, with a label at each of the first line's points", () => {
    const line = { name: "a", x: [10, 30, 100], y: [1, 2, 3] };
    const { xaxis } = curves({ xTitle: "x", yTitle: "y", lines: [line], logX: true }).layout;
    assert.deepEqual([xaxis.type, xaxis.tickvals], ["log", [10, 30, 100]]);
    assert.deepEqual(xaxis.ticktext, ["10", "30", "100"]);
    assert.equal(curves({ xTitle: "x", yTitle: "y", lines: [line] }).layout.xaxis.type, undefined);
  });

  test("no line, five lines, an empty one and unequal lengths are refused", () => {
    const titles = { xTitle: "x", yTitle: "y" };
    const line = { name: "a", y: [1, 2] };
    assert.throws(() => curves({ ...titles, lines: [] }), /0 lines/);
    assert.throws(() => curves({ ...titles, lines: Array(5).fill(line) }), /5 lines/);
    assert.throws(() => curves({ ...titles, lines: [{ name: "a", y: [] }] }), /no points/);
    assert.throws(
      () => curves({ ...titles, lines: [{ ...line, x: [1] }] }),
      /"a" has 2 values in y, but 1 in x/,
    );
  });
});

test("figures are plain JSON: no number that JSON cannot hold", () => {
  const wrong = (value: unknown): boolean =>
    typeof value === "number"
      ? !Number.isFinite(value)
      : value !== null && typeof value === "object" && Object.values(value).some(wrong);
  assert.equal(wrong({ y: [1, NaN] }), true);
  for (const figure of [
    attentionSteps({ source, target, weights }),
    heatMap({ z: [[1, NaN]], x: ["a", "b"], y: ["a"] }),
    curves({ xTitle: "x", yTitle: "y", lines: [{ name: "a", y: [1, Infinity] }] }),
  ]) {
    assert.equal(wrong(figure), false);
  }
});

test("figureHtml is one page with everything in it", () => {
  const page = figureHtml(attentionMap({ source: ["</script>"], target: ["a"], weights: [[1]] }));
  assert.doesNotMatch(page, /<script[^>]* src=|<link/);
  assert.equal(page.match(/<\/script>/g)?.length, 2);
  assert.match(page, /Plotly\.newPlot\("figure-0"/);
});
