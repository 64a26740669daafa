// Whether ONNX Runtime's WebGPU provider starts here: on a GPU, or on SwiftShader, which computes like one on the CPU.
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { repository } from "./architecture/source-files.js";
import { testEnvironment } from "./environment.js";

const program = `
  import * as tf from "@tensorflow/tfjs-core";
  const { jit } = await import(process.argv[1]);
  const y = await jit((x) => tf.add(x, 1), { device: "webgpu" })(tf.tensor1d([1]));
  process.exit(y.dataSync()[0] === 2 ? 0 : 1);`;

const jit = pathToFileURL(`${repository}/dist/jit/index.js`).href;
const { status } = spawnSync(process.execPath, ["--input-type=module", "-e", program, jit], {
  ...{ cwd: repository, env: { ...process.env, ...testEnvironment }, stdio: "ignore" },
});

const needed = "Vulkan: Debian's libvulkan1 and chromium, or a GPU's driver";
if (status !== 0 && process.env.CI === "true")
  throw new Error(`CI must have ${needed}: install them in .ci/run.`);

export const webgpu = { missing: status !== 0, reason: status === 0 ? "" : `(skipped: needs ${needed})` };
