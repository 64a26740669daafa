// Imports that an interrupt ended by force. Node never gives again what it was in the middle of: it waits for it without end,
// or throws null. Local modules get another address, by which they are loaded anew; packages cannot, as others may have them.
import { LatentLabError } from "../../core/errors.js";
import { nativeSchedulers } from "./schedulers.js";

const patience = 5_000; // ms
const advice =
  "An import was ended by force, and Node does not load a package again that it was in the middle of. Restart the kernel.";

/** A package cannot be loaded any more. */
class HalfLoadedError extends LatentLabError {
  constructor(specifier: string) {
    super("MODULE_HALF_LOADED", `Cannot load ${JSON.stringify(specifier)}. ${advice}`);
    this.name = "HalfLoadedError";
  }
}

export class UnfinishedImports {
  readonly #open = new Set<{ readonly specifier: string }>();
  readonly #broken = new Set<{ readonly specifier: string }>();
  #attempt = 0;

  readonly #isRenewed: (specifier: string) => boolean;

  /** @param isRenewed whether a module gets another address by `attempt` */
  constructor(isRenewed: (specifier: string) => boolean) {
    this.#isRenewed = isRenewed;
  }

  /** How often imports were ended by force. */
  get attempt(): number {
    return this.#attempt;
  }

  /**
   * @param load imports the module
   * @throws HalfLoadedError, or what the module throws
   */
  async following(specifier: string, load: () => Promise<unknown>): Promise<unknown> {
    const before = [...this.#broken].some((each) => each.specifier === specifier);
    if (before && !this.#isRenewed(specifier)) throw new HalfLoadedError(specifier);
    const broken = this.#broken.size > 0;
    const self = { specifier };
    this.#open.add(self);
    const warning = broken ? nativeSchedulers.setTimeout(warn, patience, specifier) : undefined;
    try {
      return await load();
    } catch (error) {
      throw broken && error === null ? new HalfLoadedError(specifier) : error;
    } finally {
      nativeSchedulers.clearTimeout(warning);
      this.#open.delete(self);
      this.#broken.delete(self); // it had only waited
    }
  }

  /** JavaScript was ended. @returns whether it may have been that of a module */
  endedByForce(): boolean {
    if (this.#open.size === 0) return false;
    this.#attempt++;
    for (const each of this.#open) this.#broken.add(each);
    this.#open.clear();
    return true;
  }
}

/** For a module that imports such a package: it waits without end. */
function warn(specifier: string): void {
  process.stderr.write(
    `${JSON.stringify(specifier)} is still being loaded. If it does not come: ${advice}\n`,
  );
}
