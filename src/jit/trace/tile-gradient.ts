// TensorFlow.js takes the gradient of `tile` as a sum of slices, one for each repetition: layer normalization of 64 pictures of
// 28 × 28 makes 50,000 of them at each step. While a function is recorded, it is one sum instead.
import * as tf from "@tensorflow/tfjs-core";

/** @returns a function that gives TensorFlow.js its own gradient back */
export function sumTileGradients(): () => void {
  const own = tf.getGradient("Tile");
  tf.registerGradient({ kernelName: "Tile", inputsToSave: ["x"], gradFunc: gradientOfTile });
  return () => tf.registerGradient(own);
}

/** Every axis as repetitions of the operand's, over which the sum goes. */
function gradientOfTile(
  given: tf.Tensor | tf.Tensor[],
  saved: tf.Tensor[],
  attributes: tf.NamedAttrMap,
): ReturnType<tf.GradFunc> {
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
