import { addon } from "./addon.mjs";
import { build } from "./build.mjs";
import { chromium } from "./chromium.mjs";
import { compiler } from "./compiler.mjs";
import { classroomKernel, kernel } from "./kernelspec.mjs";
import { node } from "./node.mjs";
import { packages } from "./packages.mjs";
import { python } from "./python.mjs";
import { tensorflow } from "./tensorflow.mjs";
import { classroom, figures, jupyterLab } from "./venv.mjs";

/** Everything the course needs, each after what it needs itself. */
/** @type {import("./thing.mjs").Thing[]} */
export const things = [
  node,
  python,
  compiler,
  packages,
  jupyterLab,
  figures,
  tensorflow,
  addon,
  build,
  kernel,
  chromium,
  classroom,
];

/** What the classroom needs beside the course: `npm run classroom` and its tests install it. */
export const classroomThings = [classroom, classroomKernel];
