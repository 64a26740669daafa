// The kernelspec of our own kernel, which the lab offers without any installation and which
// `latent-lab kernel install` writes for other Jupyter front ends. Both take the command from here.
import { fileURLToPath } from "node:url";
import { bundleUrl } from "../threads/bundles.js";
import type { KernelSpec } from "./types.js";

export const ownKernelName = "latent-lab";

/** The built-in spec: this Node runs this package's command. */
export function ownKernelSpec(): KernelSpec {
  return {
    name: ownKernelName,
    resourceDir: undefined,
    argv: [
      process.execPath,
      // Without this flag an interrupt inside a timer's callback aborts the whole process (Node 20 to 26).
      "--no-force-async-hooks-checks",
      "--no-warnings",
      fileURLToPath(bundleUrl("main.cjs")),
      "{connection_file}",
    ],
    displayName: "TypeScript (Latent Lab)",
    language: "typescript",
    interruptMode: "message",
    env: {},
    metadata: { debugger: true },
  };
}
