// TensorFlow.js's CPU backend as an adviser: it computes what is known while a function is recorded, says what is wrong with
// operands, and stands in for kernels that another backend gets wrong.
import * as tf from "@tensorflow/tfjs-core";

/** A tensor's numbers, with what TensorFlow.js calls them. */
export interface Known {
  readonly data: tf.backend_util.BackendValues;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
}

/** By name, or the list of a kernel that takes one. */
export type KnownInputs = Readonly<Record<string, Known>> | readonly Known[];

/**
 * A kernel's results for these inputs; `undefined` if the backend is not there or has no such kernel. Nothing stays behind.
 * @throws what the kernel throws
 */
export function computedOnCpu(
  kernel: string,
  inputs: KnownInputs,
  attributes: tf.NamedAttrMap = {},
): Known[] | undefined {
  const asked = tf.getKernel(kernel, "cpu");
  const cpu = tf.findBackend("cpu") as CpuBackend | null;
  if (!asked || !cpu) return undefined;
  const made: tf.TensorInfo[] = [];
  const given = Object.entries(inputs).map(([name, { data, shape, dtype }]) => {
    const tensor = cpu.makeTensorInfo([...shape], dtype, data);
    made.push(tensor);
    return [name, tensor] as const;
  });
  const operands = Array.isArray(inputs) ? made.slice() : Object.fromEntries(given);
  try {
    const results = [
      asked.kernelFunc({ inputs: operands as tf.NamedTensorInfoMap, attrs: attributes, backend: cpu }),
    ].flat();
    made.push(...results);
    return results.map(({ dataId, shape, dtype }) => ({ data: cpu.readSync(dataId), shape, dtype }));
  } finally {
    for (const { dataId } of made) cpu.disposeData(dataId, true);
  }
}

/** What the backends of TensorFlow.js that compute have besides `KernelBackend`. */
interface CpuBackend extends tf.KernelBackend {
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: tf.backend_util.BackendValues): tf.TensorInfo;
}
