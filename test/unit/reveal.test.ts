import assert from "node:assert/strict";
import { it } from "node:test";
import { revealBundle } from "../../src/display/reveal";

it("reveal: a closed answer in HTML, the same in plain text, tags escaped", () => {
  assert.deepEqual(revealBundle("Is 1 < 2?", ["yes & no", [1, 2]]), {
    "text/html":
      "<details><summary>Is 1 &lt; 2?</summary><pre>yes &amp; no\n[ 1, 2 ]</pre></details>",
    "text/plain": "Is 1 < 2?\nyes & no\n[ 1, 2 ]",
  });
});
