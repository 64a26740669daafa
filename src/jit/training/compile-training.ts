// Training a layers model on ONNX Runtime, without what `fit` of latent-lab/train has around it.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import "../../core/tensorflow.js";
import { range } from "../../core/elements.js";
import { TrainingError, UsageError } from "../../core/errors.js";
import { notebookHost } from "../../core/notebook.js";
import { checkOptions } from "../../core/option-checks.js";
import { random } from "../../core/random.js";
import type { EngineName } from "../session/engine.js";
import { inTurn } from "../turn.js";
import { compiledModel, type EngineOptions } from "./compiled-model.js";
import { numberNames } from "./number-names.js";
import { beginTraining } from "./one-training.js";
import { checkData, checkModel, type TrainOptions, type TrainSettings, trainSettings } from "./options.js";
import { eventLoopTurn, looks } from "./pacing.js";
import type { TrainData } from "./rows.js";
import { overRows, type TrainingRun, trainingRun } from "./training-run.js";

export interface TrainResult {
  /** Means over each whole epoch's rows: `loss` and the model's metrics. */
  readonly history: Readonly<Record<string, number[]>>;
  readonly stopped: "completed" | "interrupted";
  readonly engine: EngineName;
}

export interface CompiledTraining {
  /**
   * Trains the model's own weights with its own optimizer, as `model.fit` does. `y` may be the same tensor as `x`; models
   * of several inputs or outputs take lists.
   * @throws UsageError, ShapeError; TrainingError when the loss is not finite, with the weights of the last good chunk
   */
  train(
    x: tf.Tensor | readonly tf.Tensor[],
    y: tf.Tensor | readonly tf.Tensor[],
    options?: TrainOptions,
  ): Promise<TrainResult>;
  /** Frees the compiled steps, not the model. */
  dispose(): Promise<void>;
}

/**
 * Compiles a model's training. The step is recorded when the first batch of a size comes, and again when the model was
 * compiled anew. Runs take about 90 ms; between them the event loop turns and an interrupt is noticed, and about every
 * 100 ms the variables get the new weights.
 * @param model  compiled; its optimizer's state is kept and goes on
 * @throws UsageError; from `train` also TraceError, UnsupportedOpError
 * @example const training = await compileTraining(autoencoder); await training.train(x, x, { epochs: 100 });
 */
export async function compileTraining(
  model: LayersModel,
  options: EngineOptions = {},
): Promise<CompiledTraining> {
  checkModel(model);
  checkOptions("compileTraining", options, ["engine", "device", "threads", "lane"]);
  let compiled = await compiledModel(model, options);
  let disposed = false;
  return {
    async train(x, y, given = {}) {
      if (disposed)
        throw new UsageError(
          "train: expected a training that is not disposed of. Call compileTraining again.",
        );
      const settings = trainSettings(given);
      const { sampleWeight = [] } = given;
      const data = { x: [x].flat(), y: [y].flat(), weights: [sampleWeight].flat() } as TrainData;
      checkData(model, data);
      const over = beginTraining("train", model);
      try {
        if (compiled.engine.ended) {
          await compiled.release();
          compiled = await compiledModel(model, options);
        }
        compiled.doubt();
        const signals = [notebookHost()?.interruptSignal(), given.signal];
        const run = trainingRun(model, compiled, { seed: settings.seed, signals });
        try {
          const result = await loop({ model, run, data, settings, given, signals });
          return { ...result, engine: compiled.engine.name };
        } finally {
          await run.end();
        }
      } finally {
        over();
      }
    },
    dispose: () =>
      inTurn(async () => {
        disposed = true;
        await compiled.release();
      }),
  };
}

interface Loop {
  readonly model: LayersModel;
  readonly run: TrainingRun;
  readonly data: TrainData;
  readonly settings: TrainSettings;
  readonly given: TrainOptions;
  readonly signals: readonly (AbortSignal | undefined)[];
}

async function loop({
  model,
  run,
  data,
  settings,
  given,
  signals,
}: Loop): Promise<Omit<TrainResult, "engine">> {
  const rows = data.x[0]?.shape[0] as number;
  const order = random(settings.seed);
  const names = numberNames(model);
  const history: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  const look = looks(() => run.publishWeights());
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    const shuffled = settings.shuffle ? order.permutation(rows) : range(0, rows);
    const sums = names.map(() => 0);
    for (let from = 0; from < rows; ) {
      const { batchSize: batch } = settings;
      const chunk = await run.take(data, shuffled.subarray(from), batch);
      if (!chunk) return { history, stopped: "interrupted" };
      const bad = chunk.numbers[0]?.findIndex((loss) => !Number.isFinite(loss)) ?? -1;
      if (bad >= 0)
        throw new TrainingError(
          `train: expected a finite loss; got ${chunk.numbers[0]?.[bad]} in epoch ${epoch + 1}, batch ${from / batch + bad + 1}. ` +
            "Lower the learning rate, or look for missing values in the data.",
        );
      for (const [at, values] of chunk.numbers.entries())
        sums[at] = overRows(values, { batch, rows: chunk.rows }, sums[at]);
      from += chunk.rows;
      await look();
      await eventLoopTurn(signals);
    }
    const means = Object.fromEntries(names.map((name, at) => [name, (sums[at] as number) / rows]));
    for (const [name, mean] of Object.entries(means)) history[name]?.push(mean);
    if (!given.onEpochEnd) continue;
    await run.publish();
    await given.onEpochEnd(epoch, means);
    run.doubt();
  }
  return { history, stopped: "completed" };
}
