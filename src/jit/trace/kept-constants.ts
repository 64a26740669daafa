// What traced code computes from constants alone and keeps for later: a layer's table of positions, a mask. It is no
// symbol like others, since it is the same in each run, and code that runs later wants its numbers. So when a recording
// ends, such tensors get them, computed by TensorFlow.js's CPU backend.
import * as tf from "@tensorflow/tfjs-core";
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
    if (!cpu) return;
    const made: tf.TensorInfo[] = [];
    try {
      const info = this.computed(value, cpu, made);
      if (info) giveTo(cpu, dataId, { ...info, values: cpu.readSync(info.dataId).slice() });
    } finally {
      for (const each of made) cpu.disposeData(each.dataId, true);
    }
  }

  private computed(value: Value, cpu: tf.KernelBackend, made: tf.TensorInfo[]): tf.TensorInfo | undefined {
    const { shape, dtype } = value;
    const data = this.graph.dataOf(value);
    if (data) {
      const type = dtype as tf.DataType;
      const dataId = cpu.write(data.slice() as tf.TypedArray, [...shape], type);
      made.push({ dataId, shape: [...shape], dtype: type });
      return made.at(-1);
    }
    const { call, position = 0 } = this.calls.get(value) ?? {};
    const kernel = call && tf.getKernel(call.name, "cpu");
    if (!kernel) return undefined;
    const infos = [...call.inputs.values()].map((input) => this.computed(input, cpu, made));
    if (infos.includes(undefined)) return undefined;
    const names = Array.isArray(call.inputs) ? undefined : [...call.inputs.keys()];
    const inputs = names ? Object.fromEntries(names.map((name, at) => [name, infos[at]])) : infos;
    const results = [
      kernel.kernelFunc({
        inputs: inputs as unknown as tf.NamedTensorInfoMap,
        attrs: call.attributes ?? {},
        backend: cpu,
      }),
    ].flat();
    made.push(...results);
    return results[position];
  }
}
