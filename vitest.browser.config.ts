import { defineConfig } from "vitest/config";
import { testEnvironment } from "./test/environment.js";

// The tests that drive the lab in a real browser: `npm run test:browser`. They share a machine with nothing
// else, since two cores draw, train and serve at once.
export default defineConfig({
  test: {
    env: testEnvironment,
    include: ["test/browser/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    expect: { poll: { timeout: 30_000 } }, // its second is not enough on a busy machine
    reporters: ["default"],
  },
});
