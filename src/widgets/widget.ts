// What all widgets have in common: a model, a label, a view in the notebook, and words where nothing can draw it.
import { inspect } from "node:util";
import { type Displayable, displaySymbol, type MimeBundle, notebookHost } from "../core/notebook.js";
import type { State } from "./buffers.js";
import { attached, latestWins } from "./callbacks.js";
import { type ModelKind, WidgetModel } from "./model.js";

const viewType = "application/vnd.jupyter.widget-view+json";

/** What each widget can be given. */
export interface WidgetOptions {
  /** Words beside the widget. Default: none. */
  label?: string;
  /** Whether it is shown but cannot be used. Default: false. */
  disabled?: boolean;
  /** Width as CSS says it, such as `"20em"` or `"100%"`. Default: the front end's. */
  width?: string;
  /** Width of the label, as CSS says it. Default: as wide as its text. */
  labelWidth?: string;
}

/** A control or a container in a notebook's output. Show it as a cell's last value, or by `show()`. */
export class Widget implements Displayable {
  /** @internal */
  readonly model: WidgetModel;
  /** The models of its style and its layout, which no other widget shares. */
  readonly #parts: readonly WidgetModel[];

  /** @internal */
  constructor(
    kind: ModelKind,
    state: State,
    { label = "", disabled, width, labelWidth }: WidgetOptions = {},
  ) {
    const parts = {
      ...(label === "" || kind.name === "Button" ? {} : { style: style(labelWidth ?? "initial") }),
      ...(width === undefined ? {} : { layout: layout(width) }),
    };
    this.#parts = Object.values(parts);
    this.model = new WidgetModel(kind, {
      ...(label === "" ? {} : { description: label }),
      ...(disabled === undefined ? {} : { disabled }),
      ...Object.fromEntries(Object.entries(parts).map(([name, { reference }]) => [name, reference])),
      ...state,
    });
  }

  /** The words beside the widget. */
  get label(): string {
    return String(this.model.state.description ?? "");
  }

  set label(label: string) {
    this.model.set({ description: label });
  }

  /** Whether the widget is shown but cannot be used. */
  get disabled(): boolean {
    return this.model.state.disabled === true;
  }

  set disabled(disabled: boolean) {
    this.model.set({ disabled });
  }

  /** Shows the widget below the running cell; in plain Node, prints its text. */
  show(): void {
    const host = notebookHost();
    if (host) host.display(this[displaySymbol]());
    else console.log(this.toString());
  }

  /** Takes the widget off the page; its value stays readable. Harmless when repeated. */
  close(): void {
    this.model.close();
    for (const part of this.#parts) part.close();
  }

  /** The widget in words: its label and value. */
  toString(): string {
    return this.label;
  }

  /** @internal The same words as HTML, for pages that cannot draw widgets. */
  toHtml(): string {
    return `<p>${escapeHtml(this.toString())}</p>`;
  }

  [displaySymbol](): MimeBundle {
    const words = { "text/html": this.toHtml(), "text/plain": this.toString() };
    if (!notebookHost()?.interactive) return words;
    return { [viewType]: { version_major: 2, version_minor: 0, model_id: this.model.id }, ...words };
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** How a value stands in the model's state. */
export interface ValueCodec<T> {
  encode(value: T): State;
  /** The value that a state says, or undefined if it says none. */
  decode(state: Readonly<State>): T | undefined;
  /** @throws UsageError if the widget cannot have the value */
  check(value: T): void;
  /** The value in words. Default: as JavaScript prints it. */
  text?(value: T): string;
}

/** A widget with a value that the user and the code can change. */
export class ValueWidget<T> extends Widget {
  readonly #codec: ValueCodec<T>;
  readonly #handlers = new Set<(value: T, previous: T) => void>();
  #value: T;

  /** @internal */
  constructor(kind: ModelKind, state: State, value: T, codec: ValueCodec<T>, options?: WidgetOptions) {
    codec.check(value);
    super(kind, { ...state, ...codec.encode(value) }, options);
    this.#codec = codec;
    this.#value = value;
    this.model.changed = () => this.#accept(codec.decode(this.model.state));
  }

  /** The value; assigning changes it on the page too, and tells the `onChange` handlers. */
  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    this.#codec.check(value);
    this.model.set(this.#codec.encode(value));
    this.#accept(value);
  }

  /**
   * Calls `handler` when the value has changed. While it waits for a promise of its own, further changes are
   * gathered: it is then called once more, with the latest. Output and errors go below the cell that calls `onChange`.
   * @param options.signal ends the calls when it aborts. Default: none
   */
  onChange(handler: (value: T, previous: T) => unknown, { signal }: { signal?: AbortSignal } = {}): this {
    if (signal?.aborted) return this;
    const call = latestWins(attached(handler));
    this.#handlers.add(call);
    signal?.addEventListener("abort", () => this.#handlers.delete(call), { once: true });
    return this;
  }

  override toString(): string {
    const text =
      this.#codec.text?.(this.value) ?? (typeof this.value === "string" ? this.value : inspect(this.value));
    return this.label === "" ? text : `${this.label}: ${text}`;
  }

  #accept(value: T | undefined): void {
    const previous = this.#value;
    if (value === undefined || same(value, previous)) return;
    this.#value = value;
    for (const handler of [...this.#handlers]) handler(value, previous);
  }
}

/** Text that HTML shows as it is. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, index) => Object.is(each, b[index]));
  return Object.is(a, b);
}

function style(labelWidth: string): WidgetModel {
  return new WidgetModel({ name: "DescriptionStyle", view: "StyleView" }, { description_width: labelWidth });
}

function layout(width: string): WidgetModel {
  const base = { module: "@jupyter-widgets/base", version: "2.0.0" };
  return new WidgetModel({ name: "Layout", view: "LayoutView", package: base }, { width });
}
