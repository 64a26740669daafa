// Schedules by their formulas, and through `fit`: compiled and not, without new recordings, in the history and the live figure.
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { installNotebookHost } from "../../src/core/notebook.js";
import {
  cosineDecay,
  exponentialDecay,
  type FitOptions,
  type LearningRateSchedule,
  stepDecay,
  fit as train,
  warmUp,
} from "../../src/train/index.js";
import { recordingHost, tinyData, tinyModel, weightsOf } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});
afterEach(() => installNotebookHost(undefined as never));

const plan = { epochs: 10, stepsPerEpoch: 4 };
const quiet = { quiet: true } as const;

describe("a schedule", () => {
  it("cosineDecay goes from the first rate through its half to alpha times it", () => {
    const rate = cosineDecay(0.2, { alpha: 0.1 });
    expect([rate(0, 0, plan), rate(5, 20, plan), rate(10, 40, plan)].map((r) => r.toFixed(6))).toEqual([
      ...["0.200000", "0.110000", "0.020000"],
    ]);
    expect(rate(11, 44, plan)).toBeCloseTo(0.02); // it stays there
  });

  it("cosineDecay in steps is Keras's, and with a staircase PyTorch's CosineAnnealingLR", () => {
    const keras = cosineDecay(1, { decaySteps: 1000 });
    expect(keras(0, 250, plan)).toBeCloseTo(0.5 * (1 + Math.cos(Math.PI / 4)), 12);
    const torch = cosineDecay(1, { staircase: true });
    for (const step of [12, 13, 15]) expect(torch(3, step, plan)).toBe((1 + Math.cos(0.3 * Math.PI)) / 2);
  });

  it("exponentialDecay and stepDecay shrink by the factor in each decay time", () => {
    expect(exponentialDecay(1, { decayRate: 0.5 })(1, 6, plan)).toBeCloseTo(0.5 ** 1.5, 12);
    expect(exponentialDecay(1, { decayRate: 0.5, decaySteps: 10, staircase: true })(0, 19, plan)).toBe(0.5);
    const halved = stepDecay(1, { decayEpochs: 3 });
    expect([0, 2, 3, 5, 6].map((epoch) => halved(epoch, 4 * epoch, plan))).toEqual([1, 1, 0.5, 0.5, 0.25]);
  });

  it("warmUp rises in a line, and then the next one's clock starts", () => {
    const rate = warmUp(cosineDecay(1), { epochs: 2 });
    expect([0, 3, 7].map((step) => rate(Math.floor(step / 4), step, plan))).toEqual([1 / 8, 0.5, 1]);
    expect(rate(2, 8, plan)).toBe(1);
    expect(rate(6, 24, plan)).toBeCloseTo(0.5, 12); // half of the eight epochs that are left
    expect(warmUp(0.3, { steps: 3 })(0, 1, plan)).toBeCloseTo(0.2, 12);
    expect(warmUp(0.3, { steps: 3 })(0, 3, plan)).toBe(0.3);
  });

  it("never rises while it decays, and stays between its ends", () => {
    const all: LearningRateSchedule[] = [cosineDecay(1), exponentialDecay(1), stepDecay(1)];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 30 }),
        (epochs, stepsPerEpoch) => {
          for (const rate of all) {
            let last = 1;
            for (let step = 0; step < epochs * stepsPerEpoch; step++) {
              const now = rate(Math.floor(step / stepsPerEpoch), step, { epochs, stepsPerEpoch });
              if (now > last + 1e-12 || now < 0) return false;
              last = now;
            }
          }
          return true;
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each<[string, () => unknown, RegExp]>([
    ["a rate of 0", () => cosineDecay(0), /initialLearningRate to be a finite number above 0; got 0/],
    ["alpha above 1", () => cosineDecay(1, { alpha: 2 }), /alpha ≤ 1; got 2/],
    [
      "two times",
      () => stepDecay(1, { decayEpochs: 1, decaySteps: 1 }),
      /decaySteps or decayEpochs; got both/,
    ],
    ["a warm-up of no length", () => warmUp(1, { epochs: 0 }), /epochs to be a finite number above 0/],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(UsageError);
    expect(make).toThrow(message);
  });
});

describe("fit with a learning rate", () => {
  it.each<[string, FitOptions]>([
    ["compiled", {}],
    ["compiled to WASM", { engine: "onnxruntime-web" }],
    ["with callbacks at batches", { callbacks: { onBatchEnd: () => undefined } }],
    ["by TensorFlow.js", { compile: false }],
  ])(
    "takes each step with the schedule's rate, %s, as if somebody had set it before each step",
    async (_, given) => {
      const [ours, theirs, x] = [tinyModel(0.3), tinyModel(0.3), tinyData()];
      const schedule = warmUp(cosineDecay(0.2), { steps: 2 });
      const options = { epochs: 4, batchSize: 3, seed: 5, ...quiet };
      const { history } = await train(ours, x, x, { ...options, learningRate: schedule, ...given });
      let step = 0;
      const optimizer = theirs.optimizer as tf.SGDOptimizer;
      const onBatchBegin = (): void => {
        optimizer.setLearningRate(schedule(Math.floor(step / 3), step, { epochs: 4, stepsPerEpoch: 3 }));
        step++;
      };
      await train(theirs, x, x, { ...options, compile: false, callbacks: { onBatchBegin } });
      for (const [at, value] of weightsOf(theirs).entries())
        expect(weightsOf(ours)[at]).toBeCloseTo(value, 6);
      expect(history.learningRate).toEqual(
        [2, 5, 8, 11].map((last) => schedule(Math.floor(last / 3), last, { epochs: 4, stepsPerEpoch: 3 })),
      );
      expect((ours.optimizer as unknown as { learningRate: number }).learningRate).toBe(0.3); // its own again
      x.dispose();
    },
  );

  it("records the compiled step once, however the rate changes", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    const makeTrainFunction = vi.spyOn(
      (model as unknown as { model: { makeTrainFunction(): unknown } }).model,
      "makeTrainFunction",
    );
    await train(model, x, x, { epochs: 1, batchSize: 7, ...quiet });
    const recorded = makeTrainFunction.mock.calls.length;
    const tensors = tf.memory().numTensors;
    await train(model, x, x, {
      epochs: 50,
      batchSize: 7,
      learningRate: (epoch) => 0.1 / (epoch + 1),
      ...quiet,
    });
    await train(model, x, x, { epochs: 50, batchSize: 7, learningRate: cosineDecay(0.1), ...quiet });
    expect(makeTrainFunction.mock.calls.length).toBe(recorded);
    expect(tf.memory().numTensors).toBe(tensors);
    x.dispose();
  });

  it("takes a number, and refuses a schedule that gives none", async () => {
    const [ours, theirs, x] = [tinyModel(0.3), tinyModel(0.05), tinyData()];
    await train(ours, x, x, { epochs: 2, learningRate: 0.05, ...quiet });
    await train(theirs, x, x, { epochs: 2, ...quiet });
    expect(weightsOf(ours)).toEqual(weightsOf(theirs));
    const broken = train(ours, x, x, { learningRate: (epoch) => (epoch < 2 ? 0.1 : Number.NaN), ...quiet });
    await expect(broken).rejects.toThrow(/the schedule gave NaN in epoch 3, step 3/);
    x.dispose();
  });

  it("draws what was recorded above the losses", async () => {
    const host = recordingHost();
    installNotebookHost(host);
    const [model, x] = [tinyModel(), tinyData()];
    await train(model, x, x, {
      epochs: 3,
      learningRate: cosineDecay(0.1),
      record: ["learningRate", "gradientNorm"],
    });
    const figure = host.shown.at(-1)?.bundle["application/vnd.plotly.v1+json"] as {
      data: { name: string; yaxis?: string; y: number[] }[];
      layout: Record<string, { domain?: number[] }>;
    };
    expect(figure.data.map(({ name, yaxis, y }) => [name, yaxis, y.length])).toEqual([
      ["training", undefined, 3],
      ["learning rate", "y2", 3],
      ["gradient norm", "y3", 3],
    ]);
    expect(figure.layout.yaxis?.domain?.[1]).toBeLessThan(figure.layout.yaxis3?.domain?.[0] as number);
    x.dispose();
  });
});
