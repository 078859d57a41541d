// node scripts/readme-picture.mjs: draws the picture at the top of README.md, which is the first
// figure of notebook 6 as it was executed last, at three times its size.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { figureOutputs, PLOTLY } from "./notebooks/notebook.mjs";
import { drawPictures } from "./notebooks/pictures.mjs";
import { root, shown } from "./setup/paths.mjs";
import { exitWith, Problem } from "./setup/problem.mjs";

const notebook = path.join(root, "notebooks", "6-attention-maps.ipynb");
const picture = path.join(root, "notebooks", "images", "attention-map.png");

await exitWith(async () => {
  const [first] = figureOutputs(JSON.parse(readFileSync(notebook, "utf8")));
  if (!first)
    throw new Problem(`${shown(notebook)} has no figure: run \`npm run notebooks\` first`);
  const [png] = await drawPictures([first.data?.[PLOTLY]], 3);
  writeFileSync(picture, png, "base64");
  console.log(`${shown(picture)} drawn`);
  return 0;
});
