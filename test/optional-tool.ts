// Tools that a test can do without: present, the test runs; missing, it is skipped and says what to install.
// CI installs them all, and there a missing one is a failure.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface OptionalTool {
  path: string;
  missing: boolean;
  /** For the test's title: empty, or why it is skipped. */
  reason: string;
}

/** @param probe arguments with which the tool must succeed. @param debianPackage what to install */
export function optionalTool(path: string, probe: string[], debianPackage: string): OptionalTool {
  const missing = spawnSync(path, probe, { stdio: "ignore" }).status !== 0;
  return { path, ...unlessMissing(missing, `Debian's ${debianPackage}`) };
}

/** @throws in CI, which has everything */
export function unlessMissing(missing: boolean, needed: string): Omit<OptionalTool, "path"> {
  if (missing && process.env.CI === "true") throw new Error(`CI must have ${needed}: install it in .ci/run.`);
  return { missing, reason: missing ? `(skipped: needs ${needed})` : "" };
}

const native = fileURLToPath(new URL("../node_modules/onnxruntime-node/bin/", import.meta.url));
const hasCuda =
  existsSync("/dev/nvidia0") &&
  readdirSync(native, { recursive: true }).some((name) => String(name).endsWith("providers_cuda.so"));

/** A GPU, and ONNX Runtime's part for it, which installing leaves out. CI need not have one. */
export const cuda = { missing: !hasCuda, reason: hasCuda ? "" : "(skipped: needs a GPU)" };
