// A button: the one widget that has events in place of a value.
import { attached, type Callback } from "./callbacks.js";
import { checkWidgetOptions } from "./checks.js";
import { Widget, type WidgetOptions } from "./widget.js";

export interface ButtonOptions extends Omit<WidgetOptions, "labelWidth"> {
  /** Colour by meaning. Default: none. */
  style?: "primary" | "success" | "info" | "warning" | "danger";
  /** Words that are shown when the mouse rests on it. Default: none. */
  tooltip?: string;
}

export class Button extends Widget {
  readonly #handlers = new Set<Callback<[]>>();

  /** @internal */
  constructor({ style, tooltip, ...options }: ButtonOptions) {
    super({ name: "Button" }, { button_style: style ?? "", tooltip: tooltip ?? null, icon: "" }, options);
    this.model.event = (content) => {
      if ((content as { event?: unknown } | null)?.event === "click") this.click();
    };
  }

  /**
   * Calls `handler` for each click, also while an earlier call waits. Its output and errors go below the cell that
   * calls `onClick`; to put them elsewhere, use `output().run(…)`.
   * @param options.signal ends the calls when it aborts. Default: none
   */
  onClick(handler: () => unknown, { signal }: { signal?: AbortSignal } = {}): this {
    if (signal?.aborted) return this;
    const call = attached(handler);
    this.#handlers.add(call);
    signal?.addEventListener("abort", () => this.#handlers.delete(call), { once: true });
    return this;
  }

  /** Does what a click does. */
  click(): void {
    for (const handler of [...this.#handlers]) void handler();
  }

  override toString(): string {
    return `[${this.label}]`;
  }
}

/** A button to click. */
export function button(options: ButtonOptions = {}): Button {
  const style = ["primary", "success", "info", "warning", "danger"];
  const common = ["label", "disabled", "width"] as const;
  checkWidgetOptions<ButtonOptions>("button", options, { style, tooltip: "string" }, common);
  return new Button(options);
}
