// Features and labels as a Danfo.js DataFrame. Danfo.js is an optional peer, loaded when a table is first asked for:
// it takes half a second, and the library works without it.
import type * as tf from "@tensorflow/tfjs-core";
import type { DataFrame } from "danfojs-node";
import { MissingPackageError } from "../core/errors.js";

type Danfo = typeof import("danfojs-node");

/**
 * A table with a column for each feature and, where there are labels, one named `label`.
 * @param features  [rows, columns]; not disposed
 * @param labels    [rows]; not disposed
 * @throws MissingPackageError if danfojs-node is not installed
 */
export async function toFrame(
  features: tf.Tensor2D,
  labels: tf.Tensor1D | undefined,
  names: readonly string[],
  loadDanfo: () => Promise<Danfo> = () => import("danfojs-node"),
): Promise<DataFrame> {
  const { DataFrame } = await danfo(loadDanfo);
  const [rows, classes] = await Promise.all([features.array(), labels?.array()]);
  if (!classes) return new DataFrame(rows, { columns: [...names] });
  const table = rows.map((row, at) => [...row, classes[at] as number]);
  return new DataFrame(table, { columns: [...names, "label"] });
}

async function danfo(load: () => Promise<Danfo>): Promise<Danfo> {
  try {
    const loaded = (await load()) as Danfo & { default?: Danfo };
    return loaded.default ?? loaded;
  } catch (cause) {
    throw new MissingPackageError(
      "frame: expected the package danfojs-node; it is not installed or does not load. Run these in your project:\n" +
        `  npm pkg set "overrides.danfojs-node.xlsx=npm:@e965/xlsx@0.20.3"\n` +
        `  npm pkg set "overrides.danfojs-node.@tensorflow/tfjs-node=npm:@tensorflow/tfjs@4.22.0"\n` +
        "  npm install danfojs-node@1.2.0\n" +
        "The first two let it use the TensorFlow.js that is there, and a table reader from npm's registry.",
      { cause },
    );
  }
}
