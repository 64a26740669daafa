import { defineConfig } from "vitest/config";
import { testEnvironment } from "./test/environment.js";
import { hostile } from "./test/suites.js";

export default defineConfig({
  test: {
    env: testEnvironment,
    include: hostile,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    expect: { poll: { timeout: 30_000 } },
    reporters: ["default"],
  },
});
