// One of several: dropdown, checkbox, toggle.
import { checkBoolean, checkWidgetOptions, isPlainObject, refuse } from "./checks.js";
import { ValueWidget, type WidgetOptions } from "./widget.js";

export interface DropdownOptions<T> extends WidgetOptions {
  /** The values, shown as text; or values by the words that are shown. At least one. */
  options: readonly T[] | Readonly<Record<string, T>>;
  /** Value at first, one of the options. Default: the first. */
  value?: NoInfer<T>;
}

/**
 * A list that opens, to choose one value.
 * @throws UsageError if there are no options, or the value is none of them
 */
export function dropdown<const T>(options: DropdownOptions<T>): ValueWidget<T> {
  checkWidgetOptions<DropdownOptions<T>>("dropdown", options, { options: "checked", value: "checked" });
  const list = options.options;
  if (!Array.isArray(list) && !isPlainObject(list))
    refuse("dropdown", "options as a list or a plain object", list, 'Give them as options: ["a", "b"].');
  const labels = Array.isArray(list) ? list.map(String) : Object.keys(list);
  const values: T[] = Array.isArray(list) ? list : Object.values(list);
  if (values.length === 0) refuse("dropdown", "at least one option", list, 'Give options: ["a", "b"].');
  const indexOf = (value: T): number => values.findIndex((each) => Object.is(each, value));
  return new ValueWidget<T>(
    { name: "Dropdown" },
    { _options_labels: labels },
    "value" in options ? (options.value as T) : (values[0] as T),
    {
      encode: (value) => ({ index: indexOf(value) }),
      decode: ({ index }) => (typeof index === "number" ? values[index] : undefined),
      check: (value) => {
        if (indexOf(value) < 0)
          refuse(
            "dropdown",
            `one of ${labels.join(", ")}`,
            value,
            "Choose an option, or add the value to them.",
          );
      },
      text: (value) => labels[indexOf(value)] ?? "",
    },
    options,
  );
}

export interface BooleanOptions extends WidgetOptions {
  /** Whether it is on at first. Default: false. */
  value?: boolean;
}

/** A box to tick. */
export function checkbox(options: BooleanOptions = {}): ValueWidget<boolean> {
  return booleanWidget("Checkbox", { indent: false }, options);
}

/** A button that stays pressed. */
export function toggle(options: BooleanOptions = {}): ValueWidget<boolean> {
  return booleanWidget("ToggleButton", {}, options);
}

function booleanWidget(
  name: "Checkbox" | "ToggleButton",
  state: Record<string, unknown>,
  options: BooleanOptions,
): ValueWidget<boolean> {
  const where = name === "Checkbox" ? "checkbox" : "toggle";
  checkWidgetOptions<BooleanOptions>(where, options, { value: "checked" });
  return new ValueWidget<boolean>(
    { name },
    state,
    options.value ?? false,
    {
      encode: (value) => ({ value }),
      decode: ({ value }) => (typeof value === "boolean" ? value : undefined),
      check: (value) => checkBoolean(where, value),
      text: (value) => (value ? "on" : "off"),
    },
    options,
  );
}
