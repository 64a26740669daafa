// The arrays that hold a tensor's elements, and positions in their order.

/** By dtype; TensorFlow.js keeps booleans as bytes. */
export const elementArrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** from, from + 1, …, from + count − 1 */
export function range(from: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, at) => from + at);
}
