import { defineConfig } from "vitest/config";
import { nodesOwn } from "./test/suites.js";
import fast from "./vitest.config.js";

export default defineConfig({ test: { ...fast.test, include: nodesOwn, exclude: [] } });
