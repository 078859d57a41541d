import fs from "node:fs";
import path from "node:path";
import { writeWhole } from "../setup/files.mjs";
import { root } from "../setup/paths.mjs";
import { Problem } from "../setup/problem.mjs";

const SOURCES = path.join(root, "notebooks/exercises/source");
const SETTINGS = path.join(root, "classroom/nbgrader/nbgrader_config.py");

/** The names of the exercises' notebooks: 1-scores, 2-softmax, … */
export function chapters() {
  const number = (/** @type {string} */ name) => Number.parseInt(name);
  return fs.readdirSync(SOURCES).sort((a, b) => number(a) - number(b));
}

/**
 * A teacher's course folder, in nbgrader's layout: makes it, or brings what an older one lacks.
 * What is there stays as it is: gradebook, submissions, and exercises that the teacher has changed.
 * @param {string} folder
 */
export function makeCourseFolder(folder) {
  if (fs.existsSync(folder) && !fs.statSync(folder).isDirectory())
    throw new Problem(`${folder} is a file; name a folder for the course.`);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 }); // marks are nobody else's business
  fs.mkdirSync(path.join(folder, "exchange"), { recursive: true }); // nbgrader wants it to be there
  for (const chapter of chapters()) {
    const copy = path.join(folder, "source", chapter);
    if (!fs.existsSync(copy)) fs.cpSync(path.join(SOURCES, chapter), copy, { recursive: true });
  }
  const file = path.join(folder, "nbgrader_config.py");
  const before = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : settings();
  // A clone that was moved mends itself here.
  const after = before.replace(/^course = .*$/m, courseLine());
  if (!after.includes(courseLine()))
    throw new Problem(`${file} is another course's: name another folder, or an empty one.`);
  if (after !== before || !fs.existsSync(file)) writeWhole(file, after);
}

function courseLine() {
  return `course = Path(${JSON.stringify(SETTINGS)})`;
}

/** The folder's own nbgrader_config.py. Without the course's settings nbgrader would give marks for nothing. */
function settings() {
  return `# nbgrader's settings for this folder: the course's, then your own.
from pathlib import Path

here = Path(__file__).resolve().parent
# \`npm run classroom -- FOLDER\` puts the next line right when the clone has moved.
course = Path("")
if not course.is_file():
    raise SystemExit(f"{course} is gone: run \`npm run classroom -- {here}\` in the clone.")
load_subconfig(str(course))

c = get_config()
c.CourseDirectory.root = str(here)
# Where nbgrader releases to. Nobody else can read this folder; a hub has a place for all.
c.Exchange.root = str(here / "exchange")
`;
}
