// npm test: sets up, then runs the stages, or those named: npm test -- unit kernel
import { add, stages } from "./checks/stages.mjs";
import { exitWith } from "./setup/problem.mjs";
import { setUp } from "./setup/setup.mjs";

/** @typedef {import("./checks/stages.mjs").Counts} Counts */

function line(/** @type {Counts} */ { passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

const everyTime = Object.keys(stages).filter((name) => !["course", "classroom"].includes(name));

await exitWith(async () => {
  const names = process.argv.length > 2 ? process.argv.slice(2) : everyTime;
  const unknown = names.find((name) => !(name in stages));
  if (unknown) {
    console.error(`No stage "${unknown}"; there are: ${Object.keys(stages).join(", ")}.`);
    return 2;
  }
  await setUp();
  const total = { passed: 0, failed: 0, skipped: 0 };
  const summary = [];
  for (const name of names) {
    console.log(`\n=== ${name}`);
    const begun = Date.now();
    const counts = await stages[name]();
    if (counts.passed + counts.failed + counts.skipped === 0) {
      console.log("No test was found.");
      counts.failed = 1;
    }
    add(total, counts);
    const seconds = Math.round((Date.now() - begun) / 1000);
    summary.push(`${name.padEnd(10)} ${`${seconds} s`.padStart(6)}  ${line(counts)}`);
  }
  console.log(`\n=== summary\n${summary.join("\n")}\n\n${line(total)}`);
  return total.failed > 0 ? 1 : 0;
});
