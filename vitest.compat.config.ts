import { defineConfig } from "vitest/config";
import { testEnvironment } from "./test/environment.js";
import { compat } from "./test/suites.js";

export default defineConfig({
  test: {
    env: testEnvironment,
    include: compat,
    globalSetup: ["test/compat/setup.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    reporters: ["default"],
  },
});
