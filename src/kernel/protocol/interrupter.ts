// Stops the main thread. If it answers, it is only waiting: it drops what the cell waits for. If it does not,
// it computes, and V8 is told to end the running JavaScript; then it answers. Never the other way round: a
// termination that arrives while nothing runs would hit whatever runs next.
import { Session } from "node:inspector";
import type { CellId, ToMain } from "../threads/messages.js";

const patience = 20; // ms for a free main thread to answer
const giveUpAfter = 10_000; // ms; a native call such as execSync cannot be ended from outside

export class Interrupter {
  readonly #session = new Session();
  readonly #tell: (message: ToMain) => void;
  readonly #waiting = new Map<number, () => void>();
  #tokens = 0;

  constructor(tell: (message: ToMain) => void) {
    this.#tell = tell;
    this.#session.connectToMainThread();
  }

  /** Lets go of the main thread: Node waits for a connected inspector when it exits. */
  close(): void {
    this.#session.disconnect();
  }

  /** The main thread answered an `interrupt` message. */
  answered(token: number): void {
    this.#waiting.get(token)?.();
    this.#waiting.delete(token);
  }

  /**
   * Stops `cell`, or whatever runs if there is none. Resolves when the main thread is free again.
   * @returns false if it still is not after ten seconds
   */
  async interrupt(cell: CellId | undefined): Promise<boolean> {
    const token = ++this.#tokens;
    let free = false;
    const answer = new Promise<void>((resolve) => {
      this.#waiting.set(token, () => {
        free = true;
        resolve();
      });
    });
    this.#tell({ type: "interrupt", token, cell });
    const started = Date.now();
    await Promise.race([answer, delay(patience)]);
    while (!free && Date.now() - started < giveUpAfter) {
      await Promise.race([answer, this.#terminate()]);
      await Promise.race([answer, delay(patience)]);
    }
    return free;
  }

  #terminate(): Promise<void> {
    return new Promise((resolve) => {
      // An error says that an earlier request is still under way, which is as good.
      this.#session.post("Runtime.terminateExecution", () => resolve());
    });
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
