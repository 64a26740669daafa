// Writes a program node by node. Equal small constants are stored once: a training step names the same few numbers,
// shapes and axes again and again.
import { InternalError } from "../errors.js";
import {
  type Attribute,
  type Constant,
  type Data,
  type DType,
  type Node,
  type Program,
  sizeOf,
  type Value,
} from "./program.js";

export interface Builder {
  input(name: string, shape: readonly number[], dtype: DType): Value;
  /** A constant; the data are not copied and must not change. */
  constant(data: Data, shape: readonly number[], dtype: DType): Value;
  /** One number as float32, int32 or bool, of shape []. */
  scalar(value: number, dtype?: Exclude<DType, "int64">): Value;
  /** A list as int64, which is what ONNX takes for shapes, axes and bounds. */
  integers(values: readonly number[]): Value;
  /** Appends a node. `like` gives the result's shape and dtype, `position` which result of the operator's it is. */
  node(
    op: string,
    inputs: readonly Value[],
    like: Pick<Value, "shape" | "dtype">,
    attributes?: Readonly<Record<string, Attribute>>,
    position?: number,
  ): Value;
  /** The nodes that were appended after the first `count`. */
  nodesAfter(count: number): readonly Node[];
  /** How many nodes there are. */
  readonly count: number;
  /** The data of a constant, `undefined` for other values. */
  dataOf(value: Value): Data | undefined;
  /** Everything so far, as a program with these outputs. */
  program(outputs: readonly Value[]): Program;
}

/** Constants of at most this many elements are looked for among those that are there. */
const sharedSize = 64;

export function builder(): Builder {
  const inputs: Value[] = [];
  const constants: Constant[] = [];
  const data = new Map<Value, Data>();
  const shared = new Map<string, Value>();
  const nodes: Node[] = [];
  const addConstant: Builder["constant"] = (elements, shape, dtype) => {
    if (elements.length !== sizeOf(shape))
      throw new InternalError(`a constant [${shape}] has ${elements.length} elements`);
    const key = elements.length <= sharedSize ? `${dtype}[${shape}]${bytesOf(elements).join()}` : undefined;
    const found = key === undefined ? undefined : shared.get(key);
    if (found) return found;
    const value: Value = { name: `c${constants.length}`, shape, dtype };
    constants.push({ value, data: elements });
    data.set(value, elements);
    if (key !== undefined) shared.set(key, value);
    return value;
  };
  return {
    input(name, shape, dtype) {
      const value: Value = { name, shape, dtype };
      inputs.push(value);
      return value;
    },
    constant: addConstant,
    scalar: (number, dtype = "float32") => addConstant(typedArray([number], dtype), [], dtype),
    integers: (values) => addConstant(typedArray(values, "int64"), [values.length], "int64"),
    node(op, operands, { shape, dtype }, attributes = {}, position = 0) {
      const output: Value = { name: `v${nodes.length}`, shape: [...shape], dtype };
      nodes.push({ op, inputs: operands, output, attributes, ...(position > 0 ? { position } : {}) });
      return output;
    },
    nodesAfter: (count) => nodes.slice(count),
    get count() {
      return nodes.length;
    },
    dataOf: (value) => data.get(value),
    program: (outputs) => ({ inputs: [...inputs], constants: [...constants], nodes: [...nodes], outputs }),
  };
}

/** Numbers as the array that holds a dtype's elements. */
export function typedArray(values: ArrayLike<number>, dtype: DType): Data {
  switch (dtype) {
    case "float32":
      return Float32Array.from(values);
    case "int32":
      return Int32Array.from(values);
    case "bool":
      return Uint8Array.from(values);
    case "int64":
      return BigInt64Array.from(Array.from(values), BigInt);
    default:
      return dtype satisfies never;
  }
}

/** The same memory as bytes. */
export function bytesOf(data: Data): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
