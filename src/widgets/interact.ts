// `interact(fn, { k: [1, 32] })`: widgets for the parameters of a function, which is called anew when one changes.
import { inspect } from "node:util";
import {
  type Displayable,
  displaySymbol,
  type MimeBundle,
  type NotebookHost,
  notebookHost,
} from "../core/notebook.js";
import { vBox } from "./boxes.js";
import { attached, latestWins } from "./callbacks.js";
import { CapturedOutputs } from "./captured-outputs.js";
import { refuse } from "./checks.js";
import { type ParameterSpec, type Parameters, widgetFor } from "./interact-spec.js";
import { ResultArea } from "./result-area.js";
import type { ValueWidget } from "./widget.js";

/** What `interact` has shown. */
export interface Interaction<S> extends Displayable {
  /** The widgets, by parameter. */
  readonly controls: { readonly [K in keyof S]: ValueWidget<Parameters<S>[K]> };
  /** The parameters' values now. */
  readonly values: Parameters<S>;
  /** Settled when the first call has ended and its result is shown. */
  readonly ready: Promise<void>;
}

/**
 * Shows a widget for each parameter, and below them what `fn` gives, displays and prints for their values. When a
 * value changes, the output is replaced in place. While `fn` runs or waits, changes are gathered: it is then called
 * once more, with the latest values. A cell that ends with `interact(…)` ends when the first result is shown.
 *
 * @param spec  by name: `5` or `0.1` a slider around it; `[min, max]` or `[min, max, step]` a slider; `["a", "b"]` or
 *   `{ label: value }` a dropdown; `true` a checkbox; `"text"` a text field; or any widget with a value
 * @throws UsageError for a parameter that cannot be specified so
 * @example interact(({ k, kind }) => plot(k, kind), { k: [1, 32], kind: ["pca", "ae"] })
 */
export function interact<const S extends { readonly [name: string]: ParameterSpec }>(
  fn: (parameters: Parameters<S>) => unknown,
  spec: S,
): Interaction<S> {
  if (typeof fn !== "function")
    refuse("interact", "a function first", fn, "Write interact(fn, { k: [1, 32] }).");
  if (typeof spec !== "object" || spec === null || Array.isArray(spec))
    refuse("interact", "parameters by name", spec, "Write interact(fn, { k: [1, 32] }).");
  const names = Object.keys(spec);
  // One width for all labels, so that the widgets stand below each other.
  const labelWidth = `${Math.max(3, ...names.map((name) => name.length)) + 1}ch`;
  const controls = new Map(names.map((name) => [name, widgetFor(name, spec[name], labelWidth)]));
  const values = (): Parameters<S> =>
    Object.fromEntries([...controls].map(([name, { value }]) => [name, value])) as Parameters<S>;
  const panel = vBox([...controls.values()]);
  panel.show();
  const host = notebookHost();
  const area = host && new ResultArea(host);
  const run = (): unknown =>
    host && area ? runInto(host, area, () => fn(values())) : runPlain(fn, values());
  const { call, ready } = firstEnd(run);
  const update = latestWins(call);
  for (const control of controls.values()) control.onChange(() => update());
  update();
  return {
    controls: Object.fromEntries(controls) as Interaction<S>["controls"],
    get values() {
      return values();
    },
    ready,
    // What there is to see is shown already.
    [displaySymbol]: (): Promise<MimeBundle> => ready.then(() => ({})),
  };
}

/** `run` attached to the cell, and a promise for the end of its first call. */
function firstEnd(run: () => unknown) {
  let ended = (): void => {};
  const ready = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const callback = attached(run);
  const call = (): Promise<void> | undefined => {
    const ends = callback();
    if (ends) void ends.then(ended, ended);
    else ended();
    return ends;
  };
  return { call, ready };
}

async function runInto(host: NotebookHost, area: ResultArea, body: () => unknown): Promise<void> {
  const { interactive } = host;
  if (!interactive) return host.display({ "text/plain": inspect(await body()) }) && undefined;
  const run = area.begin();
  let count = 0;
  const outputs = new CapturedOutputs((entries) => {
    count = entries.length;
    run.show(entries);
  });
  try {
    const value = await interactive.capture((output) => outputs.add(output), body);
    const rendered = value === undefined ? undefined : await interactive.render(value);
    if (rendered && Object.keys(rendered.data).length > 0)
      outputs.add({ type: "display", displayId: "the value", update: false, ...rendered });
  } catch (thrown) {
    outputs.add({ type: "error", error: interactive.describeError(thrown) });
  }
  outputs.flush();
  run.end(count);
}

async function runPlain<P>(fn: (parameters: P) => unknown, parameters: P): Promise<void> {
  const value = await fn(parameters);
  if (value !== undefined) console.log(value);
}
