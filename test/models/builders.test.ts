// One table of all builders, and what must hold for each: three models over the same layers, training compiled as without,
// saving and loading, tensors freed, a drawing.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, loadLayersModel } from "@tensorflow/tfjs-layers";
import { InferenceSession, Tensor } from "onnxruntime-web";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { displaySymbol } from "../../src/core/notebook.js";
import { toOnnx } from "../../src/jit/index.js";
import {
  type Autoencoder,
  ContractiveDense,
  contractive,
  convolutional,
  denoising,
  KlSparsity,
  L1Activity,
  MaskingNoise,
  sparse,
  stacked,
  tied,
  trivial,
  undercomplete,
  variational,
} from "../../src/models/index.js";
import { fit as train } from "../../src/train/index.js";

const folder = mkdtempSync(join(tmpdir(), "latent lab models "));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Case {
  readonly name: string;
  readonly build: () => Autoencoder;
  readonly shape: readonly number[];
  readonly parameters: number;
  /** Random numbers in training: then two ways of computing cannot agree to the digit. */
  readonly random?: boolean;
}

const small = { inputDim: 12, hidden: [7], codeDim: 2, seed: 1 };
const flat = [12] as const;
const cases: readonly Case[] = [
  {
    name: "trivial, trained",
    build: () => trivial({ inputDim: 12, trainable: true, seed: 1 }),
    shape: flat,
    parameters: 156,
  },
  {
    name: "undercomplete",
    build: () => undercomplete({ inputDim: 12, codeDim: 3, seed: 1 }),
    shape: flat,
    parameters: 87,
  },
  { name: "stacked", build: () => stacked(small), shape: flat, parameters: 224 },
  { name: "denoising, Gaussian", build: () => denoising(small), shape: flat, parameters: 224, random: true },
  {
    name: "denoising, masking",
    build: () => denoising({ ...small, noise: "masking" }),
    shape: flat,
    parameters: 224,
    random: true,
  },
  {
    name: "denoising, salt and pepper",
    build: () => denoising({ ...small, noise: "saltAndPepper" }),
    shape: flat,
    parameters: 224,
    random: true,
  },
  {
    name: "sparse, L1",
    build: () => sparse({ inputDim: 12, codeDim: 20, penalty: "l1", weight: 0.01, seed: 1 }),
    shape: flat,
    parameters: 512,
  },
  {
    name: "sparse, KL",
    build: () => sparse({ inputDim: 12, codeDim: 20, weight: 0.1, seed: 1 }),
    shape: flat,
    parameters: 512,
  },
  {
    name: "contractive",
    build: () => contractive({ inputDim: 12, codeDim: 5, weight: 0.1, seed: 1 }),
    shape: flat,
    parameters: 137,
  },
  { name: "tied", build: () => tied(small), shape: flat, parameters: 126 },
  { name: "variational", build: () => variational(small), shape: flat, parameters: 240, random: true },
  {
    name: "convolutional",
    build: () => convolutional({ imageShape: [6, 5], filters: [4, 3], codeDim: 2, seed: 1 }),
    shape: [6, 5],
    parameters: 510,
  },
];

const rows = (shape: readonly number[], count = 24) =>
  tf.randomUniform([count, ...shape], 0, 1, "float32", 7);
const predicted = (model: LayersModel, x: tf.Tensor) =>
  tf.tidy(() => Array.from((model.predict(x) as tf.Tensor).dataSync()));

function expectClose(a: readonly number[], b: readonly number[], digits: number): void {
  expect(a).toHaveLength(b.length);
  expect(Math.max(...a.map((value, at) => Math.abs(value - (b[at] as number))))).toBeLessThan(10 ** -digits);
}

describe.each(cases)("$name", ({ build, shape, parameters, random = false, name }) => {
  it("has its number of parameters, and decoder(encoder(x)) is the autoencoder", () => {
    const model = build();
    expect(model.autoencoder.countParams()).toBe(parameters);
    const x = rows(shape);
    const whole = predicted(model.autoencoder, x);
    const composed = tf.tidy(() => predicted(model.decoder, model.encoder.predict(x) as tf.Tensor));
    expectClose(composed, whole, 5);
    expect(model.autoencoder.outputs[0]?.shape).toEqual([null, ...shape]);
    expect(model.summary()).toContain(`${parameters} parameters in all`);
    model.dispose();
    x.dispose();
  });

  it("trains compiled, and with the same result as TensorFlow.js", async () => {
    const x = rows(shape);
    const before = tf.memory().numTensors;
    const results = [];
    for (const compile of [true, false]) {
      const model = build();
      const options = { epochs: 3, batchSize: 8, seed: 2, quiet: true, compile };
      const { history, engine, notice } = await train(model.autoencoder, x, x, options);
      if (compile) expect([engine.slice(0, 11), notice]).toEqual(["onnxruntime", undefined]);
      results.push({
        loss: [...history.loss],
        weights: model.autoencoder.getWeights().flatMap((w) => [...w.dataSync()]),
      });
      model.dispose();
    }
    const [compiled, eager] = results as [(typeof results)[0], (typeof results)[0]];
    if (random) {
      for (const [at, loss] of compiled.loss.entries())
        expect(Math.abs(loss / (eager.loss[at] as number) - 1)).toBeLessThan(0.2);
    } else {
      expectClose(compiled.loss, eager.loss, 5);
      expectClose(compiled.weights, eager.weights, 4);
    }
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });

  it("is saved to files, and loaded as the same models", async () => {
    const model = build();
    const x = rows(shape, 3);
    const codes = model.encoder.predict(x) as tf.Tensor;
    for (const each of ["autoencoder", "encoder", "decoder"] as const) {
      const url = pathToFileURL(join(folder, name, each)).href;
      await model[each].save(url);
      const loaded = await loadLayersModel(`${url}/model.json`);
      const input = each === "decoder" ? codes : x;
      expect(predicted(loaded, input)).toEqual(predicted(model[each], input));
      loaded.dispose();
    }
    tf.dispose([x, codes]);
    model.dispose();
  });

  it("is an ONNX file that computes what predict does", async () => {
    const model = build();
    const x = rows(shape, 3);
    const session = await InferenceSession.create(
      toOnnx(model.autoencoder, shape.length > 1 ? { batchSize: 3 } : {}),
    );
    const feeds = {
      [session.inputNames[0] as string]: new Tensor("float32", x.dataSync() as Float32Array, x.shape),
    };
    const output = (await session.run(feeds))[session.outputNames[0] as string];
    expectClose(Array.from(output?.data as Float32Array), predicted(model.autoencoder, x), 5);
    await session.release();
    model.dispose();
    x.dispose();
  });

  it("draws itself, with its coding layer and its parameters, and frees all tensors", async () => {
    const before = tf.memory().numTensors;
    const model = build();
    const diagram = model.diagram();
    const bundle = await diagram[displaySymbol]();
    expect(diagram.svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg".*coding layer.*<\/svg>$/s);
    expect(bundle["text/html"]).toContain(`<td>${parameters}</td>`);
    expect(bundle["image/svg+xml"]).toBe(diagram.svg);
    expect(bundle["text/plain"]).toContain("coding layer");
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

const builders = {
  ...{ trivial, undercomplete, stacked, denoising, sparse, contractive, tied, variational, convolutional },
};

it.each(Object.entries(builders))("%s refuses an option that it does not have", (_name, build) => {
  expect(() => build({ latentDim: 3 } as never)).toThrow(UsageError);
  expect(() => build({ seed: -1 })).toThrow(/expected seed to be an integer/);
  expect(() => build({ loss: "hinge" as never })).toThrow(/expected loss among/);
});

it("undercomplete stays linear where its output's activation is given as undefined", () => {
  const { autoencoder, dispose } = undercomplete({ outputActivation: undefined } as never);
  expect(autoencoder.layers.at(-1)?.getConfig().activation).toBe("linear");
  dispose();
});

it("layers refuse numbers that would make the loss none", () => {
  expect(() => new KlSparsity({ weight: 1, target: 0 })).toThrow(/target between 0 and 1; got 0/);
  expect(() => new L1Activity({} as never)).toThrow(
    /^L1Activity: expected weight of 0 or more; got undefined/,
  );
  expect(() => new MaskingNoise({ rate: 2 })).toThrow(/rate from 0 to 1; got 2/);
  expect(() => new ContractiveDense({ units: 2, weight: 1, activation: "relu" as never })).toThrow(
    /activation among linear, sigmoid, tanh, softplus; got relu/,
  );
});

it("each builder is in the table", () => {
  const built = cases.map(({ name }) => name.split(",")[0]);
  expect([...new Set(built)].sort()).toEqual(Object.keys(builders).sort());
});
