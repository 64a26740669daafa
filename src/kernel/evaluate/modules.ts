// `import` in cells: resolved from the notebook's folder by Node itself, with TypeScript files compiled on
// the way. The course's own packages are found in ours when the folder has none, so that a notebook in an
// empty folder runs.
import { register } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { backendReady } from "../../core/backend-ready.js";
import { LatentLabError } from "../../core/errors.js";
import { CommonJsModules } from "./common-js.js";
import { defineHidden } from "./define-hidden.js";
import { importAddress, versionKey } from "./import-address.js";
import { hookImports, hooksInThread } from "./import-hooks.js";
import { isOwn } from "./module-hooks.js";
import { ModuleMaps } from "./module-maps.js";
import { nativeSchedulers } from "./schedulers.js";
import { newPromise } from "./settle.js";
import { UnfinishedImports } from "./unfinished-imports.js";

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
  readonly #told: (load: number, ended: boolean) => void;
  #loads = 0;
  #requests = 0;
  readonly #unfinished = new UnfinishedImports((specifier) =>
    import.meta.resolve(this.#request(specifier)).includes(`?${versionKey}=`),
  );
  #loaderRuns = false;
  /** What `import.meta` is in a cell. */
  readonly meta: ImportMeta;
  /** Source maps of local modules. */
  readonly maps = new ModuleMaps();
  readonly #commonJs: CommonJsModules;

  /**
   * @param folder absolute path of the notebook's folder
   * @param told is told when Node begins to load something, and when that has ended
   */
  constructor(folder: string, told: (load: number, ended: boolean) => void) {
    this.folder = folder;
    this.#told = told;
    const file = join(folder, "notebook.ts");
    const notebook = pathToFileURL(file).href;
    this.#commonJs = new CommonJsModules(file, () => this.#begin());
    this.meta = {
      url: notebook,
      filename: file,
      dirname: folder,
      resolve: (specifier: string) => this.#resolve(String(specifier)),
    } as ImportMeta;
  }

  /** Provides `require` and its like; once, before the first cell. */
  install(): void {
    const file = join(this.folder, "notebook.ts");
    const values = { require: this.#commonJs.require, __filename: file, __dirname: this.folder };
    for (const [name, value] of Object.entries(values)) defineHidden(globalThis, name, value);
  }

  /** Makes Node compile TypeScript files and resolve from notebooks; the first import does so, if nobody did before. */
  startLoader(): void {
    if (this.#loaderRuns) return;
    const ended = this.#begin();
    if (!hookImports((map) => this.maps.add(map))) {
      const { port1, port2 } = new MessageChannel();
      const options = { parentURL: import.meta.url, data: port2, transferList: [port2] };
      register("./loader-thread.js", options);
      this.maps.listen(port1);
    }
    this.#loaderRuns = true;
    ended();
  }

  /** An interrupt. @param byForce whether JavaScript was ended for it */
  interrupted(byForce: boolean): void {
    const imported = byForce && this.#unfinished.endedByForce();
    this.#commonJs.dropUnfinished(imported);
  }

  /** @returns what to call when it has ended */
  #begin(): () => void {
    const load = ++this.#loads;
    this.#told(load, false);
    return () => this.#told(load, true);
  }

  /** `import.meta.resolve`, without the mark by which a changed file is loaded anew. */
  #resolve(specifier: string): string {
    const [address = "", query] = import.meta.resolve(this.#request(specifier)).split("?");
    return query === undefined || query.startsWith(versionKey) ? address : `${address}?${query}`;
  }

  /** Address by which Node's loader asks our hooks. */
  #request(specifier: string): string {
    this.startLoader();
    return importAddress({
      specifier,
      parent: this.meta.url,
      serial: ++this.#requests,
      attempt: this.#unfinished.attempt,
    });
  }

  /**
   * The namespace of a module of this package. It is the one that `import` gives; but that asks the loader thread, if there is
   * one, twice for each of a hundred files.
   */
  #own(specifier: string): unknown {
    const { require_module } = process.features as { require_module?: boolean };
    if (hooksInThread || !specifier.startsWith("latent-lab/") || !require_module) return undefined;
    const file = fileURLToPath(this.#resolve(specifier)); // which may be another copy, in the notebook's folder
    return isOwn(file) ? this.#commonJs.require(file) : undefined;
  }

  /** The namespace of a module. @throws ModuleNotFoundError, or what the module itself throws */
  async importModule(address: string | URL): Promise<unknown> {
    const specifier = String(address);
    this.#commonJs.dropChanged();
    const ended = this.#begin();
    try {
      const namespace = (await this.#unfinished.following(
        specifier,
        async () => this.#own(specifier) ?? (await import(this.#request(specifier))),
      )) as {
        notebookNamespace?: unknown; // where a CommonJS module is behind it: core/tfjs-node.ts, module-hooks.ts
      };
      await backendReady();
      await messagesIn();
      return namespace.notebookNamespace ?? namespace;
    } catch (error) {
      if (isNotFound(error, specifier)) throw new ModuleNotFoundError(specifier, this.folder);
      throw error;
    } finally {
      this.#commonJs.noteLoaded();
      ended();
    }
  }
}

/** An interrupt that came while modules were loaded is heard before the cell goes on. */
function messagesIn(): Promise<void> {
  const { setImmediate } = nativeSchedulers;
  return newPromise((resolve) => setImmediate(() => setImmediate(() => resolve(undefined)))) as Promise<void>;
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
