// npm run classroom: the teacher's JupyterLab, with nbgrader, on a course folder.
//   npm run classroom [-- FOLDER] [what goes on to JupyterLab, such as --no-browser --port 9000]
//   npm run classroom -- --set-up      installs what that needs, and opens nothing
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { makeCourseFolder } from "./classroom/folder.mjs";
import { openLab } from "./setup/lab.mjs";
import { classroomVenv, root } from "./setup/paths.mjs";
import { choosePort } from "./setup/port.mjs";
import { exitWith } from "./setup/problem.mjs";
import { setUp } from "./setup/setup.mjs";
import { classroomThings } from "./setup/things.mjs";

await exitWith(async () => {
  const args = process.argv.slice(2);
  if (args[0] === "--set-up") return await setUp(classroomThings);
  const named = args[0] !== undefined && !args[0].startsWith("-") ? args.shift() : undefined;
  const folder = path.resolve(named ?? path.join(os.homedir(), "attention-lab-course"));
  const port = await choosePort(args);
  await setUp(classroomThings);
  makeCourseFolder(folder);
  console.log(`The course folder is ${folder}.`);
  return await openLab(args, port, {
    folder: fs.realpathSync(folder),
    page: "?formgrader=true",
    venv: classroomVenv,
    program: [path.join(root, "scripts/classroom/lab.py")],
  });
});
