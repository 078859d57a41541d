import fs from "node:fs";
import path from "node:path";

/**
 * The full path of the first of `names` that is an executable on PATH; a name with a slash is
 * looked at where it is.
 * @param {...string} names
 * @returns {string | undefined}
 */
export function which(...names) {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  for (const name of names) {
    const places = name.includes("/") ? [name] : folders.map((folder) => path.join(folder, name));
    const found = places.find((place) => {
      try {
        fs.accessSync(place, fs.constants.X_OK);
        return fs.statSync(place).isFile();
      } catch {
        return false;
      }
    });
    if (found) return found;
  }
  return undefined;
}
