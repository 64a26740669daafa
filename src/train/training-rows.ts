// What a training sees: the rows of tensors in batches, without those held back for validation, or a dataset's own batches.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { UsageError } from "../core/errors.js";
import { random } from "../core/random.js";
import type { TrainData } from "../jit/index.js";
import { type Batches, datasetBatches, rowBatches } from "./batches.js";
import { checkTargetsGiven, type Dataset, dataFor, isDataset, type Tensors, withWeights } from "./data.js";
import type { FitOptions, FitSettings } from "./options.js";
import { split } from "./split.js";

type Rows = Batches & { held?: TrainData | undefined };

interface Given {
  readonly options: FitOptions;
  readonly settings: FitSettings;
  /** Gets the tensors made here, which `fit` disposes of. */
  readonly owned: tf.Tensor[];
  /** Whether callbacks want to know each batch. */
  readonly atBatches: boolean;
}

/** @throws UsageError if an option does not go with such data; ShapeError if they do not fit the model */
export async function trainingRows(
  model: LayersModel,
  [x, y]: [Tensors | Dataset, Tensors],
  given: Given,
): Promise<Rows> {
  return isDataset(x) ? batchesOf(model, x, given) : tensorRows(model, [x, y], given);
}

function batchesOf(model: LayersModel, dataset: Dataset, { options, settings, atBatches }: Given): Rows {
  for (const name of ["validationSplit", "sampleWeight"] as const)
    if (options[name])
      throw new UsageError(
        `fit: expected tensors with ${name}; got a dataset. Leave it out, or pass tensors.`,
      );
  const { batchesPerEpoch, classWeight } = options;
  const together = settings.compile && !atBatches;
  return datasetBatches(model, dataset, {
    ...{ caller: "fit", option: "batchesPerEpoch", batches: batchesPerEpoch, together },
    ...(classWeight ? { classWeight } : {}),
  });
}

async function tensorRows(
  model: LayersModel,
  [x, y]: [Tensors, Tensors],
  { options, settings, owned }: Given,
): Promise<Rows> {
  checkTargetsGiven("fit", x, y);
  if (options.batchesPerEpoch !== undefined)
    throw new UsageError(
      "fit: expected batchesPerEpoch with a dataset; got tensors. Leave it out, an epoch has all rows.",
    );
  const plain = dataFor("fit", model, x, y);
  owned.push(...plain.made);
  const { data, made } = await withWeights(model, plain, options);
  owned.push(...made.filter((each) => !plain.made.includes(each)));
  const parts = split(data, settings.validationSplit);
  owned.push(...parts.made);
  const order = settings.shuffle ? random(settings.seed) : undefined;
  return { ...rowBatches(parts.train, settings.batchSize, order), held: parts.held };
}
