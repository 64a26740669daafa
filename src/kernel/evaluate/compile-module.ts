// Turns local modules that Node does not run itself into ones that it does: TypeScript and WebAssembly.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { transformSync } from "oxc-transform";
import { thisNode } from "./this-node.js";

const typeScript = new Set([".ts", ".mts", ".cts", ".tsx"]);

interface Compiled {
  format: "module" | "commonjs";
  source: string;
}

/** Whether `compileModule` knows the file's kind. */
export function isCompiled(path: string): boolean {
  return typeScript.has(extname(path)) || extname(path) === ".wasm";
}

/** @throws SyntaxError with the place, or what WebAssembly says of a damaged module */
export function compileModule(path: string, address: string): Compiled {
  const extension = extname(path);
  if (extension === ".wasm") return { format: "module", source: wasmModule(path) };
  if (extension === ".cts") return { format: "commonjs", source: commonJs(path) };
  return { format: "module", source: esModule(path, address) };
}

function esModule(path: string, address: string): string {
  const compiled = transformSync(path, readFileSync(path, "utf8"), {
    sourcemap: true,
    target: thisNode,
    sourceType: "module",
    decorator: { legacy: true },
  });
  const error = compiled.errors.find((each) => each.severity === "Error");
  if (error) throw new SyntaxError(`${path}: ${error.message}\n${error.codeframe ?? ""}`);
  const map = Buffer.from(JSON.stringify({ ...compiled.map, sources: [address] })).toString("base64");
  return `${compiled.code}\n//# sourceMappingURL=data:application/json;base64,${map}`;
}

/** `import x = require()` and `export =` are TypeScript's own, and so rare that its compiler is loaded for them. */
function commonJs(path: string): string {
  const ts: typeof import("typescript") = createRequire(import.meta.url)("typescript");
  const { outputText, diagnostics = [] } = ts.transpileModule(readFileSync(path, "utf8"), {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ESNext,
      esModuleInterop: true,
      inlineSourceMap: true,
    },
  });
  const [first] = diagnostics;
  if (first) throw new SyntaxError(`${path}: ${ts.flattenDiagnosticMessageText(first.messageText, "\n")}`);
  return outputText;
}

/** A module that imports what the WebAssembly module imports and exports what it exports. */
function wasmModule(path: string): string {
  const module = new WebAssembly.Module(readFileSync(path));
  const sources = [...new Set(WebAssembly.Module.imports(module).map((each) => each.module))];
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  return [
    'import { readFileSync } from "node:fs";',
    ...sources.map((source, index) => `import * as source${index} from ${JSON.stringify(source)};`),
    `const { instance } = await WebAssembly.instantiate(readFileSync(${JSON.stringify(path)}), {`,
    ...sources.map((source, index) => `  ${JSON.stringify(source)}: source${index},`),
    "});",
    ...names.flatMap((name, index) => [
      `const export${index} = instance.exports[${JSON.stringify(name)}];`,
      `export { export${index} as ${JSON.stringify(name)} };`,
    ]),
  ].join("\n");
}
