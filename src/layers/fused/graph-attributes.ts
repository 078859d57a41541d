import { AttrValue, TensorShape } from "@tensorflow/tfjs-node/dist/proto/api_pb";
import { binding } from "./native";

/** What a node of a graph is told, beside its inputs. */
export type Attributes = Record<string, AttrValue>;

export const typeOf = (type: number) => new AttrValue().setType(type);
export const integerOf = (value: number) => new AttrValue().setI(value);
export const booleanOf = (value: boolean) => new AttrValue().setB(value);
export const textOf = (text: string) => new AttrValue().setS(new TextEncoder().encode(text));

export const FLOAT = typeOf(binding.TF_FLOAT);
export const INTEGER = typeOf(binding.TF_INT32);
/** Of operations on floats, on whole numbers, and from floats to their shape. */
export const FLOATS = { T: FLOAT };
export const INTEGERS = { T: INTEGER };
export const SHAPE = { T: FLOAT, out_type: INTEGER };

/** A shape; a size of −1 is unknown. */
export function shapeOf(sizes: number[]): TensorShape {
  return new TensorShape().setDimList(sizes.map((size) => new TensorShape.Dim().setSize(size)));
}
