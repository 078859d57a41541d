import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, describe, test } from "node:test";
import { sideBySide } from "attention-lab";

const folder = mkdtempSync(join(tmpdir(), "side-by-side-"));
after(() => rmSync(folder, { recursive: true }));

/** A module whose `run(job)` is the given code. */
function moduleOf(name: string, body: string): string {
  const file = join(folder, `${name}.cjs`);
  writeFileSync(file, `exports.run = async (job) => { ${body} };\n`);
  return file;
}

const sleepy = moduleOf(
  "sleepy",
  `require("node:fs").appendFileSync(${JSON.stringify(join(folder, "pids"))}, process.pid + "\\n");
   await new Promise((resolve) => setTimeout(resolve, job.ms));
   if (job.fails) throw new RangeError(job.fails);
   return { job, pid: process.pid };`,
);

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function isGoneSoon(pid: number): Promise<boolean> {
  for (let i = 0; i < 100 && isRunning(pid); i++) await sleep(50);
  return !isRunning(pid);
}

interface Nap {
  ms: number;
  fails?: string;
}
type Slept = { job: Nap; pid: number };

describe("sideBySide", () => {
  test("gives the results in the order of the jobs, from as many processes as asked for", async () => {
    const jobs = [400, 1, 2, 3, 4].map((ms) => ({ ms }));
    const came: number[] = [];
    const results = await sideBySide<Nap, Slept>(sleepy, jobs, {
      processes: 2,
      onResult: (result, index) => {
        assert.deepEqual(result.job, jobs[index]);
        came.push(index);
      },
    });
    assert.deepEqual(
      results.map((result) => result.job),
      jobs,
    );
    assert.deepEqual(came, [1, 2, 3, 4, 0], "a long job holds up nobody");
    const pids = new Set(results.map((result) => result.pid));
    assert.equal(pids.size, 2, "two processes, each doing job after job");
    assert.ok(!pids.has(process.pid));
    for (const pid of pids) assert.ok(!isRunning(pid), "they have ended");
  });

  test("no jobs give no results", async () => {
    assert.deepEqual(await sideBySide(sleepy, []), []);
  });

  test("results keep NaN, undefined and typed arrays", async () => {
    const module = moduleOf("numbers", `return [NaN, undefined, Float32Array.of(job, 2)];`);
    assert.deepEqual(await sideBySide(module, [1]), [[NaN, undefined, Float32Array.of(1, 2)]]);
  });

  test("a failing job is named, and ends the other processes", async () => {
    const pids: number[] = [];
    const jobs = [{ ms: 1 }, { ms: 60_000 }, { ms: 1, fails: "no such luck" }];
    const options = { processes: 2, onResult: ({ pid }: Slept) => void pids.push(pid) };
    await assert.rejects(sideBySide<Nap, Slept>(sleepy, jobs, options), (error: Error) => {
      assert.match(error.message, /jobs\[2\] \(\{"ms":1,"fails":"no such luck"\}\)/);
      assert.match(error.message, /RangeError: no such luck/);
      assert.match((error.cause as Error).stack!, /sleepy\.cjs/, "the cause tells where");
      return true;
    });
    assert.equal(pids.length, 1);
    assert.ok(!isRunning(pids[0]));
  });

  test("a process that dies is told of, with its job", async () => {
    const ways = { 'process.kill(process.pid, "SIGKILL")': /SIGKILL/, "process.exit(3)": /code 3/ };
    for (const [way, message] of Object.entries(ways)) {
      const module = moduleOf(`dies-${way.length}`, `${way}; await new Promise(() => {});`);
      await assert.rejects(sideBySide(module, ["last words"]), (error: Error) => {
        assert.match(error.message, /jobs\[0\] \("last words"\)/);
        assert.match(error.message, message);
        return true;
      });
    }
  });

  test("an error outside of the job's promise is told of too", async () => {
    const module = moduleOf(
      "late",
      `setTimeout(() => { throw new Error("later"); }); await new Promise(() => {});`,
    );
    await assert.rejects(sideBySide(module, [1]), /jobs\[0\] \(1\): Error: later/);
  });

  test("says what is wrong with a module, a job, a result or a number of processes", async () => {
    const empty = join(folder, "empty.cjs");
    writeFileSync(empty, "");
    await assert.rejects(sideBySide(empty, [1]), /empty\.cjs has no function "run"/);
    await assert.rejects(sideBySide(join(folder, "none.cjs"), [1]), /Cannot find module/);
    await assert.rejects(sideBySide(sleepy, [() => 1]), /jobs\[0\].*could not be cloned/);
    const handsOut = moduleOf("hands-out", "return () => 1;");
    await assert.rejects(sideBySide(handsOut, [1]), /jobs\[0\].*could not be cloned/);
    await assert.rejects(sideBySide(sleepy, [1], { processes: 0 }), /processes is 0/);
  });

  test("what onResult throws ends the processes", async () => {
    let child = 0;
    const onResult = ({ pid }: Slept) => {
      child = pid;
      throw new Error("enough");
    };
    await assert.rejects(sideBySide<Nap, Slept>(sleepy, [{ ms: 1 }], { onResult }), /enough/);
    assert.ok(!isRunning(child));
  });

  for (const [signal, ending] of [
    ["SIGINT", "rejected: sideBySide: interrupted; 0 of the 3 jobs were done.\n"],
    ["SIGKILL", ""],
  ] as const) {
    test(`${signal} to the process that gave the jobs leaves no process behind`, async () => {
      const pids = join(folder, "pids");
      rmSync(pids, { force: true });
      const parent = spawn(
        process.execPath,
        [
          "-e",
          `const { sideBySide } = require("attention-lab");
           sideBySide(${JSON.stringify(sleepy)}, [1, 2, 3].map(() => ({ ms: 60_000 })), { processes: 2 })
             .catch((error) => console.log("rejected: " + error.message));
           const { existsSync, readFileSync } = require("node:fs");
           const poll = setInterval(() => {
             const lines = existsSync(${JSON.stringify(pids)})
               ? readFileSync(${JSON.stringify(pids)}, "utf8").trim().split("\\n") : [];
             if (lines.length < 2) return;
             console.log("pids " + lines.join(" "));
             clearInterval(poll);
           }, 20);`,
        ],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      let output = "";
      parent.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
      const closed = once(parent, "exit");
      while (!output.includes("\n") && parent.exitCode === null) await sleep(20);
      const children = output.trim().split(" ").slice(1).map(Number);
      assert.equal(children.length, 2);
      assert.ok(children.every(isRunning));
      parent.kill(signal);
      await closed;
      for (const pid of children) assert.ok(await isGoneSoon(pid), `${pid} is gone`);
      assert.equal(output.replace(/^pids.*\n/, ""), ending);
    });
  }
});
