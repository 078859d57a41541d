import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { test } from "node:test";

/** Runs a program without a kernel, with pipes instead of a terminal. */
function run(program: string) {
  const result = spawnSync(
    process.execPath,
    ["-e", `const lab = require("attention-lab/dist/display/${program}`],
    {
      encoding: "utf8",
    },
  );
  assert.equal(result.status, 0, result.stderr);
  return result;
}

test("show prints the text alternative where there is no notebook", () => {
  const { stdout } = run('show"); lab.show({ data: [], layout: {}, alt: "in words" });');
  assert.equal(stdout, "in words\n");
});

test("a live display adds few lines to a log, and the last one always", () => {
  const { stdout, stderr } = run(
    'live"); const live = lab.liveDisplay();' +
      "for (let i = 1; i < 100; i++) live.update({ text: `step ${i}` });" +
      'live.finish({ text: "done" });',
  );
  assert.equal(stdout, "");
  assert.equal(stderr, "step 1\ndone\n");
});

test("without a kernel tslab is not loaded", () => {
  const loaded = execFileSync(
    process.execPath,
    [
      "-e",
      'require("attention-lab/dist/display/kernel").inKernel();' +
        "console.log(Object.keys(require.cache).some((file) => /tslab/.test(file)))",
    ],
    { encoding: "utf8" },
  );
  assert.equal(loaded, "false\n");
});
