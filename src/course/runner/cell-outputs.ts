// Gathers a cell's iopub messages into nbformat outputs, as a front end does: neighbouring stream texts become
// one, an updated display replaces what it showed, `clear_output` waits for the next output if asked to.

import type { NotebookOutput } from "../../core/nbformat.js";
import type { Message } from "../../kernel/protocol/wire.js";

export class CellOutputs {
  readonly outputs: NotebookOutput[] = [];
  /** Displays of the whole notebook, since a later cell may update them. */
  readonly #displays: Map<string, NotebookOutput[]>;
  #clearBeforeNext = false;

  constructor(displays: Map<string, NotebookOutput[]>) {
    this.#displays = displays;
  }

  take({ header, content }: Message): void {
    switch (header.msg_type) {
      case "stream":
        return this.#stream(String(content.name), String(content.text));
      case "display_data":
        return this.#display(content);
      case "update_display_data":
        return this.#update(content);
      case "execute_result":
        return this.#add({
          output_type: "execute_result",
          data: content.data,
          metadata: content.metadata,
          execution_count: content.execution_count,
        });
      case "error":
        return this.#add({
          output_type: "error",
          ename: content.ename,
          evalue: content.evalue,
          traceback: content.traceback,
        });
      case "clear_output":
        if (content.wait === true) this.#clearBeforeNext = true;
        else this.outputs.length = 0;
        return;
      default: // status, execute_input and comms leave nothing in the file
    }
  }

  #add(output: NotebookOutput): void {
    if (this.#clearBeforeNext) this.outputs.length = 0;
    this.#clearBeforeNext = false;
    this.outputs.push(output);
  }

  #stream(name: string, text: string): void {
    const last = this.outputs.at(-1);
    if (!this.#clearBeforeNext && last?.output_type === "stream" && last.name === name) {
      last.text = String(last.text) + text;
    } else {
      this.#add({ output_type: "stream", name, text });
    }
  }

  #display(content: Record<string, unknown>): void {
    const output: NotebookOutput = {
      output_type: "display_data",
      data: content.data,
      metadata: content.metadata,
    };
    const id = displayId(content);
    if (id !== undefined) this.#displays.set(id, [...(this.#displays.get(id) ?? []), output]);
    this.#add(output);
  }

  #update(content: Record<string, unknown>): void {
    for (const output of this.#displays.get(displayId(content) ?? "") ?? []) {
      output.data = content.data;
      output.metadata = content.metadata;
    }
  }
}

function displayId({ transient }: Record<string, unknown>): string | undefined {
  const id = (transient as { display_id?: unknown } | undefined)?.display_id;
  return typeof id === "string" ? id : undefined;
}
