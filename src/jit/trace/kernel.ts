// What a kernel of the trace backend sees and gives: symbols of its inputs, its attributes, the program to append to.
import * as tf from "@tensorflow/tfjs-core";
import { InternalError } from "../errors.js";
import type { Builder } from "../graph/builder.js";
import { wrongTypes } from "../graph/check.js";
import { refusedDType } from "../graph/engine-dtypes.js";
import { printNode } from "../graph/print.js";
import type { Attribute, DType, Value } from "../graph/program.js";
import { anyRows, reshapeAttributes } from "../graph/shapes.js";
import { type TraceBackend, traceBackendName } from "./backend.js";
import { computedDType } from "./dtypes.js";
import { explainedFailure, unsupported } from "./refusals.js";

export interface KernelCall {
  readonly name: string;
  readonly graph: Builder;
  /** The inputs of a kernel that takes a list, in their order. */
  readonly operands: readonly Value[];
  /** An input by its name in TensorFlow.js. */
  input(name: string): Value;
  optional(name: string): Value | undefined;
  /** The shape and dtype of an input, which may have been disposed of. */
  typeOf(name: string): Pick<Value, "shape" | "dtype">;
  /** An attribute, as TensorFlow.js's `kernel_names.ts` types it. */
  attribute<T>(name: string): T;
  /** The numbers of what comes from constants alone; `undefined` for other values. */
  known(value: Value): ArrayLike<number> | undefined;
  /** New numbers at each run, uniform in [0, 1). */
  uniform(shape: readonly number[]): Value;
}

export type Kernel = (call: KernelCall) => Value | Value[];

/** Kernels by TensorFlow.js's names; `ops/` has a table for each family. */
export type KernelTable = Readonly<Record<string, Kernel>>;

export function registerKernels(table: KernelTable): void {
  for (const [kernelName, kernel] of Object.entries(table))
    tf.registerKernel({
      kernelName,
      backendName: traceBackendName,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const trace = backend as TraceBackend;
        const { draws = [], constants, graph, places } = trace.recording ?? {};
        const drawn = draws.length;
        const symbols = new Map<tf.TensorInfo, Value>();
        const call = new Call(kernelName, attrs, { inputs, trace, symbols });
        let result: ReturnType<Kernel>;
        try {
          result = checked(kernel, call);
        } catch (error) {
          throw explainedFailure(error, { kernel: kernelName, inputs, attributes: attrs });
        }
        if (places && graph && places.length < graph.count)
          places.push(...Array(graph.count - places.length).fill(new Error("recorded here")));
        const given = givenTo(inputs, symbols);
        if (given && drawn === draws.length)
          constants?.note([result].flat(), { name: kernelName, inputs: given, attributes: attrs });
        return Array.isArray(result) ? result.map((value) => trace.infoOf(value)) : trace.infoOf(result);
      },
    });
}

/** Runs a kernel. @throws InternalError if a node that it appended is wrong; UnsupportedOpError if ONNX Runtime refuses it */
function checked(kernel: Kernel, call: KernelCall): ReturnType<Kernel> {
  const before = call.graph.count;
  const result = kernel(call);
  for (const node of call.graph.nodesAfter(before)) {
    const why = wrongTypes(node);
    if (why !== undefined) throw new InternalError(`«${printNode(node)}» ${why}`);
    const refused = refusedDType(node);
    if (refused !== undefined) throw unsupported(call.name, `whose ${node.op} in ONNX Runtime ${refused}`);
  }
  return result;
}

/** The symbols of a kernel's inputs, by name or as the list that it takes; none if it did not look at all of them. */
function givenTo(
  inputs: tf.NamedTensorInfoMap,
  symbols: ReadonlyMap<tf.TensorInfo, Value>,
): Map<string, Value> | Value[] | undefined {
  const given = Object.entries(inputs).filter(([, tensor]) => tensor);
  const known = given.flatMap(([name, tensor]) => {
    const symbol = symbols.get(tensor as tf.TensorInfo);
    return symbol ? [[name, symbol] as const] : [];
  });
  if (known.length < given.length) return undefined;
  return Array.isArray(inputs) ? known.map(([, symbol]) => symbol) : new Map(known);
}

interface Operands {
  readonly inputs: tf.NamedTensorInfoMap;
  readonly trace: TraceBackend;
  /** Gets the symbols of the inputs that the kernel looks at. */
  readonly symbols: Map<tf.TensorInfo, Value>;
}

/** A class, as a step calls thousands of kernels: object literals with getters took a tenth of a recording. */
class Call implements KernelCall {
  readonly graph: Builder;
  private readonly trace: TraceBackend;
  private readonly symbols: Map<tf.TensorInfo, Value>;
  private readonly inputs: tf.NamedTensorInfoMap;

  constructor(
    readonly name: string,
    private readonly attributes: tf.NamedAttrMap | undefined,
    { inputs, trace, symbols }: Operands,
  ) {
    const graph = trace.recording?.graph;
    if (!graph) throw new InternalError(`${name} runs outside of a trace`);
    this.graph = graph;
    this.trace = trace;
    this.symbols = symbols;
    this.inputs = inputs;
  }

  get operands(): Value[] {
    return Object.values(this.inputs).flatMap((tensor) => (tensor ? [this.symbolOf(tensor)] : []));
  }

  input(key: string): Value {
    const value = this.optional(key);
    if (!value) throw new InternalError(`${this.name} has no input ${key}`);
    return value;
  }

  optional(key: string): Value | undefined {
    const tensor = this.inputs[key];
    return tensor ? this.symbolOf(tensor) : undefined;
  }

  typeOf(key: string): Pick<Value, "shape" | "dtype"> {
    const { shape, dtype } = this.inputs[key] as tf.TensorInfo;
    return { shape, dtype: computedDType(dtype) };
  }

  attribute<T>(key: string): T {
    return this.attributes?.[key] as T;
  }

  known(value: Value): ArrayLike<number> | undefined {
    return this.trace.recording?.constants.known(value)?.data as ArrayLike<number> | undefined;
  }

  uniform(shape: readonly number[]): Value {
    return this.trace.uniform(shape);
  }

  private symbolOf(tensor: tf.TensorInfo): Value {
    const symbol = this.symbols.get(tensor) ?? this.trace.symbolOf(tensor);
    this.symbols.set(tensor, symbol);
    return symbol;
  }
}

/** A node whose result has the operand's shape and dtype. */
export function unary(
  { graph }: KernelCall,
  op: string,
  x: Value,
  attributes: Readonly<Record<string, Attribute>> = {},
): Value {
  return graph.node(op, [x], x, attributes);
}

/** ONNX's TensorProto.DataType, for Cast's attribute. */
const castTo: Readonly<Record<DType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** The value itself if it has that dtype. */
export function cast({ graph }: Pick<KernelCall, "graph">, x: Value, dtype: DType): Value {
  if (x.dtype === dtype) return x;
  return graph.node("Cast", [x], { shape: x.shape, dtype }, { to: castTo[dtype] });
}

/** The value itself if it has that shape. */
export function reshape({ graph }: Pick<KernelCall, "graph">, x: Value, shape: readonly number[]): Value {
  if (x.shape.join() === shape.join() && x.shape.length === shape.length) return x;
  const like = { shape, dtype: x.dtype };
  return graph.node("Reshape", [x, graph.integers(anyRows(shape))], like, reshapeAttributes(shape));
}

/** @throws UnsupportedOpError unless the condition holds */
export function demand(call: KernelCall, condition: boolean, what: string): void {
  if (!condition) throw unsupported(call.name, `with ${what}`);
}
