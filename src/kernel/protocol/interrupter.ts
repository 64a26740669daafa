// Stops the main thread. If it answers, it is only waiting: it drops what the cell waits for. If it does not,
// it computes, and V8 is told to end the running JavaScript; then it answers. Never the other way round: a
// termination that arrives while nothing runs would hit whatever runs next.
import { Session } from "node:inspector";
import { setTimeout as delay } from "node:timers/promises";
import type { CellId, ToMain, ToProtocol } from "../threads/messages.js";

const patience = 20; // ms for a free main thread to answer
const settling = 5; // ms for what comes in the place of what was ended
const cleanUpTime = 1_000; // ms for what listens to the cell's signal: ended by force, it would leave things half done
const loadingTime = 5_000; // ms for what Node loads, by the clock and on the processor: a busy machine takes longer
const startTime = 2_000; // ms for a cell's compiler, in the same way
const longestLoad = 30_000; // ms
const betweenLoads = 100; // ms; one may be followed by another
const stuckAfter = 30_000; // ms; what has not been loaded by then waits for something else
const askAgainAfter = 1_000; // ms
const giveUpAfter = 10_000; // ms; a native call such as execSync cannot be ended from outside

type Interrupted = Extract<ToProtocol, { type: "interrupted" }>;

export class Interrupter {
  readonly #session = new Session();
  readonly #tell: (message: ToMain) => void;
  readonly #starts: () => boolean;
  /** By the number of the question that the main thread has not answered. */
  readonly #waiting = new Map<number, (settled: boolean) => void>();
  #tokens = 0;
  #questions = 0;
  #closed = false;
  /** Interrupts that have not ended; one that comes meanwhile gives no more time. */
  #underWay = 0;
  /** When the first of them came, and what this process had computed by then. */
  #began = { time: 0, computed: process.cpuUsage() };
  /** JavaScript was ended since then. */
  #byForce = false;
  /** The last interrupt whose clean-up has begun. */
  #cleansUp = 0;
  #terminations = 0;
  /** What libraries clean up had not come to its end when the main thread last answered. */
  #stillCleansUp = false;
  /** When Node began to load what it has not loaded yet. */
  readonly #loading = new Map<number, number>();
  #loadedAt = Number.NEGATIVE_INFINITY;
  /** Resolves when V8 has carried out a termination; none is under way without it. */
  #termination: Promise<void> | undefined;

  /**
   * @param tell tells the main thread
   * @param starts whether the kernel's own compiler runs there, or will next, and no cell
   */
  constructor(tell: (message: ToMain) => void, starts: () => boolean) {
    this.#tell = tell;
    this.#starts = starts;
    this.#session.connectToMainThread();
  }

  /** Lets go of the main thread: Node waits for a connected inspector when it exits. */
  close(): void {
    this.#closed = true;
    this.#session.disconnect();
  }

  /** The main thread has begun to carry out an interrupt: JavaScript of the cell runs no more. */
  cleansUp(token: number): void {
    this.#cleansUp = token;
  }

  /**
   * Node begins to load modules for a cell, or has done so. Ended by force in the middle of it, its loader never gives the same
   * modules again: later imports fail with an error of its inside, or wait for ever.
   */
  loads(load: number, ended: boolean): void {
    this.#loadedAt = performance.now();
    if (ended) this.#loading.delete(load);
    else this.#loading.set(load, this.#loadedAt);
  }

  /** The main thread answered an `interrupt` message. */
  answered({ question, settled, cleansUp }: Interrupted): void {
    this.#stillCleansUp = cleansUp;
    this.#waiting.get(question)?.(settled);
    this.#waiting.delete(question);
  }

  /**
   * Stops `cells`, or whatever runs if there is none. Resolves when the main thread is free again.
   * @param late called when it is free after all, if this gave up
   * @returns false if it still is not after ten seconds
   */
  async interrupt(cells: readonly CellId[], late: () => void): Promise<boolean> {
    const attempt = { givenUp: false };
    const stopped = this.#stop(cells, attempt).then(() => true);
    const inTime = await Promise.race([stopped, delay(giveUpAfter).then(() => false)]);
    attempt.givenUp = !inTime;
    if (!inTime) void stopped.then(late);
    return inTime;
  }

  async #stop(cells: readonly CellId[], attempt: { readonly givenUp: boolean }): Promise<void> {
    const token = ++this.#tokens;
    if (this.#underWay++ === 0) {
      this.#began = { time: performance.now(), computed: process.cpuUsage() };
      this.#byForce = false;
    }
    await this.#free(token, cells, cleanUpTime);
    // What the cell has set going may come at once in its place: another message of a port, another file that was read.
    let settled = false;
    while (!settled && !attempt.givenUp && !this.#closed) {
      await delay(settling);
      await this.#spend();
      settled = await this.#free(token, cells, this.#stillCleansUp ? cleanUpTime : 0);
    }
    this.#underWay--;
  }

  /**
   * The main thread may have answered between two computations, before a termination arrived. It must not hit the next
   * cell, so something that may be lost runs until it is spent. It may have hit another computation instead, which is
   * why the main thread is asked once more after it.
   */
  async #spend(): Promise<void> {
    while (this.#termination !== undefined && !this.#closed) {
      this.#tell({ type: "nothing" });
      await Promise.race([this.#termination, delay(patience)]);
    }
  }

  /**
   * Waits until the main thread answers, and ends what it computes if it does not.
   * @param cleanUp  ms for what has begun to clean up
   * @returns whether it was free, and nothing comes in the place of what was ended
   */
  async #free(token: number, cells: readonly CellId[], cleanUp: number): Promise<boolean> {
    let free = false;
    let wasSettled = false;
    const question = ++this.#questions; // an answer to an earlier one may still come
    const answer = new Promise<void>((resolve) => {
      this.#waiting.set(question, (settled) => {
        free = true;
        wasSettled = settled;
        resolve();
      });
    });
    const ask = async (): Promise<void> => {
      const ended = { byForce: this.#byForce, terminations: this.#terminations };
      if (!free) this.#tell({ type: "interrupt", token, question, cells, ...ended });
      await Promise.race([answer, delay(patience)]);
      if (!free && this.#cleansUp === token) await Promise.race([answer, delay(cleanUp)]);
      while (!free && this.#stillLoads()) await Promise.race([answer, delay(patience)]);
    };
    await ask();
    const atOnce = free;
    while (!free && !this.#closed) {
      // Inside a native call V8 carries out nothing, and a question may be lost to a termination: so ask again.
      await Promise.race([answer, this.#terminate(), delay(askAgainAfter)]);
      await ask();
    }
    return atOnce && wasSettled;
  }

  /** Whether something is being loaded, or a cell compiled, that is worth waiting for. */
  #stillLoads(): boolean {
    const now = performance.now();
    const waited = now - this.#began.time;
    const { user, system } = process.cpuUsage(this.#began.computed); // µs
    if (waited > longestLoad) return false;
    const spent = Math.min(waited, (user + system) / 1000);
    if (spent < startTime && this.#starts()) return true;
    const loads = (): boolean => [...this.#loading.values()].some((since) => now - since < stuckAfter);
    return spent < loadingTime && (now - this.#loadedAt < betweenLoads || loads());
  }

  #terminate(): Promise<void> {
    this.#loading.clear();
    this.#loadedAt = Number.NEGATIVE_INFINITY;
    this.#byForce = true;
    this.#termination ??= new Promise((resolve) => {
      this.#session.post("Runtime.terminateExecution", () => {
        this.#termination = undefined;
        this.#terminations++;
        resolve();
      });
    });
    return this.#termination;
  }
}
