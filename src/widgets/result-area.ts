// The output of `interact` in the notebook: one display for each piece of output, replaced in place by that of the
// next run, so that a figure moves and does not flicker.
import type { DisplayHandle, MimeBundle, NotebookHost } from "../core/notebook.js";
import { attached } from "./callbacks.js";
import type { OutputEntry } from "./captured-outputs.js";

interface Slot {
  handle: DisplayHandle;
  shown: OutputEntry | undefined;
}

/** The output of one call. */
interface Run {
  /** Shows entries; what an earlier run showed below them stays until `end`. */
  show(entries: readonly OutputEntry[]): void;
  /** The run has ended with so many entries: what is below them is from an earlier one. */
  end(count: number): void;
}

export class ResultArea {
  #run = 0;
  readonly #host: NotebookHost;
  readonly #slots: Slot[] = [];
  /** Below the cell that made the area, whatever code runs when there is something to show. */
  readonly #show = attached((entries: readonly OutputEntry[]) => this.#place(entries));

  constructor(host: NotebookHost) {
    this.#host = host;
  }

  /** A new run starts; what an earlier one still shows from a timer is no longer wanted. */
  begin(): Run {
    const run = ++this.#run;
    return {
      show: (entries) => {
        if (run === this.#run) void this.#show(entries);
      },
      end: (count) => {
        if (run === this.#run) this.#blank(count);
      },
    };
  }

  #place(entries: readonly OutputEntry[]): void {
    for (const [index, entry] of entries.entries()) {
      const slot = this.#slots[index];
      if (slot === undefined) {
        this.#slots.push({ handle: this.#host.display(...bundleOf(entry)), shown: entry });
      } else if (slot.shown !== entry) {
        slot.handle.update(...bundleOf(entry));
        slot.shown = entry;
      }
    }
  }

  #blank(count: number): void {
    for (const slot of this.#slots.slice(count)) {
      if (slot.shown !== undefined) slot.handle.update({ "text/html": "", "text/plain": "" });
      slot.shown = undefined;
    }
  }
}

function bundleOf(entry: OutputEntry): [MimeBundle, Record<string, unknown>?] {
  switch (entry.type) {
    case "display":
      return [entry.data, entry.metadata];
    case "stream":
      return [textBundle(entry.name, entry.text)];
    case "error":
      return [textBundle("stderr", entry.error.traceback.join("\n"))];
    default:
      return entry satisfies never;
  }
}

/** Text with colours, as a cell's own output has it. */
function textBundle(name: "stdout" | "stderr", text: string): MimeBundle {
  return { [`application/vnd.jupyter.${name}`]: text, "text/plain": text };
}
