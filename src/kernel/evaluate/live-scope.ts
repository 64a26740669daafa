// The scope that all cells share: V8's own script scope, reached through REPL mode. A cell's script only
// declares names and hands over its body, which then runs as an ordinary function from a fresh task.
import { Session } from "node:inspector";
import type { DenoJupyter } from "../compat/deno.js";
import { defineHidden } from "./define-hidden.js";
import { checkpointName } from "./rewrite.js";
import { newPromise } from "./settle.js";
import { type CompiledCell, receiver } from "./transform.js";

/** What a cell's code can ask of the kernel; see `rewrite.ts` for the calls. */
export interface CellRuntime {
  importModule(specifier: string): Promise<unknown>;
  meta: ImportMeta;
  awaited(value: unknown): unknown;
  magic(command: string, rest: string): Promise<void>;
  deno: DenoJupyter;
}

/** The value of a cell's last expression, in a box: it may be a promise, which a bare one would become. */
export type CellValue = { value: unknown } | undefined;

/** Runs the cell; resolves with its value, or without one if it ends in another kind of statement. */
export type CellBody = (runtime: CellRuntime) => Promise<CellValue>;

type RawBody = (
  importModule: (specifier: string) => Promise<unknown>,
  meta: ImportMeta,
  constant: (name: string) => { readonly value: unknown },
  awaited: (value: unknown) => unknown,
  magic: (command: string, rest: string) => Promise<void>,
  deno: DenoJupyter,
) => Promise<CellValue>;

interface EvaluateAnswer {
  exceptionDetails?: { text: string; exception?: { description?: string } };
}

export class LiveScope {
  readonly #session = new Session();
  /** What the last script handed over. */
  #received: RawBody | undefined;
  /** Names that are constants now; a later cell may declare them as something else. */
  readonly constants = new Set<string>();
  /** All names that cells have declared. */
  readonly names = new Set<string>();

  constructor() {
    this.#session.connect();
    defineHidden(globalThis, checkpointName, () => {});
    // A setter works also where a cell has frozen the global object.
    const set = (body: RawBody): void => {
      this.#received = body;
    };
    Object.defineProperty(globalThis, receiver, { set, configurable: false, enumerable: false });
  }

  /**
   * Declares the cell's names and gives its body, not yet run.
   * @throws SyntaxError if V8 refuses a name, such as `undefined`
   */
  async declare(cell: CompiledCell): Promise<CellBody> {
    const evaluated = this.#evaluate(cell.script);
    const body = this.#received; // at once: another shell's cell may come next
    this.#received = undefined;
    const problem = await evaluated;
    if (body === undefined) throw new SyntaxError(problem ?? "internal: the cell's script did not run.");
    for (const name of cell.declared) {
      this.constants.delete(name);
      this.names.add(name);
    }
    for (const name of cell.constants) this.constants.add(name);
    return ({ importModule, meta, awaited, magic, deno }) =>
      body(importModule, meta, constantGuard, awaited, magic, deno);
  }

  /** Lets go of the values of names. V8 cannot take a name itself away: it reads as `undefined`. */
  async forget(names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.#evaluate(`${name} = undefined`);
      this.names.delete(name);
      this.constants.delete(name);
    }
  }

  #evaluate(expression: string): Promise<string | undefined> {
    const parameters = { expression, replMode: true, silent: true };
    return newPromise((resolve) => {
      this.#session.post("Runtime.evaluate", parameters, (error, answer?: EvaluateAnswer) => {
        const thrown = answer?.exceptionDetails;
        resolve(error?.message ?? thrown?.exception?.description?.split("\n")[0] ?? thrown?.text);
      });
    });
  }
}

/** Stands in the place of a constant that is assigned to; reading it happens only for `c += 1`. */
function constantGuard(name: string): { readonly value: unknown } {
  return {
    get value(): unknown {
      return undefined;
    },
    set value(_: unknown) {
      throw new TypeError(`Assignment to constant variable ${name}.`);
    },
  };
}
