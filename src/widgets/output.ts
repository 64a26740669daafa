// An area for output: what code prints and displays goes there in place of the cell.
import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { notebookHost } from "../core/notebook.js";
import { CapturedOutputs, type OutputEntry } from "./captured-outputs.js";
import { checkWidgetOptions } from "./checks.js";
import { escapeHtml, Widget, type WidgetOptions } from "./widget.js";

const outputPackage = { module: "@jupyter-widgets/output", version: "1.0.0" };

export class Output extends Widget {
  readonly #outputs = new CapturedOutputs((entries) => this.#show(entries));
  #entries: readonly OutputEntry[] = [];

  /** @internal */
  constructor(options: Pick<WidgetOptions, "width">) {
    super({ name: "Output", package: outputPackage }, { msg_id: "", outputs: [] }, options);
  }

  /**
   * Runs `body`; what it prints and displays goes into this area, also after it has waited. What it throws is
   * the caller's. In plain Node it prints as always.
   * @returns what `body` gives
   */
  async run<T>(body: () => T | Promise<T>): Promise<T> {
    const host = notebookHost()?.interactive;
    if (!host) return body();
    try {
      return await host.capture((output) => this.#outputs.add(output), body);
    } finally {
      this.#outputs.flush();
    }
  }

  /** Shows any value in the area, below what is there. */
  async append(value: unknown): Promise<void> {
    const rendered = await notebookHost()?.interactive?.render(value);
    const { data, metadata } = rendered ?? { data: { "text/plain": inspect(value) }, metadata: {} };
    this.#outputs.add({ type: "display", displayId: randomUUID(), update: false, data, metadata });
    this.#outputs.flush();
  }

  /** Empties the area; with `wait`, when the next output comes, which avoids flicker. */
  clear(wait = false): void {
    this.#outputs.add({ type: "clear", wait });
  }

  override toString(): string {
    return this.#entries.map(wordsOf).join("\n");
  }

  override toHtml(): string {
    return `<pre>${escapeHtml(this.toString())}</pre>`;
  }

  #show(entries: readonly OutputEntry[]): void {
    this.#entries = [...entries];
    this.model.set({ outputs: entries.map(toNotebookFormat) });
  }
}

/** An area for output. */
export function output(options: Pick<WidgetOptions, "width"> = {}): Output {
  checkWidgetOptions("output", options, {}, ["width"]);
  return new Output(options);
}

/** As a notebook file has it: nbformat 4, "Code cell outputs". */
function toNotebookFormat(entry: OutputEntry): Record<string, unknown> {
  switch (entry.type) {
    case "stream":
      return { output_type: "stream", name: entry.name, text: entry.text };
    case "display":
      return { output_type: "display_data", data: entry.data, metadata: entry.metadata };
    case "error":
      return { output_type: "error", ...entry.error };
    default:
      return entry satisfies never;
  }
}

function wordsOf(entry: OutputEntry): string {
  if (entry.type === "stream") return entry.text.replace(/\n$/, "");
  return entry.type === "error" ? entry.error.evalue : String(entry.data["text/plain"] ?? "");
}
