import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { tf } from "../backend";
import { Vocabulary } from "../text/vocabulary";
import { Adam, adamOf } from "./adam";
import type { Translator } from "./decode";
import { Stretches, type Confidence } from "./doubt";
import { tokenAccuracy, tokenLoss } from "./loss";
import { vocabSizesOf } from "./vocab-sizes"; // which registers the layers of a saved model

const FORMAT = "attention-lab checkpoint";
/** The version of the format that this code writes, and the newest it reads. */
const VERSION = 1;

/** A trained model with all that is needed to use it, and to go on training it. */
export interface Checkpoint extends Translator {
  /** Where it comes from: data, sizes, seed, what was measured. Any JSON. */
  about?: Record<string, unknown>;
}

/** `checkpoint.json`, which stands beside tfjs's own `model.json` and `weights.bin`. */
interface Index extends Pick<Checkpoint, "maxLength" | "about"> {
  format: string;
  version: number;
  vocabularies: { source: unknown; target: unknown };
  confidence?: SavedConfidence;
  /** The optimizer's, where there is one. */
  stepsPerEpoch?: number;
  /** The SHA-256 of each of the other files. */
  sha256: Record<string, string>;
}

/** `Confidence` as JSON has it. */
interface SavedConfidence {
  lowestProbability: number;
  source: { stretches: ReturnType<Stretches["toJSON"]>; unseen: number };
  target: { stretches: ReturnType<Stretches["toJSON"]>; unseen: number };
}

/**
 * Writes a checkpoint into a folder, in place of the one that may be there; other files stay.
 *
 * `model.json` and `weights.bin` are what `model.save` writes, so `tf.loadLayersModel` reads them
 * too. For a model that `train` has compiled there are also `optimizer.json` and `optimizer.bin`,
 * from which training resumes; they can be deleted where the model is only used. A cut in the
 * middle leaves the old checkpoint or the new one, never a mixture.
 */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const { model, vocabularies, ...rest } = checkpoint;
  const saving = join(folder, SAVING);
  rmSync(saving, { recursive: true, force: true });
  mkdirSync(saving, { recursive: true });
  await model.save(`file://${saving}`);
  const adam = adamOf(model);
  if (adam) await saveOptimizer(saving, adam);
  const index = {
    format: FORMAT,
    version: VERSION,
    ...rest,
    vocabularies,
    stepsPerEpoch: adam?.stepsPerEpoch,
    sha256: Object.fromEntries(
      readdirSync(saving).map((file) => [file, sha256(readFileSync(join(saving, file)))]),
    ),
  };
  writeFileSync(join(saving, "checkpoint.json"), `${JSON.stringify(index)}\n`);
  moveSaved(folder);
  renameSync(saving, join(folder, SAVED));
  moveSaved(folder);
}

/** A checkpoint is written here first: what is here when a save was cut is not complete. */
const SAVING = ".checkpoint-saving";
/** Then the folder is renamed to this: what is here is complete, and has to be moved up. */
const SAVED = ".checkpoint-saved";

/** The last part of a save; also mends a save that was cut in the middle of this part. */
function moveSaved(folder: string): void {
  const saved = join(folder, SAVED);
  if (!existsSync(saved)) return;
  for (const file of readdirSync(saved)) renameSync(join(saved, file), join(folder, file));
  rmdirSync(saved);
}

/**
 * Reads the checkpoint that `saveCheckpoint` wrote.
 * @param options With `resume` the model is compiled with the optimizer's state, so that
 *   `train(model, data, { …, resume: true })` goes on where the earlier training stopped.
 * @throws Error when the folder has no checkpoint, or a foreign, newer, incomplete or damaged one.
 */
export async function loadCheckpoint(
  folder: string,
  options: { resume?: boolean } = {},
): Promise<Checkpoint> {
  moveSaved(folder);
  const { sha256: hashes, stepsPerEpoch, maxLength, about, ...index } = readIndex(folder);
  const { vocabularies, confidence } = readParts(folder, index);
  const wanted = ["model.json", "weights.bin", ...(options.resume ? OPTIMIZER_FILES : [])];
  for (const file of wanted) checkFile(folder, file, hashes[file]);
  const model = await tf.loadLayersModel(`file://${join(folder, "model.json")}`);
  const sizes = vocabSizesOf(model);
  checkSize(folder, "source", vocabularies.source, sizes.source);
  checkSize(folder, "target", vocabularies.target, sizes.target);
  if (options.resume) await loadOptimizer(folder, model, stepsPerEpoch);
  return { model, vocabularies, maxLength, confidence, about };
}

/** The vocabularies and the confidence of an index. */
function readParts(
  folder: string,
  { vocabularies, confidence }: Pick<Index, "vocabularies" | "confidence">,
): Pick<Checkpoint, "vocabularies" | "confidence"> {
  try {
    return {
      vocabularies: {
        source: Vocabulary.fromJSON(vocabularies.source),
        target: Vocabulary.fromJSON(vocabularies.target),
      },
      confidence: confidence && readConfidence(confidence),
    };
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${folder}: its checkpoint.json is damaged: ${message}`, { cause: error });
  }
}

function readConfidence({ lowestProbability, source, target }: SavedConfidence): Confidence {
  const familiar = ({ stretches, unseen }: SavedConfidence["source"]) => ({
    stretches: Stretches.fromJSON(stretches),
    unseen,
  });
  return { lowestProbability, source: familiar(source), target: familiar(target) };
}

function checkSize(folder: string, name: string, vocabulary: Vocabulary, size: number): void {
  if (vocabulary.size === size) return;
  throw new Error(
    `${folder}: its checkpoint.json is damaged: the ${name} vocabulary has ${vocabulary.size} ids, ` +
      `and the model has ${size}.`,
  );
}

function readIndex(folder: string): Index {
  const file = join(folder, "checkpoint.json");
  if (!existsSync(file)) {
    throw new Error(`${folder}: no checkpoint there (there is no checkpoint.json in it).`);
  }
  let index: unknown;
  try {
    index = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new Error(`${folder}: its checkpoint.json is damaged (it is not JSON).`);
  }
  if (!isObject(index) || index.format !== FORMAT) {
    throw new Error(`${folder}: its checkpoint.json was not written by attention-lab.`);
  }
  if (typeof index.version === "number" && index.version > VERSION) {
    throw new Error(
      `${folder}: the checkpoint has version ${index.version} of the format, and this code reads ` +
        `up to version ${VERSION}. Update attention-lab.`,
    );
  }
  for (const [name, [fits, kind]] of Object.entries(FIELDS)) {
    if (fits(index[name])) continue;
    throw new Error(`${folder}: its checkpoint.json is damaged: ${name} is not ${kind}.`);
  }
  return index as unknown as Index;
}

/** Whether a value is what a field of `Index` has to be, and what that is. */
type Field = [fits: (value: unknown) => boolean, kind: string];

const FIELDS: Record<string, Field> = {
  version: [isCount, "a whole number of at least 1"],
  vocabularies: [isObject, "an object"],
  sha256: [isObject, "an object"],
  maxLength: optional(isCount, "a whole number of at least 1"),
  stepsPerEpoch: optional(isCount, "a whole number of at least 1"),
  about: optional(isObject, "an object"),
  confidence: optional(isConfidence, "what measureConfidence found"),
};

function optional(fits: (value: unknown) => boolean, kind: string): Field {
  return [(value) => value === undefined || fits(value), kind];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isConfidence(value: unknown): value is SavedConfidence {
  const isFamiliar = (part: unknown) =>
    isObject(part) &&
    typeof part.unseen === "number" &&
    isObject(part.stretches) &&
    isCount(part.stretches.length) &&
    Array.isArray(part.stretches.seen);
  return (
    isObject(value) &&
    typeof value.lowestProbability === "number" &&
    isFamiliar(value.source) &&
    isFamiliar(value.target)
  );
}

function checkFile(folder: string, file: string, hash: string | undefined): void {
  const path = join(folder, file);
  if (hash === undefined || !existsSync(path)) {
    const use = OPTIMIZER_FILES.includes(file) ? ", so training cannot resume from it" : "";
    throw new Error(`${folder}: the checkpoint has no ${file}${use}.`);
  }
  if (sha256(readFileSync(path)) !== hash) {
    throw new Error(
      `${folder}: the checkpoint's ${file} is damaged (its SHA-256 is not the one recorded).`,
    );
  }
}

const OPTIMIZER_FILES = ["optimizer.json", "optimizer.bin"];

async function saveOptimizer(folder: string, adam: Adam): Promise<void> {
  const weights = await adam.getWeights();
  const { data, specs } = await tf.io.encodeWeights(weights);
  tf.dispose(weights.map(({ tensor }) => tensor));
  writeFileSync(join(folder, "optimizer.json"), JSON.stringify(specs));
  writeFileSync(join(folder, "optimizer.bin"), Buffer.from(data));
}

async function loadOptimizer(
  folder: string,
  model: tf.LayersModel,
  stepsPerEpoch: number | undefined,
): Promise<void> {
  // Its SHA-256 is right, so it is what `saveOptimizer` wrote.
  const json = readFileSync(join(folder, "optimizer.json"), "utf8");
  const specs = JSON.parse(json) as Parameters<typeof tf.io.decodeWeights>[1];
  const { buffer, byteOffset, byteLength } = readFileSync(join(folder, "optimizer.bin"));
  const data = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  const tensors = tf.io.decodeWeights(data, specs);
  const adam = new Adam();
  adam.stepsPerEpoch = stepsPerEpoch;
  await adam.setWeights(Object.entries(tensors).map(([name, tensor]) => ({ name, tensor })));
  tf.dispose(tensors);
  model.compile({ optimizer: adam, loss: tokenLoss, metrics: [tokenAccuracy] });
}

function sha256(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
