// How far a download is: a bar below the running cell, or a line on a terminal. Ten times a second is often enough.
import { type DisplayHandle, notebookHost } from "../core/notebook.js";

export interface DownloadProgress {
  /** @param bytes  of all files so far */
  update(bytes: number): void;
  end(): void;
}

const millisecondsBetween = 100;

/** Shows nothing until the first bytes arrive, so that a set in the cache loads silently. */
export function downloadProgress(title: string, total: number, quiet: boolean): DownloadProgress {
  if (quiet) return { update() {}, end() {} };
  const host = notebookHost();
  let handle: DisplayHandle | undefined;
  let last = Number.NEGATIVE_INFINITY;
  let shown = false;
  const show = (bytes: number): void => {
    const share = Math.min(1, bytes / total);
    const text = `Downloading ${title}: ${(bytes / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`;
    if (host) {
      const bundle = {
        "text/html": `<progress value="${share.toFixed(3)}" max="1"></progress> ${text}`,
        "text/plain": text,
      };
      if (handle) handle.update(bundle);
      else handle = host.display(bundle);
    } else if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
    shown = true;
  };
  return {
    update(bytes) {
      const now = performance.now();
      if (now - last < millisecondsBetween) return;
      last = now;
      show(bytes);
    },
    end() {
      if (!shown) return;
      show(total);
      if (!host && process.stderr.isTTY) process.stderr.write("\n");
    },
  };
}
