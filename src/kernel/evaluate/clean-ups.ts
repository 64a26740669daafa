// What libraries do when the user interrupts, to leave things in order: a training brings its weights back. An interrupt that
// ends JavaScript by force may hit that, too, and no `finally` would run: it is then begun again.
import { settle } from "./settle.js";

const longest = 1_000; // ms that an interrupt waits for it

interface CleanUp {
  readonly work: () => Promise<unknown>;
  /** Since when an interrupt wants it done. */
  wanted?: number;
  /** Terminations there had been when it was last begun. */
  begun?: number;
}

export class CleanUps {
  readonly #registered = new Set<CleanUp>();

  register(work: () => Promise<unknown>): () => void {
    const entry = { work };
    this.#registered.add(entry);
    return () => void this.#registered.delete(entry);
  }

  /** An interrupt has come: all that is registered is to be done. */
  want(): void {
    for (const each of this.#registered) each.wanted ??= performance.now();
  }

  /** Begins what is wanted and has not begun, or may have been ended. @param terminations  so far in the life of the kernel */
  begin(terminations: number): void {
    for (const each of this.#registered) {
      if (each.wanted === undefined || each.begun === terminations) continue;
      each.begun = terminations;
      const done = (): void => void this.#registered.delete(each);
      settle(each.work(), done, done);
    }
  }

  /** Whether something is worth waiting for. */
  get going(): boolean {
    const now = performance.now();
    return [...this.#registered].some(({ wanted }) => wanted !== undefined && now - wanted < longest);
  }
}
