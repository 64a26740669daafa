import { defineConfig } from "vitest/config";
import { testEnvironment } from "./test/environment.js";
import { course } from "./test/suites.js";

export default defineConfig({
  test: {
    env: testEnvironment,
    include: course,
    testTimeout: 180_000,
    hookTimeout: 60_000,
    reporters: ["default"],
  },
});
