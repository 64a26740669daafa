// What `import * as tslab from "tslab"` gives in our kernel, where no real tslab is installed: the public
// interface of tslab 1.0.22 (its dist/public.d.ts), so that notebooks written for it run unchanged.
import { createRequire } from "node:module";
import { type DisplayHandle, notebookHost } from "../../core/notebook.js";

const require = createRequire(import.meta.url);
const version = (path: string): string => (require(path) as { version: string }).version;

/** The versions of what runs the notebook; `tslab` is the interface that is offered here. */
export const versions: { tslab: string; typescript: string; node: string } = {
  tslab: "1.0.22",
  typescript: version("typescript/package.json"),
  node: process.version,
};

export interface Display {
  javascript(s: string): void;
  html(s: string): void;
  markdown(s: string): void;
  latex(s: string): void;
  svg(s: string): void;
  png(b: Uint8Array): void;
  jpeg(b: Uint8Array): void;
  gif(b: Uint8Array): void;
  pdf(b: Uint8Array): void;
  text(s: string): void;
  /** Content of any MIME type; bytes are sent as base64. */
  raw(contentType: string, b: string | Uint8Array): void;
}

/** Returns a new `Display` instance which displays and overwrites a single display-entry. */
export function newDisplay(): Display {
  let handle: DisplayHandle | undefined;
  return displayThrough((bundle) => {
    if (handle) handle.update(bundle);
    else handle = show(bundle);
  });
}

/** Utility functions to display rich contents; each call makes an entry of its own. */
export const display: Display = displayThrough(show);

function show(bundle: Record<string, string>): DisplayHandle | undefined {
  const host = notebookHost();
  // Outside a notebook there is nothing but the console, as for the library's own displays.
  if (host === undefined) console.log(bundle["text/plain"] ?? `<${Object.keys(bundle).join(", ")}>`);
  return host?.display(bundle);
}

function displayThrough(send: (bundle: Record<string, string>) => void): Display {
  const raw = (contentType: string, content: string | Uint8Array): void =>
    void send({
      [contentType]: typeof content === "string" ? content : Buffer.from(content).toString("base64"),
    });
  const of =
    <T extends string | Uint8Array>(contentType: string) =>
    (content: T): void =>
      raw(contentType, content);
  return {
    javascript: of<string>("text/javascript"),
    html: of<string>("text/html"),
    markdown: of<string>("text/markdown"),
    latex: of<string>("text/latex"),
    svg: of<string>("image/svg+xml"),
    png: of<Uint8Array>("image/png"),
    jpeg: of<Uint8Array>("image/jpeg"),
    gif: of<Uint8Array>("image/gif"),
    pdf: of<Uint8Array>("application/pdf"),
    text: of<string>("text/plain"),
    raw,
  };
}
