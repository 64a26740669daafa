import { defineConfig } from "vitest/config";
import { testEnvironment } from "./test/environment.js";
import { webgpu } from "./test/webgpu.js";

// The jit's own tests again, with all programs on WebGPU: `npm run test:webgpu`.
const files = ["layers", "losses", "ops", "own-fields", "random", "topologies", "training", "unrolled"];
if (webgpu.missing) console.log(`The tests on WebGPU do not run ${webgpu.reason}`);

export default defineConfig({
  test: {
    env: { ...testEnvironment, LATENT_LAB_DEVICE: "webgpu" },
    include: webgpu.missing ? [] : files.map((name) => `test/jit/${name}.test.ts`),
    passWithNoTests: webgpu.missing,
    testTimeout: 120_000,
    maxWorkers: 2,
    reporters: ["default"],
  },
});
