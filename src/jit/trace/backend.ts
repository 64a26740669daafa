// The TensorFlow.js backend "trace": it stores no numbers but symbols, the values of a program that is being written.
// Only one trace runs at a time, since TensorFlow.js has one current backend.
import { randomUUID } from "node:crypto";
import * as tf from "@tensorflow/tfjs-core";
import { ShapeError, UsageError } from "../../core/errors.js";
import { InternalError, TraceError } from "../errors.js";
import { type Builder, typedArray } from "../graph/builder.js";
import type { Data, Draw, Value } from "../graph/program.js";
import { callSite } from "./call-site.js";
import { drawn } from "./draws.js";
import { computedDType } from "./dtypes.js";
import { ownerOf, registeredVariables } from "./engine-access.js";
import type { ConstantCalls } from "./kept-constants.js";
import type { Lifted } from "./numbers.js";
import type { RandomOps } from "./random-ops.js";

/** Another copy of the library, which may share TensorFlow.js's engine, has a backend of its own. */
export const traceBackendName = `trace ${randomUUID()}`;

/** What one trace collects besides the program. */
export interface Recording {
  readonly graph: Builder;
  /** Variables by the data that they had when the trace began; an input of the program each, made when first read. */
  readonly variables: Map<object, tf.Variable>;
  /** The inputs made for variables, in the order of their first use. */
  readonly captured: Map<tf.Variable, Value>;
  /** Variables created while tracing, with their first value. */
  readonly created: Map<tf.Variable, Value>;
  /** Constants that the traced code wrote, with the stack at which it did. */
  readonly written: Map<Value, Error>;
  /** The stack at which each node was appended, where somebody may ask. */
  readonly places?: Error[];
  /** What comes from constants alone. */
  readonly constants: ConstantCalls;
  /** Why the traced code cannot be compiled, where it could not be stopped at once. */
  refused?: Error;
  /** Random inputs, in the order in which the traced code drew them. */
  readonly draws: Draw[];
  readonly random: RandomOps;
  readonly lifted: Lifted;
}

interface Entry {
  value: Value;
  references: number;
}

export class TraceBackend extends tf.KernelBackend {
  recording: Recording | undefined;
  private readonly entries = new Map<object, Entry>();
  /** Of tensors that were made while recording, and disposed of. */
  private readonly gone = new WeakSet<object>();

  /** The symbol of a tensor; foreign data become an input (variables) or a constant. */
  symbolOf({ dataId, shape, dtype }: tf.TensorInfo): Value {
    const found = this.entries.get(dataId);
    if (found) return found.value;
    const { graph, variables, captured, constants, lifted } = this.current();
    const variable = variables.get(dataId);
    if (!variable && !ownerOf({ dataId })) throw this.disposed(dataId);
    if (!variable) {
      const data = copyOf(dataId, dtype);
      return lifted.inputFor(graph, data, shape) ?? graph.constant(data, shape, computedDType(dtype));
    }
    const known = captured.get(variable);
    if (known) return known;
    const value = graph.input(`s${captured.size}`, shape, computedDType(dtype));
    captured.set(variable, value);
    constants.capture(value, variable);
    return value;
  }

  /** Gives tensors that outlive the trace their numbers, where these are constants. @returns whether there were any */
  settle(constants: ConstantCalls): boolean {
    const kept = [...this.entries].filter(([, { value }]) => constants.includes(value));
    for (const [dataId, { value }] of kept) constants.settle(dataId, value);
    return kept.length > 0;
  }

  /** Whether a tensor is a symbol of the current trace. */
  owns({ dataId }: Pick<tf.Tensor, "dataId">): boolean {
    return this.entries.has(dataId);
  }

  /** A random input, uniform in [0, 1). */
  uniform(shape: readonly number[]): Value {
    const { graph, draws } = this.current();
    const distribution = { draw: "uniform", min: 0, range: 1 } as const;
    const { draw, value } = drawn(graph, distribution, { shape, dtype: "float32", at: draws.length });
    draws.push(draw);
    return value;
  }

  /** A tensor over a symbol. */
  infoOf(value: Value): tf.TensorInfo {
    const dataId = {};
    this.entries.set(dataId, { value, references: 1 });
    return { dataId, shape: [...value.shape], dtype: value.dtype as tf.DataType };
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const { graph, written, draws, random, lifted } = this.current();
    const type = computedDType(dtype);
    const distribution = random.claim(values.length);
    if (distribution) {
      const { draw, value } = drawn(graph, distribution, { shape, dtype: type, at: draws.length });
      draws.push(draw);
      return this.infoOf(value).dataId;
    }
    const data = typedArray(values as ArrayLike<number>, type);
    if (data.length !== tf.util.sizeFromShape(shape))
      throw new ShapeError(
        data.length === 0
          ? `jit: expected a tensor, or numbers in arrays; got an array of something else${callSite(new Error())}. Tensors are put together by tf.stack; a layer's call gets a list, of which it wants inputs[0].`
          : `jit: expected as many numbers as [${shape}] has; got ${data.length}${callSite(new Error())}. Make all rows of the same length.`,
      );
    const input = lifted.inputFor(graph, data, shape);
    if (input) return this.infoOf(input).dataId;
    const value = graph.constant(data, shape, type);
    if (!written.has(value)) written.set(value, new Error("written here"));
    return this.infoOf(value).dataId;
  }

  /** Constants can be read, they are the same in each run; nothing else is there yet. */
  override readSync(dataId: object): Data & tf.backend_util.BackendValues {
    const entry = this.entries.get(dataId);
    const data = entry && this.recording?.graph.dataOf(entry.value);
    if (data) return data.slice() as Data & tf.backend_util.BackendValues;
    if (!this.recording)
      throw new TraceError(
        `jit: expected a tensor with values; got one that was made while a function was compiled${callSite(new Error())}. ` +
          "Let the function return it.",
      );
    throw new TraceError(
      `jit: expected a function that computes with tensors only; got one that reads a tensor's values${callSite(new Error())}, ` +
        "which are not there while it is compiled. Return the tensor and read the result; instead of `if`, use tf.where.",
    );
  }

  /**
   * Nobody may wait for values that are not there; and a rejection that traced code does not wait for either, as of
   * `loss.data().then(console.log)`, would end the process. So the trace is refused, and the promise stays open.
   */
  override async read(dataId: object): Promise<Data & tf.backend_util.BackendValues> {
    try {
      return this.readSync(dataId);
    } catch (error) {
      if (!this.recording) throw error;
      this.recording.refused ??= error as Error;
      return new Promise(() => undefined);
    }
  }

  /** Asked for when a variable is made or assigned, also from a tensor that is no symbol. */
  override incRef(dataId: object): void {
    const entry = this.entries.get(dataId);
    if (entry) entry.references++;
    else ownerOf({ dataId })?.incRef(dataId);
    const { created, variables } = this.current();
    const others = registeredVariables().filter(
      (variable) => variable.dataId === dataId && !created.has(variable),
    );
    if (others.length === 0) return;
    const existing = new Set(variables.values());
    for (const variable of others)
      if (!existing.has(variable)) created.set(variable, this.symbolOf(variable));
  }

  override refCount(dataId: object): number {
    return this.entries.get(dataId)?.references ?? 0;
  }

  override disposeData(dataId: object, force = false): boolean {
    const entry = this.entries.get(dataId);
    if (!entry) return true;
    entry.references--;
    if (entry.references > 0 && !force) return false;
    this.entries.delete(dataId);
    this.gone.add(dataId);
    return true;
  }

  /** Symbols cannot come from elsewhere: a backend that computes was handed one that outlived its trace. */
  override move(): never {
    throw new InternalError("data were moved to the trace backend");
  }

  override numDataIds(): number {
    return this.entries.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {
    this.entries.clear();
  }

  /** Of what was disposed of before the recording, nothing can use the numbers, compiled or not. */
  private disposed(dataId: object): TraceError | UsageError {
    const [Kind, advice] = this.gone.has(dataId)
      ? [TraceError, "Keep it by tf.keep, or in a customGrad by its `save`."]
      : [UsageError, "Keep it as long as the function, loss or layer that uses it."];
    return new Kind(
      `jit: expected tensors that are there; got one that was disposed of${callSite(new Error())}. ${advice}`,
    );
  }

  private current(): Recording {
    if (!this.recording) throw new InternalError("the trace backend is used outside of a trace");
    return this.recording;
  }
}

function copyOf(dataId: object, dtype: tf.DataType): Data {
  return typedArray(tf.engine().readSync(dataId) as unknown as ArrayLike<number>, computedDType(dtype));
}
