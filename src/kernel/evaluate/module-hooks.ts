// What Node's loader asks for a notebook: resolves what cells import, gives local files that changed a new address so that
// they are loaded again with all that depends on them, and compiles TypeScript. Newer Nodes ask in the main thread and
// wait (modules.ts), older ones in a thread of their own, where answers are promises (loader-thread.ts); so whoever resolves
// is a generator, which yields what it asks of Node's own resolution.
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createRequire, type ResolveFnOutput, type ResolveHook } from "node:module";
import { extname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseSync } from "oxc-parser";
import { nameInOurs, tensorFlow } from "../our-packages.js";
import { compileModule, isCompiled } from "./compile-module.js";
import { attemptOf, readImportAddress, versionKey, versionOf } from "./import-address.js";
import type { CompiledModule } from "./module-maps.js";

const requiredMark = "&required";
/** Stands in for tslab, whose notebooks run here. */
const tslab = new URL("../compat/tslab.js", import.meta.url).href;
/** What a notebook gets for our alias of TensorFlow.js; one that its folder has of its own is left as it is. */
const tensorFlowWithBackend = new URL("../../core/tfjs-node.js", import.meta.url).href;
/** Packages that the course, or compiled code, imports and that our own package has. */
const ownPackages =
  /^(latent-lab|@tensorflow\/[a-z0-9-]+|danfojs-node|plotly\.js-dist|@oxc-project\/runtime)(\/|$)/;

export type Context = Parameters<ResolveHook>[1];
/** Yields the parameters of Node's own resolution, and gets its result or its error. */
export type Resolving = Generator<[specifier: string, context: Context], ResolveFnOutput, ResolveFnOutput>;

export function* resolve(specifier: string, context: Context): Resolving {
  const request = readImportAddress(specifier);
  if (request !== undefined) {
    const { parent, attempt } = request;
    return yield* fromNotebook(request.specifier, { ...context, parentURL: parent }, attempt);
  }
  if (!context.parentURL?.includes(`?${versionKey}=`)) return yield [specifier, context];
  return versioned(yield* fromFolderOrOurs(specifier, context), attemptOf(context.parentURL));
}

function* fromNotebook(specifier: string, context: Context, attempt: number): Resolving {
  const resolved = yield* fromFolderOrOurs(specifier, context);
  if (
    nameInOurs(specifier) === tensorFlow &&
    resolved.url === (yield fromOurPackage(specifier, context)).url
  ) {
    return { url: tensorFlowWithBackend, shortCircuit: true };
  }
  return requiredByNotebook(versioned(resolved, attempt));
}

/**
 * A local CommonJS module that a cell imports is required: Node 26 mixes up what such a module requires itself when
 * it comes a second time through the loader of ES modules.
 */
function requiredByNotebook(resolved: ResolveFnOutput): ResolveFnOutput {
  const [address = "", version = ""] = resolved.url.split("?");
  const isLocal = version.startsWith(versionKey) && extname(address) !== ".cts";
  if (!isLocal || resolved.format !== "commonjs") return resolved;
  return { ...resolved, url: `${resolved.url}${requiredMark}`, format: "module" };
}

function* fromFolderOrOurs(specifier: string, context: Context): Resolving {
  try {
    return yield* withExtensions(specifier, context);
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
    if (missing && specifier === "tslab") return { url: tslab, shortCircuit: true };
    if (!missing || !ownPackages.test(specifier)) throw error;
    try {
      return yield fromOurPackage(specifier, context);
    } catch {
      throw error; // the notebook's own folder is the one to speak of
    }
  }
}

function fromOurPackage(specifier: string, context: Context): [string, Context] {
  return [nameInOurs(specifier), { ...context, parentURL: import.meta.url }];
}

/** Loaded when it is needed: a kernel's start would wait for it. */
let tsconfig: typeof import("get-tsconfig") | undefined;

/** A file that `paths` of the folder's `tsconfig.json` stand for, such as `@/helper`. */
function fromPaths(specifier: string, parentURL: string): ResolveFnOutput | undefined {
  if (/^\.{0,2}\/|^[a-z]+:/.test(specifier)) return undefined;
  tsconfig ??= createRequire(import.meta.url)("get-tsconfig") as typeof import("get-tsconfig");
  const config = tsconfig.getTsconfig(fileURLToPath(parentURL));
  const places = (config && tsconfig.createPathsMatcher(config)?.(specifier)) ?? [];
  const found = places.flatMap((path) => [path, ...candidates(path)]).find(isFile);
  return found === undefined ? undefined : { url: pathToFileURL(found).href, shortCircuit: true };
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // it does not exist, or a part of its path is a file
  }
}

/** As Node resolves, and as TypeScript users write: `./helper`, or `./helper.js` for a `helper.ts`. */
function* withExtensions(specifier: string, context: Context): Resolving {
  const mapped = context.parentURL && fromPaths(specifier, context.parentURL.split("?")[0] ?? "");
  if (mapped) return mapped;
  try {
    return yield [specifier, context];
  } catch (error) {
    if (!/^\.{0,2}\/|^file:/.test(specifier) || context.parentURL === undefined) throw error;
    const url = new URL(specifier, context.parentURL);
    const found = candidates(fileURLToPath(url)).find(isFile);
    if (found === undefined) throw error;
    return { url: pathToFileURL(found).href, shortCircuit: true };
  }
}

function candidates(path: string): string[] {
  const swapped = path.replace(/\.([mc]?)js$/, ".$1ts");
  return [
    swapped,
    ...[".ts", ".mts", ".js", ".mjs", ".json", "/index.ts", "/index.js"].map((end) => path + end),
  ];
}

/** Marks a local source file with a digest of itself and of every local file that it imports. */
function versioned(resolved: ResolveFnOutput, attempt: number): ResolveFnOutput {
  if (!resolved.url.startsWith("file:") || resolved.url.includes("/node_modules/")) return resolved;
  const path = fileURLToPath(resolved.url);
  const extension = extname(path);
  if (extension === ".node" || isOwn(path)) return resolved;
  const digest = digestOf(path, new Map());
  return {
    ...resolved,
    url: `${pathToFileURL(path).href}?${versionOf(digest, attempt)}`,
    format: formatOf(extension, resolved.format),
    // A cell need not write `with { type: "json" }`.
    ...(extension === ".json" ? { importAttributes: { type: "json" } } : {}),
  };
}

/** Our own built files never change under a running kernel, and must not be loaded twice. */
export function isOwn(path: string): boolean {
  return path.startsWith(fileURLToPath(new URL("../../", import.meta.url)));
}

type Format = ResolveFnOutput["format"];

function formatOf(extension: string, format: Format): Format {
  return extension === ".cts" ? "commonjs" : isCompiled(`x${extension}`) ? "module" : format;
}

function digestOf(path: string, seen: Map<string, string>): string {
  const known = seen.get(path);
  if (known !== undefined) return known;
  seen.set(path, ""); // a cycle ends here
  const text = readFileSync(path);
  const hash = createHash("sha256").update(text);
  for (const imported of localImports(path, text.toString("utf8"))) hash.update(digestOf(imported, seen));
  const digest = hash.digest("hex").slice(0, 12);
  seen.set(path, digest);
  return digest;
}

/** Paths of the local files that a module imports or requires by a relative specifier. */
function localImports(path: string, text: string): string[] {
  if (![".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs"].includes(extname(path))) return [];
  const { module } = parseSync(path, text);
  const specifiers = [
    ...module.staticImports.map((each) => each.moduleRequest.value),
    ...module.staticExports.flatMap((each) => each.entries.map((entry) => entry.moduleRequest?.value)),
    // One that stands in a comment costs a reload too many, no more.
    ...[...text.matchAll(/\brequire\(\s*["']([^"'\n]+)["']/g)].map(([, specifier]) => specifier),
  ];
  return specifiers.flatMap((specifier) => {
    if (specifier === undefined || !/^\.{0,2}\//.test(specifier)) return [];
    const target = fileURLToPath(new URL(specifier, pathToFileURL(path)));
    return [[target, ...candidates(target)].find(isFile) ?? []].flat();
  });
}

/**
 * What is not for Node to load itself.
 * @param report  is given source maps
 */
export function load(
  url: string,
  report: (map: CompiledModule) => void,
): { format: "module" | "commonjs"; source: string; shortCircuit: true } | undefined {
  const [address = url] = url.split("?");
  if (!address.startsWith("file:")) return undefined;
  const path = fileURLToPath(address);
  if (url.endsWith(requiredMark)) return { format: "module", source: requiring(path), shortCircuit: true };
  if (!isCompiled(path)) return undefined;
  const compiled = compileModule(path, address);
  const map = /\n\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(compiled.source)?.[1];
  // Stack frames name ES modules by their address, CommonJS ones by their path.
  if (map !== undefined) report({ names: [url, path], map });
  return { ...compiled, shortCircuit: true };
}

/** A module whose namespace, for the kernel, is what a CommonJS module exports; see core/tfjs-node.ts. */
function requiring(path: string): string {
  return [
    'import { createRequire } from "node:module";',
    `const exported = createRequire(${JSON.stringify(pathToFileURL(path).href)})(${JSON.stringify(path)});`,
    "export const notebookNamespace = { ...exported, default: exported };",
  ].join("\n");
}
