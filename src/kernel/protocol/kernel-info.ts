// What the kernel says of itself.
import { createRequire } from "node:module";
import { protocolVersion } from "./wire.js";

const { version } = createRequire(import.meta.url)("../../../package.json") as { version: string };

/** Content of `kernel_info_reply`. */
export function kernelInfo(typeScriptVersion: string): Record<string, unknown> {
  return {
    status: "ok",
    protocol_version: protocolVersion,
    implementation: "latent-lab",
    implementation_version: version,
    language_info: {
      name: "typescript",
      version: typeScriptVersion,
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: "typescript",
      nbconvert_exporter: "script",
    },
    banner: `TypeScript ${typeScriptVersion} on Node ${process.versions.node} (Latent Lab ${version})`,
    help_links: [
      { text: "TypeScript", url: "https://www.typescriptlang.org/docs/" },
      { text: "TensorFlow.js", url: "https://js.tensorflow.org/api/latest/" },
      { text: "Plotly", url: "https://plotly.com/javascript/" },
    ],
    debugger: true,
    supported_features: ["debugger", "kernel subshells"],
  };
}
