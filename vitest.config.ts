import { defineConfig } from "vitest/config";
import { testEnvironment } from "./test/environment.js";

export default defineConfig({
  test: {
    env: testEnvironment,
    include: ["test/**/*.test.ts"],
    // What takes minutes has scripts of its own.
    exclude: [
      "test/browser/**",
      "test/package/**",
      "test/compat/**",
      "test/cli/build.test.ts",
      "test/cli/check-class.test.ts",
      "test/cli/run.test.ts",
      "test/course/exercises/exercises.test.ts",
      "test/course/reruns.test.ts",
      "test/train/reference-runs.test.ts",
    ],
    // Limits catch hangs; they are no statement about speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    expect: { poll: { timeout: 30_000 } }, // its second is not enough on a busy machine
    reporters: ["default"],
  },
});
