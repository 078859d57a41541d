// The part of tfjs-node's protocol buffers (TensorFlow's graph format) that `graph.ts` writes.
// tfjs-node ships them without types.
declare module "@tensorflow/tfjs-node/dist/proto/api_pb" {
  export class TensorShape {
    setDimList(dims: Dim[]): this;
    setUnknownRank(unknown: boolean): this;
    static Dim: new () => Dim;
  }
  interface Dim {
    setSize(size: number): Dim;
  }
  export class Tensor {
    setDtype(type: number): this;
    setTensorShape(shape: TensorShape): this;
    setTensorContent(bytes: Uint8Array): this;
  }
  export class AttrValue {
    setType(type: number): this;
    setI(value: number): this;
    setB(value: boolean): this;
    setS(value: Uint8Array): this;
    setTensor(tensor: Tensor): this;
    setShape(shape: TensorShape): this;
  }
  export class NodeDef {
    setName(name: string): this;
    getName(): string;
    setOp(operation: string): this;
    setInputList(names: string[]): this;
    addInput(name: string): void;
    getAttrMap(): { set(name: string, value: AttrValue): void };
  }
  export class VersionDef {
    setProducer(version: number): this;
  }
  export class GraphDef {
    addNode(node: NodeDef): void;
    getNodeList(): NodeDef[];
    setVersions(versions: VersionDef): this;
  }
  export class MetaGraphDef {
    setMetaInfoDef(info: MetaInfoDef): this;
    setGraphDef(graph: GraphDef): this;
    static MetaInfoDef: new () => MetaInfoDef;
  }
  interface MetaInfoDef {
    setTagsList(tags: string[]): MetaInfoDef;
  }
  export class SavedModel {
    setSavedModelSchemaVersion(version: number): this;
    setMetaGraphsList(graphs: MetaGraphDef[]): this;
    serializeBinary(): Uint8Array;
  }
}
