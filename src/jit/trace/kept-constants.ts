// What traced code computes from constants alone and keeps for later: a layer's table of positions, a mask. It is no
// symbol like others, since it is the same in each run, and code that runs later wants its numbers. So when a recording
// ends, such tensors get them, computed by TensorFlow.js's CPU backend.
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
}

export class ConstantCalls {
  /** The calls, each with which of its results a value is. */
  private readonly calls = new Map<Value, { call: Call; position: number }>();
  /** What calls gave: a result may be used many times. */
  private readonly computed = new Map<Call, readonly Known[] | undefined>();

  constructor(private readonly graph: Builder) {}

  /** Notes a kernel's results if they come from constants alone. */
  note(results: readonly Value[], call: Call): void {
    if (![...call.inputs.values()].every((value) => this.includes(value))) return;
    for (const [position, result] of results.entries())
      if (!this.includes(result)) this.calls.set(result, { call, position });
  }

  includes(value: Value): boolean {
    return this.graph.dataOf(value) !== undefined || this.calls.has(value);
  }

  /** Gives a tensor over a constant its numbers; not if the CPU backend is not there or has not one of the kernels. */
  settle(dataId: object, value: Value): void {
    const cpu = tf.findBackend("cpu");
    const known = cpu && this.known(value);
    if (known) giveTo(cpu, dataId, { values: known.data, shape: [...known.shape], dtype: known.dtype });
  }

  /** A copy of the numbers of what comes from constants alone, computed by the CPU backend; `undefined` for others. */
  known(value: Value): Known | undefined {
    const known = this.sharedKnown(value);
    return known && { ...known, data: known.data.slice() as tf.TypedArray };
  }

  private sharedKnown(value: Value): Known | undefined {
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
