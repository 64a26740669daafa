// The language service as the protocol thread sees it: a worker of its own, so that type-checking delays
// neither the user's code nor the protocol. Its memory is bounded: one that outgrows its limit is replaced,
// and told again which cells ran.
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { FromLanguage, LanguageRequest, NotebookChange, ToLanguage } from "./messages.js";

type Content = Record<string, unknown>;

const usualMemory = 2048; // MB; TensorFlow.js's types take about 300

export class LanguageClient {
  readonly typeScriptVersion: string;
  readonly #folder: string;
  readonly #memory: number;
  /** For a worker that takes the place of this one. */
  readonly #changes: NotebookChange[] = [];
  readonly #waiting = new Map<number, (content: Content) => void>();
  #worker: Worker | undefined;
  #requests = 0;
  /** Whether the present worker has been of use; one that fails at once is not replaced before it is needed. */
  #useful = false;

  /**
   * @param folder the notebook's folder, from which modules and `tsconfig.json` are found
   * @param memory MB that the service may take
   */
  constructor(folder: string, memory: number = usualMemory) {
    this.#folder = folder;
    this.#memory = memory;
    const { version } = createRequire(import.meta.url)("typescript/package.json") as { version: string };
    this.typeScriptVersion = version;
  }

  /** Loads the compiler; without this, the first question does. */
  warmUp(): void {
    if (this.#worker === undefined) this.#start();
  }

  /** A cell was compiled and runs: its names are known from now on. */
  cellRan(count: number, code: string): void {
    this.#change({ cell: { count, code } });
  }

  /** Names that the notebook has no more. */
  forget(names: readonly string[]): void {
    this.#change({ forgotten: names });
  }

  #change(change: NotebookChange): void {
    this.#changes.push(change);
    this.#worker?.postMessage(change satisfies ToLanguage);
  }

  /** Content of `complete_reply`. @param cursor in code points */
  complete(code: string, cursor: number): Promise<Content> {
    return this.#ask({ kind: "complete", code, cursor });
  }

  /** Content of `inspect_reply`. @param cursor in code points */
  inspect(code: string, cursor: number): Promise<Content> {
    return this.#ask({ kind: "inspect", code, cursor });
  }

  /** Content of `is_complete_reply`. */
  isComplete(code: string): Promise<Content> {
    return this.#ask({ kind: "isComplete", code });
  }

  /** What the type checker says about a cell, as ANSI text; empty if it finds no error. */
  async diagnose(code: string, name: string): Promise<string> {
    const { text } = await this.#ask({ kind: "diagnose", code, name });
    return typeof text === "string" ? text : "";
  }

  #ask(request: LanguageRequest): Promise<Content> {
    const id = ++this.#requests;
    this.warmUp();
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker?.postMessage({ id, request } satisfies ToLanguage);
    });
  }

  /** Ends the worker. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): void {
    const worker = new Worker(new URL("./language-thread.js", import.meta.url), {
      workerData: { folder: this.#folder },
      resourceLimits: { maxOldGenerationSizeMb: this.#memory },
      name: "language",
    });
    this.#worker = worker;
    this.#useful = false;
    for (const change of this.#changes) worker.postMessage(change satisfies ToLanguage);
    worker.on("message", ({ id, content }: FromLanguage) => {
      this.#useful = true;
      this.#waiting.get(id)?.(content);
      this.#waiting.delete(id);
    });
    worker.on("error", (error) => this.#replace(error));
  }

  /** Answers what was asked with the failure, and starts anew. */
  #replace(error: Error): void {
    const evalue = `the language service failed and was restarted: ${error.message}`;
    for (const resolve of this.#waiting.values()) {
      resolve({ status: "error", ename: "LanguageServiceError", evalue, traceback: [evalue] });
    }
    this.#waiting.clear();
    this.#worker = undefined;
    if (this.#useful) this.#start();
  }
}
