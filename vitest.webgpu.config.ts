import { defineConfig } from "vitest/config";
import { testEnvironment } from "./test/environment.js";
import { webgpu } from "./test/webgpu.js";

// The jit's own tests again, with all programs on WebGPU: `npm run test:webgpu`.
const files = [
  ...["layers", "losses", "ops", "own-fields", "random", "surprises", "topologies", "training"].map(inJit),
  ...["literature", "training-surprises", "unrolled"].map(inJit),
  ...["evaluate", "gradients", "held-data", "parity", "training-run"].map(
    (name) => `test/train/${name}.test.ts`,
  ),
];
if (webgpu.missing) console.log(`The tests on WebGPU do not run ${webgpu.reason}`);

function inJit(name: string): string {
  return `test/jit/${name}.test.ts`;
}

export default defineConfig({
  test: {
    env: { ...testEnvironment, LATENT_LAB_DEVICE: "webgpu" },
    include: webgpu.missing ? [] : files,
    passWithNoTests: webgpu.missing,
    testTimeout: 120_000,
    maxWorkers: 2,
    reporters: ["default"],
  },
});
