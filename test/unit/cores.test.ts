import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { afterEach, test } from "node:test";
import { availableCores } from "attention-lab";

const before = process.env.CPU_LIMIT;

afterEach(() => {
  if (before === undefined) delete process.env.CPU_LIMIT;
  else process.env.CPU_LIMIT = before;
});

test("all cores of the machine where nobody limits them", () => {
  delete process.env.CPU_LIMIT;
  assert.equal(availableCores(), availableParallelism());
});

test("as many as JupyterHub grants, at least one, and no more than there are", () => {
  for (const [granted, cores] of [
    ["1.0", 1],
    ["1.9", 1],
    ["0.5", 1],
    ["4096", availableParallelism()],
  ] as const) {
    process.env.CPU_LIMIT = granted;
    assert.equal(availableCores(), cores, granted);
  }
});
