// What TensorFlow.js's backends get wrong without an error (4.22), put right.
import * as tf from "@tensorflow/tfjs-core";
import { elementArrays, range } from "./elements.js";
import { computedOnCpu } from "./on-cpu.js";

type Values = Float32Array | Int32Array | Uint8Array;
type Kernel = (given: {
  inputs: Readonly<Record<string, tf.TensorInfo>>;
  backend: tf.KernelBackend;
  attrs: tf.NamedAttrMap;
}) => tf.TensorInfo;

/** Plain JavaScript's kernels, once they are registered. */
export function repairCpu(): void {
  // All images of a batch but the first had others' gradients, and an aligned size of 1 was searched without end.
  replaceKernel("ResizeNearestNeighborGrad", "cpu", () => nearestGradient("cpu"));
  // A cast to a wider type, as of one-hot rows to floats, shared the integers' memory, and another backend that took it
  // over read their bytes as floats.
  replaceKernel("Cast", "cpu", (cast) => (given) => {
    const { x } = given.inputs as { x: tf.TensorInfo };
    const kind = elementArrays[given.attrs.dtype as keyof typeof elementArrays];
    const result = cast(given);
    if (result.dataId !== x.dataId || result.dtype === x.dtype || !kind) return result;
    const values = kind.from(given.backend.readSync(x.dataId) as Values);
    given.backend.disposeData(result.dataId);
    return { ...result, dataId: given.backend.write(values, x.shape, result.dtype) };
  });
}

/** @param backend  WebAssembly's */
export function repairWasm(backend: tf.KernelBackend): void {
  moveTyped(backend as unknown as Movable);
  moveBefore(backend);
  // A maximum below zero, or its gradient, was lost: WebAssembly looks for it from zero on.
  for (const name of ["MaxPool3D", "MaxPoolGrad", "MaxPool3DGrad"])
    replaceKernel(name, "wasm", (wrong) => inJavaScript(name, wrong));
  // A cast to booleans kept the lowest byte: 256 was false, 2 neither.
  replaceKernel("Cast", "wasm", (cast) => {
    const right = inJavaScript("Cast", cast);
    return (given) => (given.attrs.dtype === "bool" ? right(given) : cast(given));
  });
  // Zeros were the gradient of an aligned size of 1, and half-pixel centres were ignored.
  replaceKernel("ResizeNearestNeighborGrad", "wasm", (plain) => {
    const right = nearestGradient("wasm");
    return (given) =>
      given.attrs.alignCorners || given.attrs.halfPixelCenters ? right(given) : plain(given);
  });
}

/** The part of a backend that takes over another one's data. */
interface Movable {
  move(
    dataId: object,
    values: ArrayLike<number> | null,
    shape: number[],
    dtype: string,
    references: number,
  ): void;
}

/** Some of plain JavaScript's kernels leave plain arrays, which have no bytes to copy. */
function moveTyped(backend: Movable): void {
  const move = backend.move.bind(backend);
  backend.move = (dataId, values, shape, dtype, references) => {
    const kind = elementArrays[dtype as keyof typeof elementArrays];
    const typed = kind && values && !(values instanceof kind) ? kind.from(values) : values;
    move(dataId, typed, shape, dtype, references);
  };
}

/**
 * Data of another backend come over when a kernel asks for them. Memory that grows for them ends the views of it that the
 * kernel has already, "detached ArrayBuffer" to it. So they come before the kernel begins.
 */
function moveBefore(backend: tf.KernelBackend): void {
  const { dataIdMap } = backend as unknown as { dataIdMap: tf.DataStorage<unknown> };
  for (const { kernelName } of tf.getKernelsForBackend("wasm"))
    replaceKernel(kernelName, "wasm", (kernel) => (given) => {
      for (const input of Object.values(given.inputs).flat()) if (input) dataIdMap.get(input.dataId);
      return kernel(given);
    });
}

/** A kernel of WebAssembly's that plain JavaScript computes. */
function inJavaScript(name: string, wrong: Kernel): Kernel {
  return (given) => {
    const { inputs, backend: wasm, attrs } = given;
    const known = Object.entries(inputs).map(([input, { dataId, shape, dtype }]) => {
      const data = (wasm.readSync(dataId) as Values).slice();
      return [input, { data, shape, dtype }] as const;
    });
    const [result] = computedOnCpu(name, Object.fromEntries(known), attrs) ?? [];
    if (!result) return wrong(given);
    const { data, shape, dtype } = result;
    return { dataId: wasm.write(data, [...shape], dtype), shape: [...shape], dtype };
  };
}

/** dx[rows[r], columns[c]] += dy[r, c], for a resized image's pixels are copies. The sums are float64. */
function nearestGradient(backendName: string): Kernel {
  return ({ inputs, backend, attrs }) => {
    const { images, dy } = inputs as { images: tf.TensorInfo; dy: tf.TensorInfo };
    const [batch, height, width, depth] = images.shape as [number, number, number, number];
    const [, newHeight, newWidth] = dy.shape as [number, number, number];
    const lookUp = { backendName, backend, attrs };
    const rows = copiedFrom(height, newHeight, lookUp);
    const columns = copiedFrom(width, newWidth, lookUp);
    const given = backend.readSync(dy.dataId) as Values;
    const dx = new Float64Array(batch * height * width * depth);
    for (let image = 0; image < batch; image++)
      for (const [r, row] of rows.entries())
        for (const [c, column] of columns.entries()) {
          const to = ((image * height + row) * width + column) * depth;
          const from = ((image * newHeight + r) * newWidth + c) * depth;
          for (let channel = 0; channel < depth; channel++)
            dx[to + channel] = (dx[to + channel] as number) + (given[from + channel] as number);
        }
    const dataId = backend.write(Float32Array.from(dx), images.shape, "float32");
    return { dataId, shape: images.shape, dtype: "float32" };
  };
}

/**
 * Which old pixel of a column each new one copies. The backend's own forward kernel says so, from a column of numbers:
 * WebAssembly's rounds in float32.
 */
function copiedFrom(
  old: number,
  size: number,
  { backendName, backend, attrs }: Omit<Parameters<Kernel>[0], "inputs"> & { backendName: string },
): Int32Array {
  const shape = [1, old, 1, 1];
  const dataId = backend.write(Float32Array.from(range(0, old)), shape, "float32");
  const forward = tf.getKernel("ResizeNearestNeighbor", backendName).kernelFunc as Kernel;
  const images = { dataId, shape, dtype: "float32" } as const;
  const copies = forward({ inputs: { images }, backend, attrs: { ...attrs, size: [size, 1] } });
  const pixels = Int32Array.from(backend.readSync(copies.dataId) as Values);
  backend.disposeData(dataId);
  backend.disposeData(copies.dataId);
  return pixels;
}

function replaceKernel(kernelName: string, backendName: string, by: (old: Kernel) => Kernel): void {
  const old = tf.getKernel(kernelName, backendName);
  if (!old) return;
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ ...old, kernelFunc: by(old.kernelFunc as Kernel) as tf.KernelFunc });
}
