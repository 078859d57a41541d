// npm run bench: measures the course's model side by side with Keras, PyTorch and tfjs-layers.
import fs from "node:fs";
import { parseArgs } from "node:util";
import { installPeers } from "../bench/peers.mjs";
import { fullPlan, quickPlan } from "../bench/plan.mjs";
import { bench } from "../bench/run.mjs";
import { entries } from "../bench/systems.mjs";
import { table } from "../bench/table.mjs";
import { exitWith, Problem } from "./setup/problem.mjs";

const help = `Trains and decodes the course's model side by side with Keras, PyTorch and tfjs-layers, taking
turns in one run, and prints times and ratios.

  npm run bench -- [options]

  --quick       fewer variants and rounds, and no dates: under 3 minutes
  --no-peers    ours alone
  --json FILE   write the numbers into a file, too
  -h, --help    this help

The first run installs Keras and PyTorch, in a folder of their own (.cache/bench). Leave the machine
alone meanwhile: what else it does is measured, too.
`;

function readOptions() {
  try {
    return parseArgs({
      options: {
        quick: { type: "boolean", default: false },
        "no-peers": { type: "boolean", default: false },
        json: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new Problem(`${/** @type {Error} */ (error).message} See npm run bench -- --help.`);
  }
}

await exitWith(async () => {
  const { quick, json, help: wantsHelp, "no-peers": alone } = readOptions();
  if (wantsHelp) {
    console.log(help);
    return;
  }
  const begun = Date.now();
  const python = !alone && (await installPeers());
  const result = await bench(
    quick ? quickPlan : fullPlan,
    entries({ quick, python, peers: !alone }),
  );
  console.log(`\n${table(result)}`);
  if (json) fs.writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\nMeasured in ${Math.round((Date.now() - begun) / 1000)} s.`);
});
