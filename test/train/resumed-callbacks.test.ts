// What callbacks remember when a training is resumed, in whatever order they are given then.
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { earlyStopping, type FitOptions, fit as train } from "../../src/train/index.js";
import { eachInFolder, rewriteMeta, tinyData, tinyModel, weightsOf } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});
let folder: string;
eachInFolder((path) => {
  folder = path;
});

const x = tinyData();
/** The rate turns around: the loss falls for three epochs, and then rises. */
const learningRate = (epoch: number): number => (epoch < 3 ? 0.1 : 3);
const options: FitOptions = { quiet: true, batchSize: 7, learningRate };
const logger = { onEpochEnd: () => undefined };
type Callbacks = readonly NonNullable<FitOptions["callbacks"]>[];
const stopping = (monitor = "loss") => earlyStopping({ monitor, patience: 20, restoreBestWeights: true });

async function trained(epochs: number, callbacks: Callbacks, more: FitOptions = {}): Promise<number[]> {
  const model = tinyModel();
  await train(model, x, x, { ...options, ...more, epochs, callbacks: callbacks as FitOptions["callbacks"] });
  return weightsOf(model);
}

/** Six epochs with some callbacks, then up to seven with others. */
async function resumed(before: Callbacks, after: Callbacks): Promise<number[]> {
  await trained(6, before, { checkpoint: { folder } });
  return trained(7, after, { checkpoint: { folder }, resume: true });
}

describe("early stopping goes on", () => {
  it.each<[string, (stop: ReturnType<typeof stopping>) => Callbacks, typeof logger | undefined]>([
    ["as the last of the list", (stop) => [logger, stop], undefined],
    ["without the callback before it", (stop) => [stop], logger],
    ["between new ones", (stop) => [logger, stop, logger], undefined],
  ])("%s", async (_, after, first) => {
    const stop = stopping();
    const weights = await resumed([...(first ? [first] : []), stopping()], after(stop));
    expect(stop.bestEpoch).toBe(3);
    expect(weights).toEqual(await trained(7, [stopping()]));
  });

  it("with its own number, where two of them have changed places", async () => {
    const [loss, error] = [stopping("loss"), stopping("mae")];
    const whole = [stopping("loss"), stopping("mae")] as const;
    await trained(7, whole);
    await resumed([stopping("mae"), stopping("loss")], [loss, error]);
    expect([loss.best, error.best]).toEqual(whole.map(({ best }) => best));
  });

  it("beside a callback of yours that remembers something, too", async () => {
    class Counting {
      count = 0;
      onEpochEnd = () => void this.count++;
      state = () => ({ count: this.count });
      restore = (state: unknown) => void Object.assign(this, state);
    }
    const [stop, counting] = [stopping(), new Counting()];
    await resumed([new Counting() as never, stopping()], [stop, counting as never]);
    expect([stop.bestEpoch, counting.count]).toEqual([3, 7]);
  });

  it("from a file of an earlier version, which has callbacks by their place, and weights as lists", async () => {
    const stop = stopping();
    await trained(6, [logger, stopping()], { checkpoint: { folder } });
    rewriteMeta(folder, 6, ({ callbacks, ...meta }) => {
      const [{ state }] = callbacks as [{ state: { monitor: string; weights: number[][] } }];
      const { monitor: _, ...rest } = state;
      expect(rest.weights.map((weights) => Array.isArray(weights))).toEqual([true, true, true, true]);
      return { ...meta, callbacks: [null, rest] };
    });
    const weights = await trained(7, [stop, logger], { checkpoint: { folder }, resume: true });
    expect(stop.bestEpoch).toBe(3);
    expect(weights).toEqual(await trained(7, [stopping()]));
  });
});

it("early stopping that watches another number than before begins anew", async () => {
  const stop = stopping("mae");
  await resumed([stopping("loss")], [stop]);
  expect(stop.bestEpoch).toBe(6);
});

it("early stopping begins anew after a training that could not be resumed", async () => {
  const stop = stopping();
  await trained(6, [stopping()], { checkpoint: { folder } });
  const wrong = { checkpoint: { folder }, resume: true, engine: "onnx" as never };
  await expect(trained(7, [stop], wrong)).rejects.toThrow(UsageError);
  await trained(2, [stop]);
  expect(stop.bestEpoch).toBe(1);
});

it("early stopping on its default begins anew when there is a validation loss now", async () => {
  const stop = () => earlyStopping({ patience: 20 });
  await trained(6, [stop()], { checkpoint: { folder } });
  const validationData = [x, tf.fill(x.shape, 9)] as const; // far worse than the training loss
  const second = stop();
  await trained(7, [second], { checkpoint: { folder }, resume: true, validationData });
  expect(second.bestEpoch).toBe(6);
});
