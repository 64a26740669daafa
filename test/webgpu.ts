// Whether ONNX Runtime's WebGPU provider starts here: on a GPU, or on SwiftShader, which computes like one on the CPU.
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { repository } from "./architecture/source-files.js";
import { testEnvironment } from "./environment.js";
import { unlessMissing } from "./optional-tool.js";

const program = `
  import * as tf from "@tensorflow/tfjs-core";
  const { jit } = await import(process.argv[1]);
  const y = await jit((x) => tf.add(x, 1), { device: "webgpu" })(tf.tensor1d([1]));
  process.exit(y.dataSync()[0] === 2 ? 0 : 1);`;

const jit = pathToFileURL(`${repository}/dist/jit/index.js`).href;
const { status } = spawnSync(process.execPath, ["--input-type=module", "-e", program, jit], {
  ...{ cwd: repository, env: { ...process.env, ...testEnvironment }, stdio: "ignore" },
});

export const webgpu = unlessMissing(
  status !== 0,
  "Vulkan: Debian's libvulkan1 and chromium, or a GPU's driver",
);
