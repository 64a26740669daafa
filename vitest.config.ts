import { defineConfig } from "vitest/config";
import { testEnvironment } from "./test/environment.js";
import { compat, course, hostile } from "./test/suites.js";

export default defineConfig({
  test: {
    env: testEnvironment,
    include: ["test/**/*.test.ts"],
    exclude: ["test/browser/**", "test/package/**", ...compat, ...course, ...hostile],
    // Limits catch hangs; they are no statement about speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    expect: { poll: { timeout: 30_000 } }, // its second is not enough on a busy machine
    reporters: ["default"],
  },
});
