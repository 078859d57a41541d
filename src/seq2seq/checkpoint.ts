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
import "./model"; // registers the layers that a saved model is made of

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
  const { sha256: hashes, vocabularies, maxLength, confidence, about } = readIndex(folder);
  const wanted = ["model.json", "weights.bin", ...(options.resume ? OPTIMIZER_FILES : [])];
  for (const file of wanted) checkFile(folder, file, hashes[file]);
  const model = await tf.loadLayersModel(`file://${join(folder, "model.json")}`);
  if (options.resume) await loadOptimizer(folder, model);
  return {
    model,
    vocabularies: {
      source: Vocabulary.fromJSON(vocabularies.source),
      target: Vocabulary.fromJSON(vocabularies.target),
    },
    maxLength,
    confidence: confidence && readConfidence(confidence),
    about,
  };
}

function readConfidence({ lowestProbability, source, target }: SavedConfidence): Confidence {
  const familiar = ({ stretches, unseen }: SavedConfidence["source"]) => ({
    stretches: Stretches.fromJSON(stretches),
    unseen,
  });
  return { lowestProbability, source: familiar(source), target: familiar(target) };
}

function readIndex(folder: string): Index {
  const file = join(folder, "checkpoint.json");
  if (!existsSync(file)) {
    throw new Error(`${folder}: no checkpoint there (there is no checkpoint.json in it).`);
  }
  let index: Index | null;
  try {
    index = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new Error(`${folder}: its checkpoint.json is damaged (it is not JSON).`);
  }
  if (index?.format !== FORMAT) {
    throw new Error(`${folder}: its checkpoint.json was not written by attention-lab.`);
  }
  if (index.version > VERSION) {
    throw new Error(
      `${folder}: the checkpoint has version ${index.version} of the format, and this code reads ` +
        `up to version ${VERSION}. Update attention-lab.`,
    );
  }
  return index;
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
  weights[0].tensor.dispose(); // the step count: a copy, unlike the others
  writeFileSync(join(folder, "optimizer.json"), JSON.stringify(specs));
  writeFileSync(join(folder, "optimizer.bin"), Buffer.from(data));
}

async function loadOptimizer(folder: string, model: tf.LayersModel): Promise<void> {
  const specs = JSON.parse(readFileSync(join(folder, "optimizer.json"), "utf8"));
  const { buffer, byteOffset, byteLength } = readFileSync(join(folder, "optimizer.bin"));
  const data = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  const tensors = tf.io.decodeWeights(data, specs);
  const adam = new Adam();
  await adam.setWeights(Object.entries(tensors).map(([name, tensor]) => ({ name, tensor })));
  tf.dispose(tensors);
  model.compile({ optimizer: adam, loss: tokenLoss, metrics: [tokenAccuracy] });
}

function sha256(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
