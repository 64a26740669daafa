// What traced code computes from constants alone and keeps for later: a layer's table of positions, a mask. It is no
// symbol like others, since it is the same in each run, and code that runs later wants its numbers. So when a recording
// ends, such tensors get them, computed by TensorFlow.js's CPU backend. So do variables that it creates, which may also start
// from what others hold, as averages of weights do.
import * as tf from "@tensorflow/tfjs-core";
import { computedOnCpu, type Known } from "../../core/on-cpu.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/program.js";
import { giveTo } from "./engine-access.js";

/** A kernel's call on constants. */
interface Call {
  readonly name: string;
  /** By name, or a list as of `concat`. */
  readonly inputs: ReadonlyMap<string, Value> | readonly Value[];
  readonly attributes: tf.NamedAttrMap | undefined;
  /** Whether constants are all that it comes from, no variables. */
  readonly constant: boolean;
}

export class ConstantCalls {
  /** The calls, each with which of its results a value is. */
  private readonly calls = new Map<Value, { call: Call; position: number }>();
  /** What calls gave: a result may be used many times. */
  private readonly computed = new Map<Call, readonly Known[] | undefined>();

  /** What variables held before. */
  private readonly captured = new Map<Value, tf.Variable>();

  constructor(private readonly graph: Builder) {}

  /** Notes what a variable held before. */
  capture(value: Value, variable: tf.Variable): void {
    this.captured.set(value, variable);
  }

  /** Notes a kernel's results if they come from constants, or from what variables held before, alone. */
  note(results: readonly Value[], given: Omit<Call, "constant">): void {
    const inputs = [...given.inputs.values()];
    if (!inputs.every((value) => this.isFirst(value))) return;
    const call = { ...given, constant: inputs.every((value) => this.includes(value)) };
    for (const [position, result] of results.entries())
      if (!this.isFirst(result)) this.calls.set(result, { call, position });
  }

  /** Whether a value comes from constants alone. */
  includes(value: Value): boolean {
    return this.graph.dataOf(value) !== undefined || this.calls.get(value)?.call.constant === true;
  }

  /** Whether it comes from constants, and what variables held before, alone. */
  isFirst(value: Value): boolean {
    return this.graph.dataOf(value) !== undefined || this.calls.has(value) || this.captured.has(value);
  }

  /** Gives a tensor over a constant its numbers; not if the CPU backend is not there or has not one of the kernels. */
  settle(dataId: object, value: Value): void {
    const cpu = tf.findBackend("cpu");
    const known = cpu && this.known(value);
    if (known) giveTo(cpu, dataId, { values: known.data, shape: [...known.shape], dtype: known.dtype });
  }

  /** A copy of the numbers of what comes from constants alone, computed by the CPU backend; `undefined` for others. */
  known(value: Value): Known | undefined {
    return this.includes(value) ? this.first(value) : undefined;
  }

  /** The same of what comes from variables, too: after the recording, when they hold again what they did before. */
  first(value: Value): Known | undefined {
    const known = this.sharedKnown(value);
    return known && { ...known, data: known.data.slice() as tf.TypedArray };
  }

  private sharedKnown(value: Value): Known | undefined {
    const variable = this.captured.get(value);
    if (variable?.isDisposed) return undefined; // by the function, which is refused
    if (variable) return { data: variable.dataSync(), shape: value.shape, dtype: value.dtype as tf.DataType };
    const data = this.graph.dataOf(value);
    if (data) {
      const { shape, dtype } = value;
      return { data: data as tf.TypedArray, shape, dtype: dtype as tf.DataType };
    }
    const { call, position = 0 } = this.calls.get(value) ?? {};
    if (!call) return undefined;
    if (!this.computed.has(call)) this.computed.set(call, this.compute(call));
    return this.computed.get(call)?.[position];
  }

  private compute(call: Call): readonly Known[] | undefined {
    const given = [...call.inputs.values()];
    const inputs = given.flatMap((input) => this.sharedKnown(input) ?? []);
    if (inputs.length < given.length) return undefined;
    const names = Array.isArray(call.inputs) ? undefined : [...call.inputs.keys()];
    const named = names ? Object.fromEntries(names.map((name, at) => [name, inputs[at] as Known])) : inputs;
    return computedOnCpu(call.name, named, call.attributes);
  }
}
