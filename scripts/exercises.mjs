// npm run exercises: writes the students' versions of the exercises, as nbgrader makes them of the
// sources in notebooks/exercises/source.
//   npm run exercises -- --check    says which ones are not what the sources give, and writes none
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chapters, makeCourseFolder } from "./classroom/folder.mjs";
import { writeWhole } from "./setup/files.mjs";
import { classroomVenv, pythonOf, root, shown } from "./setup/paths.mjs";
import { exitWith } from "./setup/problem.mjs";
import { run } from "./setup/run.mjs";
import { setUp } from "./setup/setup.mjs";
import { classroomThings } from "./setup/things.mjs";

await exitWith(async () => {
  const checking = process.argv[2] === "--check";
  await setUp(classroomThings);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "attention-lab-exercises-"));
  try {
    makeCourseFolder(folder);
    const generate = path.join(root, "scripts/classroom/generate.py");
    await run("nbgrader generate_assignment", pythonOf(classroomVenv), [generate, folder]);
    let stale = 0;
    for (const chapter of chapters()) {
      const file = path.join(root, "notebooks/exercises", `${chapter}.ipynb`);
      const text = fs.readFileSync(
        path.join(folder, "release", chapter, `${chapter}.ipynb`),
        "utf8",
      );
      if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === text) continue;
      stale++;
      if (!checking) writeWhole(file, text);
      console.log(`${shown(file)} ${checking ? "is not what its source gives" : "written"}`);
    }
    if (checking && stale > 0) console.log("npm run exercises writes them anew.");
    return checking && stale > 0 ? 1 : 0;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
