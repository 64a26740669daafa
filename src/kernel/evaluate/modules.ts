// `import` in cells: resolved from the notebook's folder by Node itself, with TypeScript files compiled on
// the way. The course's own packages are found in ours when the folder has none, so that a notebook in an
// empty folder runs.
import { register } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { backendReady } from "../../core/backend-ready.js";
import { LatentLabError } from "../../core/errors.js";
import { CommonJsModules } from "./common-js.js";
import { defineHidden } from "./define-hidden.js";
import { notebookScheme } from "./module-hooks.js";
import { ModuleMaps } from "./module-maps.js";

/** A module that a cell imports was not found; the message says how to install it. */
class ModuleNotFoundError extends LatentLabError {
  constructor(specifier: string, folder: string) {
    const advice = /^[./]|^file:/.test(specifier)
      ? `Check the path: it counts from the notebook's folder, ${folder}.`
      : `Install it: write «%npm install ${packageName(specifier)}» at the top of the cell, or run npm in ${folder}.`;
    super("MODULE_NOT_FOUND", `Cannot find ${JSON.stringify(specifier)}. ${advice}`);
    this.name = "ModuleNotFoundError";
  }
}

export class NotebookModules {
  /** The notebook's folder. */
  readonly folder: string;
  /** Makes each request unique: Node remembers what a specifier led to, and files change. */
  #requests = 0;
  /** What `import.meta` is in a cell. */
  readonly meta: ImportMeta;
  /** Source maps of local modules. */
  readonly maps = new ModuleMaps();
  readonly #commonJs: CommonJsModules;

  /** @param folder absolute path of the notebook's folder */
  constructor(folder: string) {
    this.folder = folder;
    const file = join(folder, "notebook.ts");
    const notebook = pathToFileURL(file).href;
    this.#commonJs = new CommonJsModules(file);
    this.meta = {
      url: notebook,
      filename: file,
      dirname: folder,
      resolve: (specifier: string) => import.meta.resolve(new URL(specifier, notebook).href),
    } as ImportMeta;
  }

  /** Makes Node compile TypeScript files and resolve from notebooks, and provides `require`; once, before the first cell. */
  install(): void {
    const { port1, port2 } = new MessageChannel();
    const options = { parentURL: import.meta.url, data: port2, transferList: [port2] };
    register("./module-hooks.js", options);
    this.maps.listen(port1);
    const file = join(this.folder, "notebook.ts");
    const values = { require: this.#commonJs.require, __filename: file, __dirname: this.folder };
    for (const [name, value] of Object.entries(values)) defineHidden(globalThis, name, value);
  }

  /** The namespace of a module. @throws ModuleNotFoundError, or what the module itself throws */
  async importModule(specifier: string): Promise<unknown> {
    const serial = ++this.#requests;
    const request = JSON.stringify({ specifier: String(specifier), parent: this.meta.url, serial });
    this.#commonJs.dropChanged();
    try {
      const namespace = (await import(`${notebookScheme}${encodeURIComponent(request)}`)) as {
        notebookNamespace?: unknown; // where a CommonJS module is behind it: core/tfjs-node.ts, module-hooks.ts
      };
      await backendReady();
      return namespace.notebookNamespace ?? namespace;
    } catch (error) {
      if (isNotFound(error, specifier)) throw new ModuleNotFoundError(specifier, this.folder);
      throw error;
    } finally {
      this.#commonJs.noteLoaded();
    }
  }
}

/** Whether it is this very module that is missing, not one that it imports. */
function isNotFound(error: unknown, specifier: string): boolean {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND") return false;
  return error.message.includes(`'${packageName(specifier)}'`) || /^[./]|^file:/.test(specifier);
}

/** `@scope/name/path` → `@scope/name`, `name/path` → `name`. */
function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
