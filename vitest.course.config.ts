import { defineConfig } from "vitest/config";
import { testEnvironment } from "./test/environment.js";

// Every exercise of the course in the real kernel, with right and wrong answers and slips of the pen, a class with hostile
// learners graded, notebooks run by the command, every notebook with its cells run again in another order, every network of the reference trained again,
// and the site built as a whole: `npm run test:course`.
export default defineConfig({
  test: {
    env: testEnvironment,
    include: [
      "test/cli/build.test.ts",
      "test/cli/check-class.test.ts",
      "test/cli/run.test.ts",
      "test/course/exercises/exercises.test.ts",
      "test/course/reruns.test.ts",
      "test/train/reference-runs.test.ts",
    ],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    reporters: ["default"],
  },
});
