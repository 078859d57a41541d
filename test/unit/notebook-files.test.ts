import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { faultsOf, fileText, PLOTLY } from "../../scripts/notebooks/notebook.mjs";
import { tidy } from "../../scripts/notebooks/tidy.mjs";

type Notebook = Parameters<typeof faultsOf>[0];

function notebookWith(...outputs: object[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      { id: "a", cell_type: "markdown", source: "text", metadata: {} },
      {
        id: "b",
        cell_type: "code",
        source: "show(figure)",
        metadata: {},
        execution_count: 1,
        outputs: outputs as Notebook["cells"][number]["outputs"],
      },
    ],
  };
}
const figure = { [PLOTLY]: {}, "text/plain": "in words" };

describe("a committed notebook", () => {
  test("is right when its cells have run and its figures have pictures", () => {
    const data = { ...figure, "image/png": "iVBORw0K" };
    assert.deepEqual(faultsOf(notebookWith({ output_type: "display_data", data })), []);
  });

  test("is at fault when a figure has no picture", () => {
    const faults = faultsOf(notebookWith({ output_type: "display_data", data: figure }));
    assert.match(faults[0], /1 committed figures have no picture/);
  });

  test("is at fault when a cell has not run, or ran out of order", () => {
    for (const count of [null, 2]) {
      const notebook = notebookWith();
      notebook.cells[1].execution_count = count;
      assert.match(faultsOf(notebook)[0], /cell 1: not executed in order/);
    }
  });

  test("is at fault when it shows an error", () => {
    assert.match(
      faultsOf(notebookWith({ output_type: "error", ename: "TypeError" }))[0],
      /TypeError/,
    );
    assert.match(faultsOf(notebookWith({ output_type: "stream", name: "stderr" }))[0], /error/);
  });
});

describe("tidy", () => {
  test("takes out what differs from run to run, and keeps tags", () => {
    const notebook = notebookWith();
    notebook.cells[1].metadata = { tags: ["slow"], execution: { started: "12:00" } };
    assert.deepEqual(tidy(notebook).cells[1].metadata, { tags: ["slow"] });
  });

  test("names cells that have no name", () => {
    const notebook = notebookWith();
    delete notebook.cells[1].id;
    assert.equal(tidy(notebook).cells[1].id, "cell-2");
  });

  test("written twice, a notebook is the same file, whatever the order of its keys", () => {
    const text = fileText(notebookWith());
    const reversed = JSON.parse(text, (_, value: unknown) =>
      value && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    ) as Notebook;
    assert.equal(fileText(reversed), text);
  });
});
