// One line that tells how far the training of several seeds is: in a notebook one display that is updated, else a line on a
// terminal.
import { type DisplayHandle, notebookHost } from "../core/notebook.js";
import { type Numbers, summarize } from "./statistics.js";

interface Run {
  readonly metrics: Numbers;
}

export interface SeedsProgress {
  update(runs: readonly Run[], failed: number): void;
  end(runs: readonly Run[], failed: number, interrupted: boolean): void;
}

export function seedsProgress({ seeds, quiet }: { seeds: number; quiet: boolean }): SeedsProgress {
  if (quiet) return { update: () => undefined, end: () => undefined };
  const host = notebookHost();
  const started = performance.now();
  let handle: DisplayHandle | undefined;
  const show = (line: string, last: boolean): void => {
    const bundle = { "text/plain": line };
    if (handle) handle.update(bundle);
    else if (host) handle = host.display(bundle);
    else if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}${last ? "\n" : ""}`);
    else if (last) process.stderr.write(`${line}\n`);
  };
  const state = (runs: readonly Run[], failed: number): string => {
    const { mean, sd } = summarize(runs.map(({ metrics }) => metrics));
    const [name] = ["test", "val_loss", "loss"].filter((each) => mean[each] !== undefined);
    const numbers = name ? `, ${name} ${mean[name]?.toPrecision(4)}` : "";
    const spread = name && runs.length > 1 ? ` ± ${sd[name]?.toPrecision(2)}` : "";
    return `${runs.length} of ${seeds} seeds${numbers}${spread}${failed > 0 ? `, ${failed} failed` : ""}`;
  };
  return {
    update(runs, failed) {
      const done = runs.length + failed;
      const left = (((performance.now() - started) / 1000) * (seeds - done)) / Math.max(done, 1);
      if (done < seeds) show(`${state(runs, failed)}, ${Math.ceil(left)} s left`, false);
    },
    end: (runs, failed, interrupted) =>
      show(`${state(runs, failed)}${interrupted ? ", stopped (interrupted)" : ""}`, true),
  };
}
