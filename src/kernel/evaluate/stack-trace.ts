// Stack traces in the learner's own lines: frames of cells and of local TypeScript modules are mapped back,
// frames of the kernel are left out. Installed as `Error.prepareStackTrace`, so that `error.stack` itself
// reads well wherever it is printed.
import { fileURLToPath } from "node:url";
import type { ModuleMaps } from "./module-maps.js";
import type { CellSourceMap } from "./source-map.js";
import { scriptName } from "./transform.js";

const kernelFolder = fileURLToPath(new URL("../", import.meta.url));

/** Source maps of the cells run so far, by script name. A re-run has a new number, so names are unique. */
export class CellSources {
  readonly #cells = new Map<string, { name: string; map: CellSourceMap }>();
  readonly #modules: ModuleMaps;

  /** @param modules maps of the local modules */
  constructor(modules: ModuleMaps) {
    this.#modules = modules;
  }

  add(name: string, map: CellSourceMap): void {
    this.#cells.set(scriptName(name), { name, map });
  }

  /** The cell with a name as tracebacks show it. */
  get(name: string): CellSourceMap | undefined {
    return this.#cells.get(scriptName(name))?.map;
  }

  /** All cells: the script's name, the cell's name, the map. */
  *list(): Iterable<[script: string, name: string, map: CellSourceMap]> {
    for (const [script, { name, map }] of this.#cells) yield [script, name, map];
  }

  install(): void {
    // Node's ten are often all TensorFlow.js's, and none is left of the cell that made the mistake.
    Error.stackTraceLimit = 100;
    Error.prepareStackTrace = (error, frames) => {
      const lines = frames.map((frame) => this.#describe(frame)).filter((line) => line !== undefined);
      return [headline(error), ...lines.map((line) => `    at ${line}`)].join("\n");
    };
  }

  #describe(frame: NodeJS.CallSite): string | undefined {
    const file = frame.getScriptNameOrSourceURL() ?? "";
    const position = { line: frame.getLineNumber() ?? 0, column: frame.getColumnNumber() ?? 0 };
    const cell = this.#cells.get(file);
    if (cell !== undefined) {
      const place = cell.map.locate(position);
      return place && named(frame, `${cell.name}:${place.line}:${place.column}`);
    }
    if (isInternal(file)) return undefined;
    const mapped = this.#modules.locate(file, position);
    if (mapped === undefined) return frame.toString();
    return named(frame, `${pathOf(file)}:${mapped.line}:${mapped.column}`);
  }
}

function isInternal(file: string): boolean {
  if (file.startsWith("node:internal/")) return true;
  return pathOf(file).startsWith(kernelFolder);
}

/** A script's path; the address of a local module carries its version behind a question mark. */
function pathOf(file: string): string {
  return file.startsWith("file:") ? fileURLToPath(file.split("?")[0] ?? file) : file;
}

function named(frame: NodeJS.CallSite, place: string): string {
  const method = frame.getFunctionName();
  // The body of a cell is an arrow function held by a property of the global object.
  if (method === null || method === "" || method.includes("__latentLab")) return place;
  const type = frame.getTypeName();
  const prefix = frame.isConstructor()
    ? "new "
    : frame.isAsync()
      ? "async "
      : type !== null &&
          type !== "Object" &&
          type !== "global" &&
          !method.startsWith(`${type}.`) &&
          !frame.isToplevel()
        ? `${type}.`
        : "";
  return `${prefix}${method} (${place})`;
}

function headline(error: Error): string {
  try {
    // As V8 does it: `console.trace` and `captureStackTrace` also come with objects that are no errors.
    return Error.prototype.toString.call(error);
  } catch {
    return "Error (its name or message throws)";
  }
}
