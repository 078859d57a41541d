import { AttrValue, GraphDef, NodeDef, Tensor } from "@tensorflow/tfjs-node/dist/proto/api_pb";
import { type Attributes, shapeOf, typeOf } from "./graph-attributes";
import { binding, type Native } from "./native";
import { type Frame } from "./loop-frame";

/** What a graph knows of an input before it runs. */
export interface InputKind {
  rank?: number;
  dtype: string;
}

/** Writes operations down as the nodes of a graph. Its natives are numbers of outputs. */
export class Recorder {
  readonly definition = new GraphDef();
  private readonly names = new Map<Native, string>();
  /** Axes, sizes and shapes, by what they are. */
  private readonly integerConstants = new Map<string, Native>();
  private nodes = 0;
  /** The loop whose body is being written down. */
  private frame: Frame | undefined;

  constant(values: Float32Array | Int32Array, shape: number[]): Native {
    const type = values instanceof Float32Array ? binding.TF_FLOAT : binding.TF_INT32;
    const tensor = new Tensor()
      .setDtype(type)
      .setTensorShape(shapeOf(shape))
      .setTensorContent(new Uint8Array(values.buffer));
    const attributes = { dtype: typeOf(type), value: new AttrValue().setTensor(tensor) };
    // Outside of any loop, as it has no input that would bring it in.
    return this.within(undefined, () => this.add("Const", [], attributes, 1)[0]);
  }

  /** A whole number, or a list of them. */
  integers(values: number | number[]): Native {
    const key = JSON.stringify(values);
    let native = this.integerConstants.get(key);
    if (native === undefined) {
      const shape = typeof values === "number" ? [] : [values.length];
      native = this.constant(Int32Array.from([values].flat()), shape);
      this.integerConstants.set(key, native);
    }
    return native;
  }

  /** Whether it is one of those. */
  isInteger(native: Native): boolean {
    return [...this.integerConstants.values()].includes(native);
  }

  placeholder({ rank, dtype }: InputKind): Native {
    const type = dtype === "int32" ? binding.TF_INT32 : binding.TF_FLOAT;
    const shape = shapeOf(Array<number>(rank ?? 0).fill(-1)).setUnknownRank(rank === undefined);
    const attributes = { dtype: typeOf(type), shape: new AttrValue().setShape(shape) };
    return this.add("Placeholder", [], attributes, 1)[0];
  }

  nameOf(native: Native): string {
    const name = this.names.get(native);
    if (name === undefined) throw new Error(`A kernel used the native ${native} of another graph.`);
    return name;
  }

  /** Writes down what belongs into the body of a loop, or (`undefined`) outside of it. */
  within<Result>(frame: Frame | undefined, write: () => Result): Result {
    const outer = this.frame;
    this.frame = frame;
    try {
      return write();
    } finally {
      this.frame = outer;
    }
  }

  /** Adds a node; of its `count` outputs it returns the natives. */
  add(operation: string, inputs: Native[], attributes: Attributes, count: number): Native[] {
    const read = inputs.map((input) => this.nameOf(this.frame?.inside(input) ?? input));
    const name = `node${this.nodes++}`;
    const node = new NodeDef().setName(name).setOp(operation).setInputList(read);
    for (const [key, value] of Object.entries(attributes)) node.getAttrMap().set(key, value);
    this.definition.addNode(node);
    const outputs = Array.from({ length: count }, (_, output) => {
      const native = this.names.size;
      this.names.set(native, `${name}:${output}`);
      return native;
    });
    this.frame?.own(outputs);
    return outputs;
  }

  /** Gives the node that `output` comes from one more input. */
  addInput(output: Native, input: Native): void {
    const [name] = this.nameOf(output).split(":");
    const node = this.definition.getNodeList().find((one) => one.getName() === name)!;
    node.addInput(this.nameOf(input));
  }

  /** Whether the body of a loop is being written down. */
  get inLoop(): boolean {
    return this.frame !== undefined;
  }

  /** How many nodes there are. */
  get count(): number {
    return this.nodes;
  }
}
