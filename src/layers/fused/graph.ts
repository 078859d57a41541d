import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type GraphDef,
  MetaGraphDef,
  SavedModel,
  VersionDef,
} from "@tensorflow/tfjs-node/dist/proto/api_pb";
import { binding, type Native } from "./native";
import { recordedBy } from "./operations";
import { type InputKind, Recorder } from "./recorder";

/**
 * A computation written down as a TensorFlow graph and run as one call, as `tf.function` does in
 * Python: an operation in a graph costs TensorFlow about a microsecond, one called from JavaScript
 * about eight, and a graph reuses the memory of what is dead by itself.
 */
export class Graph {
  private constructor(
    private readonly session: number,
    private readonly inputNames: string,
    private readonly outputNames: string,
  ) {}

  /**
   * Records what `compute` does with inputs of these kinds, without running it.
   * @param onCallingThread Whether the thread that runs it computes it; otherwise TensorFlow's do.
   * @returns The graph, and what `compute` returned with it.
   */
  static record<Result extends { outputs: Native[] }>(
    kinds: InputKind[],
    compute: (inputs: Native[]) => Result,
    onCallingThread = false,
  ): Result & { graph: Graph } {
    const recorder = new Recorder();
    const inputs = kinds.map((kind) => recorder.placeholder(kind));
    const result = recordedBy(recorder, () => compute(inputs));
    const names = (natives: Native[]) => natives.map((native) => recorder.nameOf(native)).join(",");
    const session = load(recorder.definition, onCallingThread ? CALLING_THREAD : "serve");
    const graph = new Graph(session, names(inputs), names(result.outputs));
    return { ...result, graph };
  }

  /** The outputs for these inputs; the caller frees them. */
  run(inputs: Native[]): Native[] {
    const outputs = binding.runSavedModel(this.session, inputs, this.inputNames, this.outputNames);
    return outputs.map(({ id }) => id);
  }
}

/** The graph format's version that TensorFlow 2.15 writes; it reads older and newer ones too. */
const PRODUCER = 1645;

/** The tag by which our addon knows such a graph (`scripts/setup/calling-thread.h`). */
const CALLING_THREAD = "calling-thread";

/** Loads a graph as a saved model, the one way in that tfjs-node offers. */
function load(definition: GraphDef, tag: string): number {
  definition.setVersions(new VersionDef().setProducer(PRODUCER));
  const tags = new MetaGraphDef.MetaInfoDef().setTagsList([tag]);
  const meta = new MetaGraphDef().setMetaInfoDef(tags).setGraphDef(definition);
  const model = new SavedModel().setSavedModelSchemaVersion(1).setMetaGraphsList([meta]);
  const folder = temporaryFolder();
  try {
    writeFileSync(join(folder, "saved_model.pb"), model.serializeBinary());
    return binding.loadSavedModel(folder, tag);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), "attention-lab-graph-"));
  } catch (error) {
    throw new Error(
      `TensorFlow takes graphs from files only, and none could be written into ${tmpdir()} ` +
        `(${(error as Error).message}). Set TMPDIR to a folder with some room, or call ` +
        "useFusedKernels(false).",
      { cause: error },
    );
  }
}
