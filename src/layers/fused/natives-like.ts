import { tf } from "../../backend";
import type { Native } from "./native";

/** The same lists and objects with natives in place of tensors. */
export type Natives<Value> = Value extends tf.Tensor
  ? Native
  : { [Key in keyof Value]: Natives<Value[Key]> };

/** All tensors in lists and objects. */
export function tensorsIn(value: unknown): tf.Tensor[] {
  if (value instanceof tf.Tensor) return [value];
  return value === undefined ? [] : Object.values(value as object).flatMap(tensorsIn);
}

/** The opposite of `tensorsIn`: takes a native for each tensor. */
export function nativesLike<Value>(value: Value, natives: Iterator<Native>): Natives<Value> {
  if (value instanceof tf.Tensor) return natives.next().value as Natives<Value>;
  if (value === undefined) return value as Natives<Value>;
  const parts: unknown = Array.isArray(value)
    ? value.map((part: unknown) => nativesLike(part, natives))
    : Object.fromEntries(
        Object.entries(value as object).map(([key, part]) => [key, nativesLike(part, natives)]),
      );
  return parts as Natives<Value>;
}
