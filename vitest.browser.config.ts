import { defineConfig } from "vitest/config";

// The tests that drive the lab in a real browser: `npm run test:browser`. They share a machine with nothing
// else, since two cores draw, train and serve at once.
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    reporters: ["default"],
  },
});
