// Lists of integers as ONNX takes them, for shapes, axes, sizes. Equal lists of one kind have the same name, by which
// passes and files keep one of them.
import { typedArray } from "./builder.js";
import type { Constant } from "./program.js";

/** @param kind  the beginning of the name */
export function integerList(kind: string, values: readonly number[]): Constant {
  const name = `${kind}_${values.join("_").replaceAll("-", "m")}`;
  return { value: { name, shape: [values.length], dtype: "int64" }, data: typedArray(values, "int64") };
}
