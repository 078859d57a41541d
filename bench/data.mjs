import fs from "node:fs";
import path from "node:path";
import { dateRecipe, drawDates, encodePairs, Random, vocabulariesOf } from "attention-lab";
import { cache } from "../scripts/setup/paths.mjs";

/** @typedef {import("./systems/common.mjs").Data} Data */

const folder = path.join(cache, "bench", "data");

/** The ids that stand for no character: padding, start, end, unknown. */
const RESERVED = 4;

/** The first of the characters that stand for the ids: Chinese ones, there are enough of them. */
const FIRST_CHARACTER = 0x4e00;

/** @typedef {Omit<Data, "sourceCharacters" | "targetCharacters" | "sources" | "targets" | "heldOut">} Sizes */

/**
 * Random rows: sources of a length between half and all of `sourceTime`, each as likely as any
 * other, with every sixteenth row as long as can be, so that each batch has such a row.
 * @param {string} name
 * @param {Sizes} sizes
 * @param {number} rows
 * @returns {string} the file
 */
export function randomData(name, sizes, rows) {
  const random = new Random(1);
  const ids = (/** @type {number} */ length, /** @type {number} */ vocab) =>
    Array.from({ length }, () => random.integer(RESERVED, vocab - 1));
  const { sourceTime, targetTime, sourceVocab, targetVocab } = sizes;
  const lengths = Array.from({ length: rows }, (_, row) =>
    row % 16 === 0 ? sourceTime : random.integer(Math.ceil(sourceTime / 2), sourceTime),
  );
  return write(name, {
    ...sizes,
    sourceCharacters: characters(sourceVocab),
    targetCharacters: characters(targetVocab),
    sources: lengths.map((length) => ids(length, sourceVocab)),
    targets: lengths.map(() => ids(targetTime - 1, targetVocab)),
  });
}

function characters(/** @type {number} */ vocab) {
  return Array.from({ length: vocab - RESERVED }, (_, i) =>
    String.fromCodePoint(FIRST_CHARACTER + i),
  ).join("");
}

/**
 * The project's dates: the pairs of all epochs of its recipe, one after the other, and dates of
 * other days to measure by.
 * @param {number} heldOut how many
 * @returns {{ file: string, sizes: Sizes }}
 */
export function dateData(heldOut) {
  const { pairs: count, epochs, seed, embeddingDim, hiddenDim } = dateRecipe;
  const train = Array.from({ length: epochs }, (_, epoch) =>
    drawDates({ split: "train", count, seed: 1000 * seed + epoch + 1 }),
  ).flat();
  const vocabularies = vocabulariesOf(train);
  const encode = (/** @type {import("attention-lab").Pair[]} */ pairs) => {
    const rows = encodePairs(pairs, vocabularies, { heldOut: true });
    return { sources: rows.map((row) => row.source), targets: rows.map((row) => row.target) };
  };
  const rows = encode(train);
  const test = encode(drawDates({ split: "test", count: heldOut, seed }));
  const longest = (/** @type {number[][]} */ all) =>
    all.reduce((n, row) => Math.max(n, row.length), 0);
  const sizes = {
    sourceVocab: vocabularies.source.size,
    targetVocab: vocabularies.target.size,
    embeddingDim,
    hiddenDim,
    dropout: 0, // the recipe has none
    sourceTime: longest([...rows.sources, ...test.sources]),
    targetTime: longest(rows.targets) + 1,
  };
  const file = write("dates", {
    ...sizes,
    sourceCharacters: vocabularies.source.tokens.slice(RESERVED).join(""),
    targetCharacters: vocabularies.target.tokens.slice(RESERVED).join(""),
    ...rows,
    heldOut: test,
  });
  return { file, sizes };
}

function write(/** @type {string} */ name, /** @type {Data} */ data) {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.json`);
  fs.writeFileSync(file, JSON.stringify(data));
  return file;
}
