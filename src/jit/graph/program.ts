// A compiled function as plain data: values that have a shape and a dtype, and nodes that compute values from values.
// The vocabulary of nodes is ONNX's (opset 17), so that lowering only has to write it down; everything before works
// on this form, which can be printed, checked and compared.

/** Element types; int64 occurs only where ONNX wants it, for shapes and axes. Booleans are bytes. */
export type DType = "float32" | "int32" | "bool" | "int64";

export type Data = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** A tensor that is not there yet. Names are unique in a program. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Integers, lists of integers, text, or a real number, which must be marked because 1 could be either. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

export interface Node {
  /** ONNX's operator, e.g. `"Gemm"`. */
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Which of the operator's results this is. Default 0, the first. */
  readonly position?: number;
}

export interface Constant {
  readonly value: Value;
  readonly data: Data;
}

/** An input that is filled with new random numbers at each run. */
export interface Draw {
  readonly value: Value;
  /** Uniform in [0, 1), or of mean 0 and standard deviation 1, without or with a cut at two standard deviations. */
  readonly distribution: "uniform" | "normal" | "truncated normal";
}

export interface Program {
  readonly inputs: readonly Value[];
  readonly constants: readonly Constant[];
  /** In an order in which they can be computed. */
  readonly nodes: readonly Node[];
  /** May repeat values, and name inputs and constants. */
  readonly outputs: readonly Value[];
}

/** Number of elements; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** `float32[32,64]` */
export function typeText({ shape, dtype }: Pick<Value, "shape" | "dtype">): string {
  return `${dtype}[${shape.join(",")}]`;
}

/** Constants that are single numbers. */
export function numbersOf({ constants }: Program): Map<string, number> {
  const single = constants.filter(({ value }) => value.shape.length === 0 && value.dtype === "float32");
  return new Map(single.map(({ value, data }) => [value.name, Number(data[0])]));
}
