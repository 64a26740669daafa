// What notebooks and library code find in the kernel: the notebook host of `core/notebook.ts`, and the global
// `display()`, with a shortcut for each kind of content.
import { randomUUID } from "node:crypto";
import { UsageError } from "../../core/errors.js";
import {
  type DisplayHandle,
  displaySymbol,
  type InteractiveHost,
  installNotebookHost,
  type NotebookHost,
} from "../../core/notebook.js";
import type { CellId, Report } from "../threads/messages.js";
import type { CleanUps } from "./clean-ups.js";
import { defineHidden } from "./define-hidden.js";
import { renderValue, showsNothing } from "./render.js";
import type { CellSchedulers } from "./schedulers.js";
import { vegaBundle } from "./special-values.js";

/**
 * Abort when a cell is interrupted, and when anything is: a cell that has ended may have left a training behind that it did not
 * wait for, and that holds its signal.
 */
export class CellSignals {
  #everything = new AbortController();
  readonly #cells = new Map<CellId, { controller: AbortController; signal: AbortSignal }>();

  of(cell: CellId): AbortSignal {
    const known = this.#cells.get(cell);
    if (known) return known.signal;
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.#everything.signal]);
    this.#cells.set(cell, { controller, signal });
    return signal;
  }

  /** What the cell does later has another signal. */
  abort(cell: CellId): void {
    this.#cells.get(cell)?.controller.abort(interruption());
    this.#cells.delete(cell);
  }

  abortAll(): void {
    const everything = this.#everything;
    this.#everything = new AbortController();
    this.#cells.clear();
    everything.abort(interruption());
  }

  /** The cell has ended. */
  forget(cell: CellId): void {
    this.#cells.delete(cell);
  }
}

function interruption(): Error {
  return new Error("The cell was interrupted.");
}

interface Parts {
  report: Report;
  schedulers: CellSchedulers;
  signals: CellSignals;
  cleanUps: CleanUps;
  interactive: InteractiveHost;
}

/** Installs the host and the global `display`. */
export function installHost({ report, schedulers, signals, cleanUps, interactive }: Parts): NotebookHost {
  const currentCell = (): CellId => schedulers.current;
  const host: NotebookHost = {
    interactive,
    display(bundle, metadata = {}) {
      const displayId = randomUUID();
      // Updates go where the display went, whatever runs when they are made.
      const cell = currentCell();
      report({ type: "display", cell, displayId, update: false, data: bundle, metadata });
      const update: DisplayHandle["update"] = (data, nextMetadata = {}) =>
        report({ type: "display", cell, displayId, update: true, data, metadata: nextMetadata });
      return showsNothing({ id: displayId, update });
    },
    clearOutput: (wait = false) => report({ type: "clear", cell: currentCell(), wait }),
    interruptSignal: () => signals.of(currentCell()),
    atInterrupt: (cleanUp) => cleanUps.register(cleanUp),
    resumption() {
      const cell = currentCell();
      return () => {
        if (!schedulers.isStopped(cell)) schedulers.resume(cell);
      };
    },
  };
  installNotebookHost(host);
  defineHidden(globalThis, "display", displayFunction(host));
  return host;
}

type Handle = DisplayHandle & { show(value: unknown): Promise<void> };

/** `display(value)` shows any value; `display.html(text)` and the like show content of a kind. */
function displayFunction(host: NotebookHost): object {
  const display = async (value: unknown): Promise<Handle> => {
    const { data, metadata } = await renderValue(value);
    const handle = host.display(data, metadata);
    const show = async (next: unknown): Promise<void> => {
      const rendered = await renderValue(next);
      handle.update(rendered.data, rendered.metadata);
    };
    return showsNothing({ ...handle, show });
  };
  const content =
    (mime: string) =>
    (text: string): DisplayHandle =>
      host.display({ [mime]: text, "text/plain": text });
  const image =
    (mime: string) =>
    (bytes: Uint8Array | string): DisplayHandle =>
      host.display({
        [mime]: typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("base64"),
        "text/plain": `<${mime}>`,
      });
  return Object.assign(display, {
    html: content("text/html"),
    markdown: content("text/markdown"),
    latex: content("text/latex"),
    svg: content("image/svg+xml"),
    javascript: content("application/javascript"),
    png: image("image/png"),
    jpeg: image("image/jpeg"),
    json: (value: unknown) =>
      host.display({ "application/json": value, "text/plain": JSON.stringify(value) }),
    plotly: (figure: object) =>
      host.display({ "application/vnd.plotly.v1+json": figure, "text/plain": "<Plotly figure>" }),
    vega: (specification: object) => {
      const bundle = vegaBundle(specification);
      if (bundle !== undefined) return host.display(bundle);
      throw new UsageError(
        'display.vega: expected a "$schema" such as https://vega.github.io/schema/vega-lite/v5.json; got none. Add it.',
      );
    },
    clear: (wait?: boolean) => host.clearOutput(wait),
    symbol: displaySymbol,
  });
}
