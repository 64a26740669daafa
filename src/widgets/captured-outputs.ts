// What captured code has shown so far, as a list in which text is joined, displays are updated in place, and errors
// stand where they happened. Changes are told ten times a second at most, and by `flush`.
import type { CapturedOutput, RenderedError, RenderedValue } from "../core/notebook.js";

/** One piece of output; an entry is replaced by a new object when it changes. */
export type OutputEntry =
  | { readonly type: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | ({ readonly type: "display"; readonly displayId: string } & Readonly<RenderedValue>)
  | { readonly type: "error"; readonly error: RenderedError };

const interval = 100; // ms
/** Characters of one stream that are kept; the beginning goes first. */
const longest = 200_000;

export class CapturedOutputs {
  readonly #changed: (entries: readonly OutputEntry[]) => void;
  #entries: OutputEntry[] = [];
  /** Text of the last entry, joined only when it is told. */
  #text: { name: "stdout" | "stderr"; parts: string[] } | undefined;
  #clearNext = false;
  #dirty = false;
  #told = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(changed: (entries: readonly OutputEntry[]) => void) {
    this.#changed = changed;
  }

  add(output: CapturedOutput): void {
    if (output.type === "clear") {
      if (output.wait) this.#clearNext = true;
      else this.clear();
      return;
    }
    if (this.#clearNext) this.#empty();
    if (output.type === "stream") {
      if (this.#text?.name !== output.name) this.#joinText();
      this.#text ??= { name: output.name, parts: [] };
      this.#text.parts.push(output.text);
    } else {
      this.#joinText();
      if (output.type === "error") this.#entries.push(output);
      else this.#display(output);
    }
    this.#soon();
  }

  clear(): void {
    this.#empty();
    this.#dirty = true;
    this.flush();
  }

  /** Tells what has changed since it was last told. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#dirty) return;
    this.#joinText();
    this.#dirty = false;
    this.#told = performance.now();
    this.#changed(this.#entries);
  }

  #display({ displayId, update, data, metadata }: Extract<CapturedOutput, { type: "display" }>): void {
    const entry = { type: "display", displayId, data, metadata } as const;
    const at = this.#entries.findIndex((each) => each.type === "display" && each.displayId === displayId);
    if (at >= 0) this.#entries[at] = entry;
    else if (!update) this.#entries.push(entry);
  }

  #joinText(): void {
    if (this.#text === undefined) return;
    const { name, parts } = this.#text;
    this.#text = undefined;
    const last = this.#entries.at(-1);
    const joins = last?.type === "stream" && last.name === name;
    const text = (joins ? last.text : "") + parts.join("");
    const kept = text.length > longest ? `… (the beginning is left out)\n${text.slice(-longest)}` : text;
    if (joins) this.#entries.pop();
    this.#entries.push({ type: "stream", name, text: kept });
  }

  #empty(): void {
    this.#entries = [];
    this.#text = undefined;
    this.#clearNext = false;
  }

  #soon(): void {
    this.#dirty = true;
    const now = performance.now();
    if (now - this.#told >= interval) return this.flush();
    this.#timer ??= setTimeout(() => this.flush(), interval);
  }
}
