// TypeScript's LanguageService over a notebook. This is the only file that knows the compiler's host
// interface; a native service can take its place behind the same three questions.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { nameInOurs } from "../our-packages.js";
import { globalTypes } from "./globals.js";
import { NotebookFiles } from "./notebook-files.js";

const require = createRequire(import.meta.url);
const self = fileURLToPath(import.meta.url);

const defaults: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.esnext.d.ts"],
  types: [],
  esModuleInterop: true,
  resolveJsonModule: true,
  experimentalDecorators: true,
};

/** What a notebook needs whatever its `tsconfig.json` says. */
const required: ts.CompilerOptions = {
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  allowJs: true,
  skipLibCheck: true,
  noEmit: true,
  noUnusedLocals: false,
  noUnusedParameters: false,
  isolatedModules: false,
  verbatimModuleSyntax: false,
};

export interface NotebookService {
  files: NotebookFiles;
  service: ts.LanguageService;
}

/**
 * @param folder the notebook's folder; its `tsconfig.json` counts, if there is one
 * @param files where the cells go
 */
export function createService(folder: string, files = new NotebookFiles(folder)): NotebookService {
  const globals = join(folder, "latent-lab-globals.d.ts").replaceAll("\\", "/");
  const options = compilerOptions(folder);
  const roots = [globals, nodeTypes(folder)];
  const disk = new DiskFiles();
  // Only for what packages' package.json say, which the compiler would else read again at every key.
  const packages = ts.createModuleResolutionCache(folder, (name) => name, options);
  const host: ts.LanguageServiceHost & Pick<ts.CompilerHost, "getModuleResolutionCache"> = {
    getCompilationSettings: () => options,
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    getScriptFileNames: () => [...roots, ...files.fileNames],
    getScriptVersion: (name) => String(files.get(name)?.version ?? disk.version(name)),
    getScriptSnapshot: (name) => {
      const text = name === globals ? globalTypes : files.get(name)?.text;
      return text === undefined ? disk.snapshot(name) : ts.ScriptSnapshot.fromString(text);
    },
    fileExists: (name) => files.get(name) !== undefined || ts.sys.fileExists(name),
    readFile: (name) => files.get(name)?.text ?? ts.sys.readFile(name),
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: ts.sys.realpath,
    getModuleResolutionCache: () => packages,
    resolveModuleNameLiterals: (literals, containing, redirected) =>
      literals.map(({ text }) => resolveModule(text, containing, options, host, redirected)),
  };
  return { files, service: ts.createLanguageService(host, ts.createDocumentRegistry()) };
}

/** Files on disk. The compiler asks for each of the hundreds of types' files at every key that is typed. */
class DiskFiles {
  readonly #snapshots = new Map<string, { version: string; snapshot: ts.IScriptSnapshot | undefined }>();

  /** Local modules change while the kernel runs; packages are taken not to. */
  version(name: string): string {
    return name.includes("/node_modules/") ? "1" : String(ts.sys.getModifiedTime?.(name)?.getTime() ?? 0);
  }

  snapshot(name: string): ts.IScriptSnapshot | undefined {
    const version = this.version(name);
    const known = this.#snapshots.get(name);
    if (known?.snapshot !== undefined && known.version === version) return known.snapshot;
    const text = ts.sys.readFile(name);
    const snapshot = text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    this.#snapshots.set(name, { version, snapshot });
    return snapshot;
  }
}

/** From the notebook's folder first, then from our own package, as the running kernel does. */
function resolveModule(
  specifier: string,
  containing: string,
  options: ts.CompilerOptions,
  host: ts.ModuleResolutionHost,
  redirected: ts.ResolvedProjectReference | undefined,
): ts.ResolvedModuleWithFailedLookupLocations {
  const found = ts.resolveModuleName(specifier, containing, options, host, undefined, redirected);
  if (found.resolvedModule || /^[./]/.test(specifier)) return found;
  if (specifier === "tslab") return ts.resolveModuleName("../compat/tslab.js", self, options, host);
  return ts.resolveModuleName(nameInOurs(specifier), self, options, host, undefined, redirected);
}

function compilerOptions(folder: string): ts.CompilerOptions {
  const file = ts.findConfigFile(folder, ts.sys.fileExists);
  if (file === undefined) return { ...defaults, ...required };
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config?.compilerOptions ?? {}, dirname(file), file);
  const { rootDir, outDir, incremental, composite, tsBuildInfoFile, declaration, ...wanted } = options;
  return { ...defaults, ...pathsOnly(wanted), ...required };
}

/** How modules are found is the kernel's: it resolves as a bundler does, whatever a build around it does. */
function pathsOnly(options: ts.CompilerOptions): ts.CompilerOptions {
  const { module, moduleResolution, types, lib, target, ...rest } = options;
  return rest;
}

/** The folder's own types for Node if it has them, else ours. */
function nodeTypes(folder: string): string {
  const name = "@types/node/package.json";
  const ours = require.resolve(name);
  try {
    return join(dirname(require.resolve(name, { paths: [folder] })), "index.d.ts").replaceAll("\\", "/");
  } catch {
    return join(dirname(ours), "index.d.ts").replaceAll("\\", "/");
  }
}
