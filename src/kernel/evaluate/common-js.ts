// `require` in cells, with hot reload: a CommonJS module of the notebook's folder that changed on disk, and all
// that depend on it, are loaded anew; unchanged ones keep their state. `import` of such a module ends in the
// same cache, so it asks here too.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { sep } from "node:path";
import { isOwn } from "./module-hooks.js";

export class CommonJsModules {
  readonly require: NodeJS.Require;
  /** Of each local module that is loaded: a digest of its file. */
  readonly #digests = new Map<string, string>();
  /** How many calls of `require` have not returned. */
  #depth = 0;

  /**
   * @param file the notebook, from where paths count
   * @param begin is called when something is loaded, and gives what to call when that has ended
   */
  constructor(file: string, begin: () => () => void) {
    const plain = createRequire(file);
    const fresh = (specifier: string): unknown => {
      this.dropChanged();
      const ended = begin();
      this.#depth++;
      try {
        return plain(specifier);
      } finally {
        this.#depth--;
        this.noteLoaded();
        ended();
      }
    };
    this.require = Object.assign(fresh, plain, { resolve: plain.resolve }) as NodeJS.Require;
  }

  /**
   * Forgets what was ended by force as it was loaded: Node does so where a module throws, and else gives what there is of it.
   * For where nothing is being loaded.
   * @param imported  whether modules may have been ended that `import` was loading
   */
  dropUnfinished(imported: boolean): void {
    if (this.#depth === 0 && !imported) return;
    this.#depth = 0;
    const { cache } = this.require;
    for (const [file, module] of Object.entries(cache)) if (module?.loaded === false) delete cache[file];
  }

  /** Forgets the modules that changed since they were loaded, and those that need them. */
  dropChanged(): void {
    const { cache } = this.require;
    const changed = new Set<string>();
    for (const [file, digest] of this.#digests) if (digestOf(file) !== digest) changed.add(file);
    if (changed.size === 0) return;
    const stale = [...this.#digests.keys()].filter((file) => reaches(cache[file], changed, new Set()));
    for (const file of stale) {
      delete cache[file];
      this.#digests.delete(file);
    }
  }

  /** Notes the state of what is loaded. */
  noteLoaded(): void {
    for (const file of Object.keys(this.require.cache)) {
      if (this.#digests.has(file) || !isLocal(file)) continue;
      this.#digests.set(file, digestOf(file));
    }
  }
}

function reaches(module: NodeModule | undefined, goals: ReadonlySet<string>, seen: Set<string>): boolean {
  if (module === undefined || seen.has(module.filename)) return false;
  seen.add(module.filename);
  return goals.has(module.filename) || module.children.some((child) => reaches(child, goals, seen));
}

/** Packages are taken not to change, our own files as well. */
function isLocal(file: string): boolean {
  return !file.includes(`${sep}node_modules${sep}`) && !isOwn(file);
}

function digestOf(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch {
    return "gone";
  }
}
