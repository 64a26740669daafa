// `Deno.jupyter` for cells that were written for Deno's kernel: the compiler replaces just this expression
// (evaluate/rewrite.ts). A global `Deno` would make libraries take Node for Deno.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { UsageError } from "../../core/errors.js";
import { type Displayable, displaySymbol, type MimeBundle } from "../../core/notebook.js";
import { renderValue } from "../evaluate/render.js";
import { imageBundle } from "../evaluate/special-values.js";
import type { CellId, Report } from "../threads/messages.js";

interface DisplayOptions {
  /** The value is a MIME bundle already. */
  raw?: boolean;
  /** Replaces what was displayed with this `display_id`. */
  update?: boolean;
  display_id?: string;
}

interface BroadcastOptions {
  metadata?: Record<string, unknown>;
  buffers?: readonly Uint8Array[];
}

type Template = (strings: TemplateStringsArray, ...values: unknown[]) => Displayable;

/** The part of Deno's API that concerns notebooks, as its types declare it. */
export interface DenoJupyter {
  readonly $display: typeof displaySymbol;
  readonly md: Template;
  readonly html: Template;
  readonly svg: Template;
  display(value: unknown, options?: DisplayOptions): Promise<void>;
  image(source: string | Uint8Array): Displayable;
  format(value: unknown): Promise<MimeBundle>;
  broadcast(type: string, content: Record<string, unknown>, more?: BroadcastOptions): Promise<void>;
}

export function denoJupyter(report: Report, currentCell: () => CellId): DenoJupyter {
  const format = async (value: unknown): Promise<MimeBundle> => (await renderValue(value)).data;
  return {
    $display: displaySymbol,
    md: template("text/markdown"),
    html: template("text/html"),
    svg: template("image/svg+xml"),
    format,
    async display(value, { raw = false, update = false, display_id: displayId } = {}) {
      if (update && displayId === undefined)
        throw new UsageError(
          "Deno.jupyter.display: expected display_id with update: true; got none. Add it.",
        );
      const cell = currentCell(); // the present one, whatever runs once the value is rendered
      const data = raw ? (value as MimeBundle) : await format(value);
      report({ type: "display", cell, displayId: displayId ?? randomUUID(), update, data, metadata: {} });
    },
    image(source) {
      const bytes = typeof source === "string" ? readFileSync(source) : source;
      const bundle = imageBundle(bytes);
      if (bundle !== undefined) return displayable(bundle);
      throw new UsageError("Deno.jupyter.image: expected PNG, JPEG or GIF bytes, or a file of them.");
    },
    async broadcast(kind, content, { metadata = {}, buffers = [] } = {}) {
      const copies = buffers.map((buffer) => new Uint8Array(buffer).buffer);
      report({ type: "broadcast", cell: currentCell(), kind, content, metadata, buffers: copies }, copies);
    },
  };
}

/** A tagged template whose value shows itself as `mime`. */
function template(mime: string): Template {
  return (strings, ...values) => displayable({ [mime]: String.raw({ raw: strings }, ...values) });
}

function displayable(bundle: MimeBundle): Displayable {
  return { [displaySymbol]: () => bundle };
}
