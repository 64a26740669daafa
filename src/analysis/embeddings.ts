// Pictures of high-dimensional rows in two or three dimensions: t-SNE (@keckelt/tsne, exact) and UMAP (umap-js), seeded.
// Both keep neighbours together; distances between far groups, and the groups' sizes, mean little.
import { TSNE } from "@keckelt/tsne";
import { UMAP } from "umap-js";
import { UsageError } from "../core/errors.js";
import { checkInteger, checkOptions, checkRange, positive } from "../core/option-checks.js";
import { random } from "../core/random.js";
import { gaussian } from "./gaussian.js";
import { type Rows, rowOf, type Table, toTable } from "./table.js";

export interface TsneOptions {
  /** 2 or 3. Default 2. */
  components?: number;
  /** About how many neighbours count, below a third of the rows. Default 30. */
  perplexity?: number;
  /** Default 500. */
  iterations?: number;
  /** Default 10. */
  learningRate?: number;
  /** Default 0. */
  seed?: number;
}

/**
 * t-distributed stochastic neighbour embedding, exact: the time grows with the square of the rows; thousands at most.
 * @returns points, [rows][components]
 * @throws ShapeError; UsageError if the perplexity is not from 1 to (rows − 1) / 3, or another option cannot be used
 * @see van der Maaten & Hinton 2008, JMLR 9, https://jmlr.org/papers/v9/vandermaaten08a.html
 */
export async function tsne(x: Rows, options: TsneOptions = {}): Promise<number[][]> {
  checkOptions("tsne", options, ["components", "perplexity", "iterations", "learningRate", "seed"]);
  const table = toTable(x, "tsne");
  const { components = 2, perplexity = Math.min(30, (table.rows - 1) / 3), seed = 0 } = options;
  const { iterations = 500, learningRate = 10 } = options;
  if (!(perplexity >= 1 && perplexity <= (table.rows - 1) / 3))
    throw new UsageError(
      `tsne: expected a perplexity from 1 to ${Math.floor((table.rows - 1) / 3)}, a third of the rows; got ${perplexity}. Change it.`,
    );
  checkInteger("tsne", "components", components, 1);
  checkInteger("tsne", "iterations", iterations, 1);
  checkRange("tsne", "learningRate", learningRate, positive);
  const model = new TSNE({ dim: components, perplexity, epsilon: learningRate });
  model.gaussRandom = gaussian(random(seed));
  model.initDataRaw(nested(table));
  for (let iteration = 0; iteration < iterations; iteration++) {
    model.step();
    if (iteration % 20 === 19) await turn(); // the notebook stays alive
  }
  return model.getSolution().map((row) => Array.from(row as number[]));
}

export interface UmapOptions {
  /** 2 or 3. Default 2. */
  components?: number;
  /** How many neighbours make up a neighbourhood: more show the large shape, fewer the small. Default 15. */
  neighbors?: number;
  /** How close points may lie, from 0 to 1. Default 0.1. */
  minDistance?: number;
  /** Default: by the number of rows, 200 to 500. */
  iterations?: number;
  /** Default 0. */
  seed?: number;
}

/**
 * Uniform manifold approximation and projection.
 * @returns points, [rows][components]
 * @throws ShapeError; UsageError if `neighbors` is not from 2 to rows − 1, or another option cannot be used
 * @see McInnes, Healy & Melville 2018, https://arxiv.org/abs/1802.03426
 */
export async function umap(x: Rows, options: UmapOptions = {}): Promise<number[][]> {
  checkOptions("umap", options, ["components", "neighbors", "minDistance", "iterations", "seed"]);
  const table = toTable(x, "umap");
  const { components = 2, neighbors = Math.min(15, table.rows - 1), minDistance = 0.1, seed = 0 } = options;
  checkInteger("umap", "neighbors", neighbors, 2, table.rows - 1);
  checkInteger("umap", "components", components, 1);
  checkRange("umap", "minDistance", minDistance, [0, 1]);
  if (options.iterations !== undefined) checkInteger("umap", "iterations", options.iterations, 1);
  const stream = random(seed);
  const model = new UMAP({
    ...{ nComponents: components, nNeighbors: neighbors, minDist: minDistance, random: () => stream.next() },
    ...(options.iterations === undefined ? {} : { nEpochs: options.iterations }),
  });
  const epochs = model.initializeFit(nested(table));
  for (let epoch = 0; epoch < epochs; epoch++) {
    model.step();
    if (epoch % 20 === 19) await turn();
  }
  return model.getEmbedding();
}

function nested(table: Table): number[][] {
  return Array.from({ length: table.rows }, (_, row) => Array.from(rowOf(table, row)));
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
