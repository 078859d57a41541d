import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sampleFiles } from "../data/samples";
import { datasetsFolder } from "../data/folder";
import { runCommand } from "./command";

const help = `Writes datasets/samples again: the same bytes on every machine.

  npm run datasets
`;

void runCommand({
  help,
  options: {},
  run: async () => {
    const folder = join(datasetsFolder, "samples");
    mkdirSync(folder, { recursive: true });
    for (const { name, text } of sampleFiles()) {
      writeFileSync(join(folder, name), text);
      console.log(`datasets/samples/${name}: ${text.split("\n").length - 1} lines`);
    }
    return 0;
  },
});
