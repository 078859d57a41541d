// npm run doctor: what is present, what is missing, and the command that mends it. Changes nothing.
import { things } from "./setup/things.mjs";

/** @returns {import("./setup/thing.mjs").Finding} */
function examine(/** @type {import("./setup/thing.mjs").Thing} */ thing) {
  const finding = thing.check();
  if (!finding.ok || !thing.probe) return finding;
  const probed = thing.probe();
  return probed.ok ? { ...probed, detail: `${finding.detail}; ${probed.detail}` } : probed;
}

const width = Math.max(...things.map(({ name }) => name.length));
let faults = 0;
for (const thing of things) {
  const { ok, detail, command } = examine(thing);
  const mark = ok ? "present" : thing.optional ? "without" : "MISSING";
  console.log(`${mark}  ${thing.name.padEnd(width)}  ${detail}`);
  if (!ok) console.log(`${" ".repeat(width + 11)}mend it with: ${command ?? "npm start"}`);
  if (!ok && !thing.optional) faults++;
}
console.log(
  faults === 0
    ? "The course runs here."
    : `The course does not run here yet: ${faults} of ${things.length} things are missing.`,
);
process.exitCode = faults === 0 ? 0 : 1;
