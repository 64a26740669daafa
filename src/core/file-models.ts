// `model.save("file://folder")` and `tf.loadLayersModel("file://folder/model.json")` in Node, in the same files as
// tfjs-node's: model.json and weights.bin. Pure TensorFlow.js has no such handler; where the native tfjs-node runs, its own
// is used.
import { mkdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { atomicWrite } from "./atomic-write.js";
import { UsageError } from "./errors.js";

const scheme = "file://";

/** Makes `file://` known to TensorFlow.js; once is enough. */
export function registerFileModels(): void {
  const router = (url: string | string[]): tf.io.IOHandler => {
    if (typeof url !== "string" || !url.startsWith(scheme)) return null as unknown as tf.io.IOHandler;
    if (tf.findBackendFactory("tensorflow") !== null) return null as unknown as tf.io.IOHandler; // tfjs-node has one
    return fileHandler(pathOf(url));
  };
  tf.io.registerSaveRouter(router);
  tf.io.registerLoadRouter(router);
}

/** Real file URLs, and what people write: file://./model, file:///C:/model. */
function pathOf(url: string): string {
  if (!url.startsWith("file:///")) return decodeURI(url.slice(scheme.length));
  return fileURLToPath(url);
}

function fileHandler(path: string): tf.io.IOHandler {
  return { save: (artifacts) => save(path, artifacts), load: () => load(path) };
}

async function save(folder: string, artifacts: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> {
  if (artifacts.modelTopology instanceof ArrayBuffer)
    throw new UsageError(
      "save: expected a layers model; got a graph in bytes. Save it with tf.io of its maker.",
    );
  const { weightData, weightSpecs = [], ...rest } = artifacts;
  const weights = Buffer.from(tf.io.CompositeArrayBuffer.join(weightData));
  const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
  const json = JSON.stringify({ ...rest, weightsManifest });
  await mkdir(folder, { recursive: true });
  await atomicWrite(join(folder, "weights.bin"), weights);
  await atomicWrite(join(folder, "model.json"), json);
  return {
    modelArtifactsInfo: {
      ...{ dateSaved: new Date(), modelTopologyType: "JSON" as const },
      modelTopologyBytes: Buffer.byteLength(JSON.stringify(artifacts.modelTopology ?? null)),
      weightSpecsBytes: Buffer.byteLength(JSON.stringify(weightSpecs)),
      weightDataBytes: weights.byteLength,
    },
  };
}

async function load(path: string): Promise<tf.io.ModelArtifacts> {
  const file = await modelFile(path);
  const { weightsManifest = [], ...rest } = parsed(await contents(file), file);
  const folder = dirname(file);
  const paths = weightsManifest.flatMap((group) => group.paths);
  const parts = await Promise.all(paths.map((each) => contents(join(folder, each))));
  const bytes = Buffer.concat(parts);
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return { ...rest, weightSpecs: weightsManifest.flatMap((group) => group.weights), weightData };
}

/** The model.json itself, or the one in a folder. */
async function modelFile(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? join(path, "model.json") : path;
}

function parsed(json: Buffer, file: string): tf.io.ModelJSON {
  try {
    return JSON.parse(json.toString("utf8")) as tf.io.ModelJSON;
  } catch (cause) {
    throw new UsageError(
      `loadLayersModel: expected a model's JSON in ${file}; got something else. Save the model again, with model.save("file://…").`,
      { cause },
    );
  }
}

async function contents(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new UsageError(
      `loadLayersModel: expected ${basename(file)} in ${dirname(file)}; it cannot be read. Give the folder that model.save wrote, "file://…/model.json".`,
      { cause },
    );
  }
}
