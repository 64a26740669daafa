// Gradients that TensorFlow.js takes in a loop, and so records an operation for each round: of `tile` for each repetition (layer
// normalization of 64 pictures of 28 × 28 makes 50,000 slices at each step), of `gather` with its own indices for each row for
// each row. While a function is recorded, they are one sum instead.
import * as tf from "@tensorflow/tfjs-core";

type Gradients = ReturnType<tf.GradFunc>;

/** @returns a function that gives TensorFlow.js its own gradients back */
export function takeGradientsAtOnce(): () => void {
  const own = ["Tile", "GatherV2"].map((kernel) => tf.getGradient(kernel));
  const [tile, gather] = own as [tf.GradConfig, tf.GradConfig];
  tf.registerGradient({ ...tile, gradFunc: gradientOfTile });
  tf.registerGradient({
    ...gather,
    gradFunc: (dy, saved, attributes) => {
      const { axis, batchDims } = attributes as unknown as { axis: number; batchDims: number };
      const ofRows = axis === 1 && batchDims === 1;
      return ofRows
        ? gradientOfRows(dy as tf.Tensor, saved as [tf.Tensor, tf.Tensor])
        : gather.gradFunc(dy, saved, attributes);
    },
  });
  return () => {
    for (const each of own) tf.registerGradient(each);
  };
}

/** Every axis as repetitions of the operand's, over which the sum goes. */
function gradientOfTile(
  given: tf.Tensor | tf.Tensor[],
  saved: tf.Tensor[],
  attributes: tf.NamedAttrMap,
): Gradients {
  const [x, dy] = [saved[0] as tf.Tensor, given as tf.Tensor];
  const { reps } = attributes as unknown as { reps: number[] };
  const parts = x.shape.flatMap((size, axis) => [
    { size: reps[axis] as number, repeats: true },
    { size, repeats: false },
  ]);
  const long = parts.filter(({ size }) => size !== 1);
  const axes = long.flatMap(({ repeats }, axis) => (repeats ? [axis] : []));
  return {
    x: () => {
      const apart = tf.reshape(
        dy,
        long.map(({ size }) => size),
      );
      return tf.reshape(axes.length > 0 ? tf.sum(apart, axes) : apart, x.shape);
    },
  };
}

/** Of x [rows, size, …] and indices [rows, …]: a sum over the places that were taken, counted through all rows. */
function gradientOfRows(dy: tf.Tensor, [x, indices]: [tf.Tensor, tf.Tensor]): Gradients {
  const [rows = 0, size = 0, ...inner] = x.shape;
  const first = tf.reshape(tf.range(0, rows * size, size, "int32"), [
    rows,
    ...indices.shape.slice(1).fill(1),
  ]);
  return {
    x: () => {
      const places = tf.reshape(tf.add(indices, first), [indices.size]) as tf.Tensor1D;
      const taken = tf.reshape(dy, [indices.size, ...inner]);
      return tf.reshape(tf.unsortedSegmentSum(taken, places, rows * size), x.shape);
    },
    indices: () => indices,
  };
}
