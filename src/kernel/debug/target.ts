// The main thread's side of the debugger. The protocol thread calls it through the inspector, so it answers also
// from within a running cell and while that is paused. Nothing here runs user code, apart from `rich`.
import { displaySymbol } from "../../core/notebook.js";
import { defineHidden } from "../evaluate/define-hidden.js";
import { plainText } from "../evaluate/render.js";
import { bundleAtOnce } from "../evaluate/special-values.js";
import type { CellSources } from "../evaluate/stack-trace.js";
import type { Rendered, Report } from "../threads/messages.js";
import type { Variable } from "./protocol.js";
import { type CellDetails, type CellListing, targetName } from "./target-name.js";
import { ValueBook } from "./values.js";

interface Parts {
  report: Report;
  sources: CellSources;
}

export class DebugTarget {
  readonly #parts: Parts;
  readonly #values = new ValueBook();
  readonly #declared = new Map<string, string[]>();
  readonly #waiting = new Map<string, () => void>();
  #on = false;
  #copied: unknown;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  install(): void {
    defineHidden(globalThis, targetName, this);
  }

  /** A cell is compiled; it may run when this resolves, as its breakpoints must be set first. */
  async beforeRun(script: string, declared: string[]): Promise<void> {
    this.#declared.set(script, declared);
    if (!this.#on) return;
    const released = new Promise<void>((resolve) => this.#waiting.set(script, resolve));
    this.#parts.report({ type: "debug-cell", script });
    await released;
  }

  /** Whether cells wait for their breakpoints. */
  turn(on: boolean): void {
    this.#on = on;
    if (!on) for (const script of [...this.#waiting.keys()]) this.release(script);
  }

  release(script: string): void {
    this.#waiting.get(script)?.();
    this.#waiting.delete(script);
  }

  /** The cells that have run. */
  cells(): CellListing[] {
    return [...this.#parts.sources.list()].map(([script, name, { code }]) => ({ script, name, code }));
  }

  cell(script: string): CellDetails | undefined {
    const map = this.#parts.sources.get(script);
    return map && { maps: map.maps, declared: this.#declared.get(script) ?? [] };
  }

  /** Variables by name; each is read alone, since one that is not yet initialized throws. */
  globals(readers: Record<string, () => unknown>): Variable[] {
    return this.#values.globals(readers);
  }

  /** The variables of one of V8's scope objects. */
  scope(scope: object): Variable[] {
    return this.#values.scope(scope);
  }

  children(reference: number): Variable[] {
    return this.#values.children(reference);
  }

  /** A value that came of an expression; it is kept until `forget`. */
  result(value: unknown): Variable {
    return this.#values.keep(value);
  }

  forget(): void {
    this.#values.forget();
  }

  /** The MIME bundle of a value, as far as it can be had without waiting. */
  rich(value: unknown): Rendered {
    return {
      data: { "text/plain": plainText(value), ...(ownBundle(value) ?? bundleAtOnce(value)) },
      metadata: {},
    };
  }

  /** Holds a value on its way from a frame to the notebook's variables. */
  copy(value: unknown): true {
    this.#copied = value;
    return true;
  }

  takeCopy(): unknown {
    const value = this.#copied;
    this.#copied = undefined;
    return value;
  }
}

/** What the value's own display method gives at once. */
function ownBundle(value: unknown): Record<string, unknown> | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  const method: unknown = Reflect.get(value, displaySymbol);
  if (typeof method !== "function") return undefined;
  const bundle: unknown = Reflect.apply(method, value, []);
  if (bundle instanceof Promise) bundle.catch(() => {}); // it comes too late, and so does its error
  if (bundle instanceof Promise || typeof bundle !== "object" || bundle === null) return undefined;
  return JSON.parse(JSON.stringify(bundle)) as Record<string, unknown>;
}
