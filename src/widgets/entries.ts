// What the user types or reads: text, textarea, number, colorPicker, label, html.
import { checkInteger } from "../core/option-checks.js";
import {
  checkNumber,
  checkRange,
  checkString,
  checkWidgetOptions,
  checkWithin,
  type OwnOptions,
  refuse,
} from "./checks.js";
import { escapeHtml, type ValueCodec, ValueWidget, type WidgetOptions } from "./widget.js";

export interface TextOptions extends WidgetOptions {
  /** Text at first. Default: empty. */
  value?: string;
  /** Words in the empty field. Default: none. */
  placeholder?: string;
  /** Whether it changes with each key, or only by Enter or when it is left. Default: true. */
  continuous?: boolean;
}

const textOptions: OwnOptions<TextOptions> = {
  value: "checked",
  placeholder: "string",
  continuous: "boolean",
};

/** A field for one line of text. */
export function text(options: TextOptions = {}): ValueWidget<string> {
  checkWidgetOptions("text", options, textOptions);
  return textWidget("text", "Text", options, {});
}

export interface TextareaOptions extends TextOptions {
  /** Height in lines, from 1. Default: 4. */
  rows?: number;
}

/** A field for several lines of text. */
export function textarea(options: TextareaOptions = {}): ValueWidget<string> {
  checkWidgetOptions("textarea", options, { ...textOptions, rows: "checked" });
  const { rows = 4 } = options;
  checkInteger("textarea", "rows", rows, 1);
  return textWidget("textarea", "Textarea", options, { rows });
}

export interface NumberOptions extends WidgetOptions {
  /** Lowest value. Default: none. */
  min?: number;
  /** Highest value. Default: none. */
  max?: number;
  /** Distance of the values that the arrows give, above 0. Default: any. */
  step?: number;
  /** Value at first. Default: 0, or min if that is above. */
  value?: number;
}

const numberOptions: OwnOptions<NumberOptions> = {
  min: "checked",
  max: "checked",
  step: "checked",
  value: "checked",
};

/** A field for a number. @throws UsageError for a value outside min and max, or a step that is not above 0 */
export function number(options: NumberOptions = {}): ValueWidget<number> {
  checkWidgetOptions("number", options, numberOptions);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, step = null } = options;
  const value = options.value ?? Math.min(Math.max(0, min), max);
  checkBounds({ min, max });
  if (step !== null) checkStep(step);
  const bounded = options.min !== undefined || options.max !== undefined;
  if (Number.isFinite(min) && Number.isFinite(max)) checkRange("number", min, max, step ?? max - min);
  // JSON has no infinity; the front end's own bound for none is the largest number.
  const bounds = bounded
    ? { min: Math.max(min, -Number.MAX_VALUE), max: Math.min(max, Number.MAX_VALUE) }
    : {};
  return new ValueWidget<number>(
    { name: bounded ? "BoundedFloatText" : "FloatText", view: "FloatTextView" },
    { step, continuous_update: false, ...bounds },
    value,
    {
      encode: (each) => ({ value: each }),
      decode: (state) => (typeof state.value === "number" ? state.value : undefined),
      check: (each) => {
        checkNumber("number", "value", each);
        checkWithin("number", each, min, max);
      },
    },
    options,
  );
}

export interface ColorPickerOptions extends WidgetOptions {
  /** Colour at first, as `#rrggbb` or by its CSS name. Default: `"#4c78a8"`. */
  value?: string;
}

/** A field for a colour; its value is `#rrggbb`, or the CSS name that was typed. */
export function colorPicker(options: ColorPickerOptions = {}): ValueWidget<string> {
  checkWidgetOptions<ColorPickerOptions>("colorPicker", options, { value: "checked" });
  const check = (value: string): void => {
    if (typeof value !== "string" || !/^(#[0-9a-f]{3}|#[0-9a-f]{6}|[a-z]+)$/i.test(value))
      refuse("colorPicker", "a colour such as #ff8800", value, "Give #rrggbb, or a CSS name such as teal.");
  };
  const codec = { ...stringCodec("colorPicker"), check };
  return new ValueWidget<string>(
    { name: "ColorPicker" },
    { concise: false },
    options.value ?? "#4c78a8",
    codec,
    options,
  );
}

/** A line of plain text between widgets; assign its `value` to change it. */
export function label(value: string): ValueWidget<string> {
  return new ValueWidget<string>({ name: "Label" }, { placeholder: "" }, value, stringCodec("label"));
}

/** A piece of HTML between widgets; assign its `value` to change it. Escape what comes from elsewhere. */
export function html(value: string): ValueWidget<string> {
  return new HtmlWidget({ name: "HTML" }, { placeholder: "" }, value, stringCodec("html"));
}

class HtmlWidget extends ValueWidget<string> {
  override toString(): string {
    return this.value.replace(/<[^>]*>/g, "");
  }

  override toHtml(): string {
    return this.value;
  }
}

class TextWidget extends ValueWidget<string> {
  override toHtml(): string {
    const name = this.label === "" ? "" : `${escapeHtml(this.label)}: `;
    return `<p style="white-space: pre-wrap">${name}${escapeHtml(this.value)}</p>`;
  }
}

function textWidget(
  where: string,
  name: "Text" | "Textarea",
  options: TextOptions,
  state: Record<string, unknown>,
): ValueWidget<string> {
  const { value = "", placeholder = "", continuous = true } = options;
  const all = { placeholder, continuous_update: continuous, ...state };
  return new TextWidget({ name }, all, value, stringCodec(where), options);
}

/** Infinity is no bound. @throws UsageError */
function checkBounds(bounds: { min: number; max: number }): void {
  for (const [name, bound] of Object.entries(bounds))
    if (typeof bound !== "number" || Number.isNaN(bound))
      refuse("number", `a number as ${name}`, bound, "Give a number such as 0.5.");
}

/** @throws UsageError */
function checkStep(step: number): void {
  checkNumber("number", "step", step);
  if (step <= 0) refuse("number", "a step above 0", step, "Give one such as 0.1.");
}

function stringCodec(where: string): ValueCodec<string> {
  return {
    encode: (value) => ({ value }),
    decode: ({ value }) => (typeof value === "string" ? value : undefined),
    check: (value) => checkString(where, value),
  };
}
