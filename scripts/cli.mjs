// Runs a program of the package: node scripts/cli.mjs train --help
import { existsSync } from "node:fs";

const [name] = process.argv.splice(2, 1);
const program = new URL(`../src/dist/cli/${name}.js`, import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  console.error("The course is not built yet: run npm start first.");
  process.exitCode = 2;
}
