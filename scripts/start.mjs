// npm start: sets up what is missing, then opens JupyterLab on the first notebook.
// Everything after `--` goes on to JupyterLab: npm start -- --no-browser --port 9000
import { openLab } from "./setup/lab.mjs";
import { choosePort } from "./setup/port.mjs";
import { exitWith } from "./setup/problem.mjs";
import { setUp } from "./setup/setup.mjs";

await exitWith(async () => {
  const args = process.argv.slice(2);
  const port = await choosePort(args); // before any download: nobody waits minutes for a taken port
  await setUp();
  return await openLab(args, port);
});
