import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AttrValue,
  GraphDef,
  MetaGraphDef,
  NodeDef,
  SavedModel,
  Tensor,
  TensorShape,
  VersionDef,
} from "@tensorflow/tfjs-node/dist/proto/api_pb";
import { binding, type Native, type Runtime, through } from "./native";

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
   * @returns The graph, and what `compute` returned with it.
   */
  static record<Result extends { outputs: Native[] }>(
    kinds: InputKind[],
    compute: (inputs: Native[]) => Result,
  ): Result & { graph: Graph } {
    const recorder = new Recorder();
    const inputs = kinds.map((kind) => recorder.placeholder(kind));
    const result = through(recorder, () => compute(inputs));
    const names = (natives: Native[]) => natives.map((native) => recorder.nameOf(native)).join(",");
    const graph = new Graph(load(recorder.definition), names(inputs), names(result.outputs));
    return { ...result, graph };
  }

  /** The outputs for these inputs; the caller frees them. */
  run(inputs: Native[]): Native[] {
    const outputs = binding.runSavedModel(this.session, inputs, this.inputNames, this.outputNames);
    return outputs.map(({ id }) => id);
  }
}

/** What a graph knows of an input before it runs. */
export interface InputKind {
  rank?: number;
  dtype: string;
}

/** The graph format's version that TensorFlow 2.15 writes; it reads older and newer ones too. */
const PRODUCER = 1645;

/** Loads a graph as a saved model, the one way in that tfjs-node offers. */
function load(definition: GraphDef): number {
  definition.setVersions(new VersionDef().setProducer(PRODUCER));
  const tags = new MetaGraphDef.MetaInfoDef().setTagsList(["serve"]);
  const meta = new MetaGraphDef().setMetaInfoDef(tags).setGraphDef(definition);
  const model = new SavedModel().setSavedModelSchemaVersion(1).setMetaGraphsList([meta]);
  const folder = temporaryFolder();
  try {
    writeFileSync(join(folder, "saved_model.pb"), model.serializeBinary());
    return binding.loadSavedModel(folder, "serve");
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

/** Writes operations down as the nodes of a graph. Its natives are numbers of outputs. */
class Recorder implements Runtime {
  readonly definition = new GraphDef();
  private readonly names = new Map<Native, string>();
  private nodes = 0;

  execute(
    operation: string,
    attributes: { name: string; type: number; value: unknown }[],
    inputs: Native[],
    count: number,
  ): Native[] {
    const values = attributes.map(({ name, type, value }) => [name, attribute(type, value)]);
    return this.add(operation, inputs, Object.fromEntries(values) as Attributes, count);
  }

  constant(values: Float32Array | Int32Array, shape: number[]): Native {
    const type = values instanceof Float32Array ? binding.TF_FLOAT : binding.TF_INT32;
    const tensor = new Tensor()
      .setDtype(type)
      .setTensorShape(shapeOf(shape))
      .setTensorContent(new Uint8Array(values.buffer));
    const attributes = {
      dtype: new AttrValue().setType(type),
      value: new AttrValue().setTensor(tensor),
    };
    return this.add("Const", [], attributes, 1)[0];
  }

  placeholder({ rank, dtype }: InputKind): Native {
    const type = dtype === "int32" ? binding.TF_INT32 : binding.TF_FLOAT;
    const shape = shapeOf(Array<number>(rank ?? 0).fill(-1)).setUnknownRank(rank === undefined);
    const attributes = {
      dtype: new AttrValue().setType(type),
      shape: new AttrValue().setShape(shape),
    };
    return this.add("Placeholder", [], attributes, 1)[0];
  }

  nameOf(native: Native): string {
    const name = this.names.get(native);
    if (name === undefined) throw new Error(`A kernel used the native ${native} of another graph.`);
    return name;
  }

  private add(operation: string, inputs: Native[], attributes: Attributes, count: number) {
    const name = `node${this.nodes++}`;
    const node = new NodeDef()
      .setName(name)
      .setOp(operation)
      .setInputList(inputs.map((input) => this.nameOf(input)));
    for (const [key, value] of Object.entries(attributes)) node.getAttrMap().set(key, value);
    this.definition.addNode(node);
    return Array.from({ length: count }, (_, output) => {
      const native = this.names.size;
      this.names.set(native, `${name}:${output}`);
      return native;
    });
  }
}

type Attributes = Record<string, AttrValue>;

/** A shape; a size of −1 is unknown. */
function shapeOf(sizes: number[]): TensorShape {
  return new TensorShape().setDimList(sizes.map((size) => new TensorShape.Dim().setSize(size)));
}

function attribute(type: number, value: unknown): AttrValue {
  const attribute = new AttrValue();
  if (type === binding.TF_ATTR_TYPE) return attribute.setType(value as number);
  if (type === binding.TF_ATTR_INT) return attribute.setI(value as number);
  return attribute.setB(value as boolean);
}
