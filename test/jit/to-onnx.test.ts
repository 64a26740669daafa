// ONNX files of models: accepted by ONNX's own checker, and run by ONNX Runtime in a process that knows nothing of us.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { model as functional, input, layers, type SymbolicTensor, sequential } from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Value } from "../../src/jit/graph/program.js";
import { toOnnx } from "../../src/jit/index.js";
import { encodeModel } from "../../src/jit/onnx/protobuf.js";
import { trainingLoop } from "../../src/jit/onnx/training-loop.js";
import { loadEngine } from "../../src/jit/session/engine.js";
import { trace } from "../../src/jit/trace/trace.js";
import { stacked } from "../../src/models/index.js";
import { optionalTool } from "../optional-tool.js";
import { course, dense, uniform } from "./models.js";

const python = optionalTool("/usr/bin/python3", ["-c", "import onnx"], "python3-onnx");
let folder = "";

beforeAll(async () => {
  await tf.setBackend("cpu");
  folder = mkdtempSync(join(tmpdir(), "latent-lab-onnx-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What Python's ONNX says of a file: opset, IR version, inputs and outputs, after its full check. */
const inspect = `
import json, sys, onnx
model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
def describe(infos):
    return [[i.name, [d.dim_param or d.dim_value for d in i.type.tensor_type.shape.dim]] for i in infos]
print(json.dumps(dict(opset=model.opset_import[0].version, ir=model.ir_version,
    inputs=describe(model.graph.input), outputs=describe(model.graph.output))))`;

function inspected(bytes: Uint8Array): unknown {
  const path = join(folder, "checked.onnx");
  writeFileSync(path, bytes);
  const { status, stdout, stderr } = spawnSync(python.path, ["-c", inspect, path], { encoding: "utf8" });
  expect(stderr.trim().split("\n").at(-1)).toBe("");
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

it.skipIf(python.missing)(`Debian's ONNX checker accepts the stacked autoencoder ${python.reason}`, () => {
  const { autoencoder, dispose } = stacked({ seed: 1 });
  expect(inspected(toOnnx(autoencoder))).toEqual({
    ...{ opset: 17, ir: 8 },
    inputs: [["input", ["batch", 64]]],
    outputs: [["reconstruction", ["batch", 64]]],
  });
  dispose();
});

it.skipIf(python.missing)(
  `Debian's ONNX checker accepts two inputs and a fixed number of rows ${python.reason}`,
  () => {
    const [a, b] = [input({ shape: [3], name: "left" }), input({ shape: [2], name: "right" })];
    const joined = layers.concatenate().apply([a, b]);
    const outputs = layers.dense({ units: 4, activation: "softmax", name: "classes" }).apply(joined);
    const model = functional({ inputs: [a, b], outputs: outputs as SymbolicTensor });
    expect(inspected(toOnnx(model, { batchSize: 5 }))).toEqual({
      ...{ opset: 17, ir: 8 },
      inputs: [
        ["left", [5, 3]],
        ["right", [5, 2]],
      ],
      outputs: [["classes", [5, 4]]],
    });
    model.dispose();
  },
);

it.skipIf(python.missing)(`Debian's ONNX checker accepts a training loop ${python.reason}`, () => {
  const weight = tf.variable(tf.ones([3, 2]));
  const optimizer = tf.train.adam(0.1);
  const batch = [{ shape: [4, 3], dtype: "float32" }] as const;
  const { program, variables, assigned } = trace(
    ([x]) => [
      optimizer.minimize(
        () => tf.mean(tf.square(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D))),
        true,
      ) as tf.Scalar,
    ],
    batch,
  );
  const carried = assigned.map((variable) => program.inputs[1 + variables.indexOf(variable)] as Value);
  expect(inspected(encodeModel(trainingLoop({ program, batches: 1, carried, listed: [] })))).toMatchObject({
    opset: 17,
    ir: 8,
  });
  optimizer.dispose();
  weight.dispose();
});

it("ONNX Runtime in another process computes what predict does, for any number of rows", () => {
  const model = dense(course);
  const path = join(folder, "course.onnx");
  writeFileSync(path, toOnnx(model));
  const x = uniform(7, 64, 1);
  const code = `
    import * as ort from "onnxruntime-web";
    ort.env.wasm.numThreads = 1;
    const { readFileSync } = await import("node:fs");
    const session = await ort.InferenceSession.create(readFileSync(process.argv[1]));
    const x = new ort.Tensor("float32", Float32Array.from(JSON.parse(process.argv[2])), [7, 64]);
    const result = await session.run({ [session.inputNames[0]]: x });
    console.log(JSON.stringify(Array.from(result[session.outputNames[0]].data)));`;
  const printed = execFileSync(
    process.execPath,
    ["--input-type=module", "-e", code, path, JSON.stringify(Array.from(x.dataSync()))],
    { encoding: "utf8", cwd: import.meta.dirname },
  );
  const expected = tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync());
  const actual = JSON.parse(printed) as number[];
  expect(actual).toHaveLength(expected.length);
  expect(Math.max(...actual.map((value, at) => Math.abs(value - (expected[at] as number))))).toBeLessThan(
    1e-6,
  );
  x.dispose();
  model.dispose();
});

it("dropout is left out, as in predict", () => {
  const model = sequential();
  model.add(layers.dense({ units: 2, inputShape: [3] }));
  model.add(layers.dropout({ rate: 0.5 }));
  expect(() => toOnnx(model)).not.toThrow();
  model.dispose();
});

it.each([
  [
    "a convolutional model with reshapes",
    () => [
      layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [6, 6, 1], activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 12 }),
      layers.reshape({ targetShape: [2, 2, 3] }),
      layers.conv2dTranspose({ filters: 1, kernelSize: 3, strides: 3, padding: "same" }),
    ],
  ],
  [
    "batch normalization of numbers",
    () => [layers.dense({ units: 4, inputShape: [3] }), layers.batchNormalization({ momentum: 0.5 })],
  ],
  [
    "batch normalization of sequences",
    () => [layers.conv1d({ filters: 4, kernelSize: 2, inputShape: [5, 3] }), layers.batchNormalization({})],
  ],
  ["layer normalization", () => [layers.dense({ units: 4, inputShape: [3] }), layers.layerNormalization({})]],
])("%s takes any number of rows", async (_, parts) => {
  const model = sequential({ layers: parts() });
  const [input] = model.inputs;
  const features = (input as SymbolicTensor).shape.slice(1) as number[];
  const engine = await loadEngine("onnxruntime-node");
  const session = await engine.open({ file: toOnnx(model), nodes: 20, onCpu: [] }, { threads: 1 });
  for (const rows of [1, 5]) {
    const x = tf.randomUniform([rows, ...features], 0, 1, "float32", 1);
    const expected = model.predict(x) as tf.Tensor;
    const given = { data: x.dataSync<"float32">(), shape: x.shape, dtype: "float32" as const };
    const outputs = await session.run({ [model.inputNames[0] as string]: given }).outputs;
    const [output] = Object.values(outputs);
    expect(output?.shape).toEqual(expected.shape);
    const values = output?.data as Float32Array;
    for (const [at, value] of expected.dataSync().entries())
      expect(Math.abs((values[at] as number) - value)).toBeLessThan(1e-5);
    tf.dispose([x, expected]);
  }
  await session.release();
  model.dispose();
});

it("sizes that follow the rows have a name on every axis, their own where they are others", async () => {
  class PairsOfRows extends layers.Layer {
    static className = "PairsOfRows";
    override computeOutputShape(): (null | number)[][] {
      return [
        [null, null],
        [null, 3],
      ];
    }
    override call(inputs: tf.Tensor[]): tf.Tensor[] {
      const [x] = inputs as [tf.Tensor];
      return [tf.matMul(x, x, false, true), tf.concat([x, x])];
    }
  }
  const x = input({ shape: [3] });
  const model = functional({ inputs: x, outputs: new PairsOfRows({}).apply(x) as SymbolicTensor[] });
  const file = toOnnx(model);
  if (!python.missing) {
    const { outputs } = inspected(file) as { outputs: [string, (string | number)[]][] };
    const [[, products], [, twice]] = outputs as [(typeof outputs)[0], (typeof outputs)[0]];
    expect(products).toEqual(["batch", "batch"]);
    expect(twice).toEqual([expect.stringMatching(/^\w+_axis0$/), 3]);
  }
  const engine = await loadEngine("onnxruntime-node");
  const session = await engine.open({ file, nodes: 20, onCpu: [] }, { threads: 1 });
  const given = { data: Float32Array.from({ length: 15 }, (_, at) => at), shape: [5, 3] };
  const outputs = await session.run({ [model.inputNames[0] as string]: { ...given, dtype: "float32" } })
    .outputs;
  expect(Object.values(outputs).map(({ shape }) => shape)).toEqual([
    [5, 5],
    [10, 3],
  ]);
  await session.release();
  model.dispose();
});

it("a result that is as many constants as there are rows needs their number", () => {
  class Zeros extends layers.Layer {
    static className = "ZerosOfRows";
    override call(inputs: tf.Tensor[]): tf.Tensor {
      return tf.zeros((inputs[0] as tf.Tensor).shape);
    }
  }
  const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] }), new Zeros({})] });
  expect(() => toOnnx(model)).toThrow(/a result follows from the number of rows. Give batchSize/);
  model.dispose();
});

it("a recurrent model, which begins with as many zeros as there are rows, needs their number", () => {
  const model = sequential();
  model.add(layers.lstm({ units: 2, inputShape: [3, 2] }));
  expect(() => toOnnx(model)).toThrow(
    /an operation \(\w+ in ONNX\) follows from the number of rows. Give batchSize/,
  );
  expect(toOnnx(model, { batchSize: 4 }).length).toBeGreaterThan(0);
  model.dispose();
});
