// `file://` for models in Node without native TensorFlow.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { layers, loadLayersModel, sequential } from "@tensorflow/tfjs-layers";
import { afterAll, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import "../../src/core/tensorflow.js";

const folder = mkdtempSync(join(tmpdir(), "latent lab files ")); // a blank in the path
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("writes model.json and weights.bin, and reads them from the file or its folder, from relative paths, too", async () => {
  const model = sequential({
    layers: [layers.dense({ units: 3, inputShape: [2] }), layers.dense({ units: 1 })],
  });
  const path = join(folder, "a", "b");
  const result = await model.save(`file://${path}`);
  expect(readdirSync(path).sort()).toEqual(["model.json", "weights.bin"]);
  expect(result.modelArtifactsInfo.weightDataBytes).toBe(13 * 4);
  const json = JSON.parse(readFileSync(join(path, "model.json"), "utf8")) as Record<string, unknown>;
  expect(Object.keys(json)).toEqual(expect.arrayContaining(["modelTopology", "weightsManifest", "format"]));
  const x = tf.tensor2d([[1, 2]]);
  const expected = (model.predict(x) as tf.Tensor).dataSync();
  const here = relative(process.cwd(), path).replaceAll("\\", "/");
  for (const url of [`file://${path}/model.json`, `file://${path}`, `file://${here}/model.json`]) {
    const loaded = await loadLayersModel(url);
    expect((loaded.predict(x) as tf.Tensor).dataSync()).toEqual(expected);
  }
});

it("says which file is missing, and refuses weights that were cut short", async () => {
  await expect(loadLayersModel(`file://${folder}/none/model.json`)).rejects.toThrow(UsageError);
  await expect(loadLayersModel(`file://${folder}/none/model.json`)).rejects.toThrow(/model\.json in .*none/);
  const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] });
  await model.save(`file://${folder}/cut`);
  writeFileSync(join(folder, "cut", "weights.bin"), Buffer.alloc(5));
  await expect(loadLayersModel(`file://${folder}/cut`)).rejects.toThrow();
  rmSync(join(folder, "cut", "weights.bin"));
  await expect(loadLayersModel(`file://${folder}/cut`)).rejects.toThrow(
    /weights\.bin in .*cut; it cannot be read/,
  );
  writeFileSync(join(folder, "cut", "model.json"), "<html>");
  await expect(loadLayersModel(`file://${folder}/cut`)).rejects.toThrow(/a model's JSON in .*cut/);
});
