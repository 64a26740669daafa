import { defineConfig } from "vitest/config";
import { testEnvironment } from "./test/environment.js";

// The package as others install it: `npm run test:package`. Each case installs from the registry, so it is slow.
export default defineConfig({
  test: {
    env: testEnvironment,
    include: ["test/package/**/*.test.ts"],
    globalSetup: ["test/package/setup.ts"],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    reporters: ["default"],
  },
});
