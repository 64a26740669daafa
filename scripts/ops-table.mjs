// Writes docs/ops.md: which operations the jit compiles, to which ONNX nodes, and which of them are tested. The table comes
// from the kernels and their test cases themselves (test/jit/ops-table.ts); the same test fails when it is out of date.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, "run", "test/jit/docs.test.ts"], {
  ...{ cwd: root, stdio: "inherit" },
  env: { ...process.env, UPDATE_DOCS: "1" },
});
process.exitCode = status ?? 1;
