// Jupyter's own conformance suite (Debian's python3-jupyter-kernel-test) on the installed kernel.
import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { installKernelSpec } from "../../src/kernel/install/kernelspec-files.js";
import { optionalTool } from "../optional-tool.js";

const python = optionalTool(
  "/usr/bin/python3",
  ["-c", "import jupyter_kernel_test"],
  "python3-jupyter-kernel-test",
);
const suite = fileURLToPath(new URL("./jupyter_kernel_test_suite.py", import.meta.url));

it.skipIf(python.missing)(`jupyter_kernel_test passes ${python.reason}`, async () => {
  const prefix = mkdtempSync(join(tmpdir(), "kernel spec "));
  await installKernelSpec({ prefix });
  const env = { ...process.env, JUPYTER_PATH: join(prefix, "share", "jupyter") };
  // A failing suite exits with 1, which rejects with its output.
  const { stderr } = await promisify(execFile)(python.path, [suite, "-v"], { env });
  expect(stderr).toMatch(/Ran \d+ tests/);
  expect(stderr).toMatch(/\nOK/);
  const skipped = [...stderr.matchAll(/^(test_\w+).*\.\.\. skipped/gm)].map(([, name]) => name);
  // Pagers are IPython's own.
  expect(skipped).toEqual(["test_pager"]);
});
