// What `interact` makes of a specification: `[1, 32]` a slider, `["a", "b"]` a dropdown, `true` a checkbox, …
import { isPlainObject, refuse } from "./checks.js";
import { checkbox, dropdown } from "./choices.js";
import { text } from "./entries.js";
import { slider } from "./sliders.js";
import { ValueWidget, type Widget } from "./widget.js";

/** What stands for one parameter. */
export type ParameterSpec =
  | number
  | boolean
  | string
  | readonly [min: number, max: number]
  | readonly [min: number, max: number, step: number]
  | readonly string[]
  | { readonly [label: string]: unknown }
  /** A widget with a value of any type. */
  | (Widget & { readonly value: unknown });

/** The value that a parameter gets. */
export type ParameterValue<S> =
  S extends ValueWidget<infer T>
    ? T
    : S extends number | readonly [number, number] | readonly [number, number, number]
      ? number
      : S extends boolean
        ? boolean
        : S extends string
          ? string
          : S extends readonly (infer T)[]
            ? T
            : S extends { readonly [label: string]: infer T }
              ? T
              : never;

/** The values of all parameters, by name. */
export type Parameters<S> = { readonly [K in keyof S]: ParameterValue<S[K]> };

/**
 * The widget for one parameter.
 * @throws UsageError for a specification that stands for none
 */
export function widgetFor(name: string, spec: unknown, labelWidth: string): ValueWidget<unknown> {
  const common = { label: name, labelWidth };
  if (spec instanceof ValueWidget) return spec;
  switch (typeof spec) {
    case "boolean":
      return checkbox({ ...common, value: spec }) as ValueWidget<unknown>;
    case "string":
      return text({ ...common, value: spec, continuous: false }) as ValueWidget<unknown>;
    case "number":
      return slider({ ...common, ...around(name, spec) }) as ValueWidget<unknown>;
    case "object":
      if (Array.isArray(spec)) return fromList(name, spec, common);
      if (isPlainObject(spec) && Object.keys(spec).length > 0) return dropdown({ ...common, options: spec });
      break;
  }
  return refuse(`interact: ${name}`, expected, spec, advice);
}

const expected =
  "a number, [min, max], [min, max, step], a list of strings, a plain object { label: value }, a boolean, a string or a widget with a value";
const advice = "For other values, give dropdown({ options: … }).";

function fromList(name: string, list: readonly unknown[], common: object): ValueWidget<unknown> {
  if (list.length > 0 && list.every((each) => typeof each === "string"))
    return dropdown<unknown>({ ...common, options: list });
  const numbers = list.every((each) => typeof each === "number" && Number.isFinite(each));
  if (!numbers || list.length < 2 || list.length > 3) refuse(`interact: ${name}`, expected, list, advice);
  const [min = 0, max = 1, step] = list as number[];
  if (min >= max) refuse(`interact: ${name}`, "[min, max] with min below max", list, advice);
  if (step !== undefined && (step <= 0 || step > max - min))
    refuse(`interact: ${name}`, "[min, max, step] with a step that fits", list, advice);
  return slider({ ...common, ...middle(min, max, step) }) as ValueWidget<unknown>;
}

/** As ipywidgets has it: a range starts in its middle, at a value that the steps reach. */
function middle(min: number, max: number, step?: number) {
  const distance = step ?? (Number.isInteger(min) && Number.isInteger(max) ? 1 : undefined);
  const half = (max - min) / 2;
  const value = min + (distance === undefined ? half : Math.floor(half / distance) * distance);
  return {
    min,
    max,
    value: Number(value.toPrecision(12)),
    ...(distance === undefined ? {} : { step: distance }),
  };
}

/** As ipywidgets has it: from −v to 3 v, and from 0 to 1 for zero. */
function around(name: string, value: number) {
  if (!Number.isFinite(value)) refuse(`interact: ${name}`, expected, value, advice);
  if (value === 0) return { min: 0, max: 1, value };
  const ends = [-value, 3 * value].map((end) => Number(end.toPrecision(12)));
  return { min: Math.min(...ends), max: Math.max(...ends), value };
}
