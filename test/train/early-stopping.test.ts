// Early stopping, and where a lost number came from.
import * as tf from "@tensorflow/tfjs-core";
import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { TrainingError, UsageError } from "../../src/core/errors.js";
import { earlyStopping, evaluate, fit as train } from "../../src/train/index.js";
import { tinyData, tinyModel, weightsOf } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});
const quiet = { quiet: true } as const;

describe.each([true, false])("early stopping, compiled: %s", (compile) => {
  it("waits for its patience, and gives the best epoch's weights back", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    const stop = earlyStopping({ patience: 3, restoreBestWeights: true });
    // The rate turns around: the error falls for five epochs, and then rises.
    const options = { validationData: [x, x] as const, batchSize: 7, compile, callbacks: stop, ...quiet };
    const seen: number[][] = [];
    const watch = { onEpochEnd: () => void seen.push(weightsOf(model)) };
    const start = weightsOf(model);
    const result = await train(model, x, x, {
      ...{
        ...options,
        epochs: 50,
        callbacks: [stop, watch],
        learningRate: (epoch: number) => (epoch < 5 ? 0.1 : 3),
      },
    });
    expect(result.stopped).toBe("callback");
    const best = Math.min(...(result.history.val_loss as number[]));
    expect(result.history.val_loss?.indexOf(best)).toBe(stop.bestEpoch);
    expect(result.epochs).toBe((stop.bestEpoch as number) + 1 + 3);
    expect(stop.best).toBe(best);
    expect(weightsOf(model)).toEqual(seen[stop.bestEpoch as number]);
    expect(weightsOf(model)).not.toEqual(start);
    expect((await evaluate(model, x, x)).loss).toBeCloseTo(best, 6);
    x.dispose();
  });
});

describe("a validation loss that is no number", () => {
  const lost = (x: tf.Tensor2D) => [x, tf.fill(x.shape, Number.NaN)] as const;

  it.each([1, 3])("from the first epoch on ends training after a patience of %s", async (patience) => {
    const [model, x] = [tinyModel(), tinyData()];
    const stop = earlyStopping({ patience, restoreBestWeights: true });
    const options = { epochs: 9, validationData: lost(x), callbacks: stop, ...quiet };
    expect(await train(model, x, x, options)).toMatchObject({ epochs: patience, stopped: "callback" });
    expect([stop.best, stop.bestEpoch]).toEqual([undefined, undefined]);
    x.dispose();
  });

  it("after better epochs is waited for, and theirs stays the best", () => {
    const stop = earlyStopping({ patience: 3, mode: "max", monitor: "score" });
    for (const [epoch, score] of [Number.NaN, 0.5, Number.NaN, 0.4].entries())
      stop.onEpochEnd(epoch, { score });
    expect([stop.best, stop.bestEpoch, stop.state().waited]).toEqual([0.5, 1, 2]);
  });
});

it("earlyStopping refuses what it cannot watch", async () => {
  const [model, x] = [tinyModel(), tinyData()];
  const training = train(model, x, x, { callbacks: earlyStopping({ monitor: "val_los" }), ...quiet });
  await expect(training).rejects.toThrow(/expected val_los among loss, mae; it is not there/);
  expect(() => earlyStopping({ patience: -1 })).toThrow(UsageError);
  expect(() => earlyStopping({ restoreBestWeights: "yes" as never })).toThrow(
    /restoreBestWeights as true or false/,
  );
  x.dispose();
});

describe.each([true, false])("a lost number, compiled: %s", (compile) => {
  it("is blamed on the first layer whose output is not finite, at the step, with the weights before it", async () => {
    const kernelInitializer = (): ReturnType<typeof initializers.ones> => initializers.ones();
    const model = sequential({
      layers: [
        layers.dense({ units: 2, inputShape: [1], name: "small", kernelInitializer: kernelInitializer() }),
        layers.dense({ units: 2, name: "large", kernelInitializer: initializers.constant({ value: 1e30 }) }),
        layers.dense({ units: 1, name: "last", kernelInitializer: kernelInitializer() }),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(1e-30), loss: "meanAbsoluteError" });
    const before = weightsOf(model);
    const x = tf.tensor2d([1, 1, 1, 1, 1, 3e12], [6, 1]);
    const y = tf.zeros([6, 1]);
    const tensors = tf.memory().numTensors;
    const options = { epochs: 3, batchSize: 1, shuffle: false, compile, learningRate: 1e-38, ...quiet };
    const training = train(model, x, y, options);
    await expect(training).rejects.toThrow(TrainingError);
    await expect(training).rejects.toThrow(
      /got Infinity in epoch 1, batch 6\. Layer large gives the first output that is not finite\./,
    );
    expect(tf.memory().numTensors).toBe(tensors);
    expect(weightsOf(model).every(Number.isFinite)).toBe(true);
    expect(weightsOf(model).length).toBe(before.length);
    tf.dispose([x, y]);
  });
});
