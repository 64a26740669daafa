// Squared distances from every row to every centre, the inner work of K-means: in double precision for small tables,
// as one matrix product on ONNX Runtime (latent-lab/jit) for large ones.
import * as tf from "@tensorflow/tfjs-core";
import { switchBackend } from "../core/switch-backend.js";
import { jit } from "../jit/index.js";
import { columnMeans, squaredDistance, type Table } from "./table.js";

export interface Distances {
  /** ‖xᵢ − cⱼ‖², [rows · centres]; overwritten by the next call. @param centres  [k, columns], k always the same */
  to(centres: Float64Array): Promise<ArrayLike<number>>;
  dispose(): Promise<void>;
}

const large = 3e7; // multiplications for one call

/** Chooses by size. @param k  the number of centres */
export function distances(table: Table, k: number): Distances {
  return table.rows * table.columns * k < large ? exact(table, k) : compiled(table, k);
}

function exact(table: Table, k: number): Distances {
  const { data, rows, columns } = table;
  const result = new Float64Array(rows * k);
  return {
    async to(centres) {
      for (let row = 0, at = 0; row < rows; row++)
        for (let centre = 0; centre < k; centre++, at++)
          result[at] = squaredDistance(data, row * columns, centres, centre * columns, columns);
      return result;
    },
    dispose: async () => {},
  };
}

/** ‖x‖² − 2 x·c + ‖c‖² of the centred table, which keeps the rounding of single precision small. */
function compiled(table: Table, k: number): Distances {
  const { data, rows, columns } = table;
  const mean = columnMeans(table);
  const centred = new Float32Array(data.length);
  const lengths = new Float32Array(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    let length = 0;
    for (let column = 0; column < columns; column++, at++) {
      const value = (data[at] as number) - (mean[column] as number);
      centred[at] = value;
      length += value * value;
    }
    lengths[row] = length;
  }
  const [x, squares] = inPlainMemory(() => [
    tf.tensor2d(centred, [rows, columns]),
    tf.tensor2d(lengths, [rows, 1]),
  ]);
  const measure = jit((centres: tf.Tensor2D) => {
    const products = tf.matMul(x, centres, false, true); // [rows, k]
    return tf.relu(tf.add(tf.sub(squares, tf.mul(products, 2)), tf.sum(tf.square(centres), 1)));
  });
  return {
    async to(centres) {
      const shifted = Float32Array.from(centres, (value, at) => value - (mean[at % columns] as number));
      const c = tf.tensor2d(shifted, [k, columns]);
      const result = await measure(c);
      const values = result.dataSync();
      tf.dispose([c, result]);
      return values;
    },
    async dispose() {
      tf.dispose([x, squares]);
      await measure.dispose();
    },
  };
}

/** Tensors of the plain JavaScript backend, whose numbers the jit takes as they are: from WebAssembly it copies them. */
function inPlainMemory<T>(make: () => T): T {
  const backend = tf.getBackend();
  switchBackend("cpu");
  try {
    return make();
  } finally {
    switchBackend(backend);
  }
}
