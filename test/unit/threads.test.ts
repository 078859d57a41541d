import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { decodeGreedy } from "attention-lab";
import { tinyData, tinyModel } from "./seq2seq-helpers";

/** How long all other threads of this process have computed, for each second of the main thread. */
function shareOfOthers(work: () => void): number {
  const times = () => {
    const sum = { main: 0, others: 0 };
    for (const thread of readdirSync("/proc/self/task")) {
      const [nanoseconds] = readFileSync(`/proc/self/task/${thread}/schedstat`, "utf8").split(" ");
      sum[Number(thread) === process.pid ? "main" : "others"] += Number(nanoseconds);
    }
    return sum;
  };
  const [begin, , end] = [times(), work(), times()];
  return (end.others - begin.others) / (end.main - begin.main);
}

const skip = !existsSync("/proc/self/schedstat") && "this system does not tell threads' times";

test("the thread that asks decodes few rows, TensorFlow's threads many", { skip }, () => {
  const model = tinyModel(tinyData().vocabularies, { hiddenDim: 128 });
  const share = (rows: number) => {
    const sources = Array.from({ length: rows }, () => [4, 5, 6, 7]);
    const decode = () => {
      for (let i = 0; i < 50; i++) decodeGreedy(model, sources, 6);
    };
    decode(); // makes the graphs, and lets V8 compile
    return shareOfOthers(decode);
  };
  // In this order: the first graph of a process must not decide on the threads of all others.
  const [few, many] = [share(16), share(64)];
  assert.ok(few < 0.5 * many && many > 1, JSON.stringify({ few, many }));
});
