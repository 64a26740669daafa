import { defineConfig } from "vitest/config";
import { testEnvironment } from "./test/environment.js";

// Our notebooks on other kernels, and theirs on ours: `npm run test:compat`. Installs test/compat from the registry.
export default defineConfig({
  test: {
    env: testEnvironment,
    include: ["test/compat/*.test.ts"],
    globalSetup: ["test/compat/setup.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    reporters: ["default"],
  },
});
