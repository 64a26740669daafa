// Checks of what callers give, each with an error that says what was expected and what to do.
import { inspect } from "node:util";
import { UsageError } from "../core/errors.js";
import { checkChoice, checkOptions } from "../core/option-checks.js";
import type { WidgetOptions } from "./widget.js";

/** What an option may be: of a type, words of CSS, one of a list, or `"checked"` where the function itself checks. */
export type OptionKind = "string" | "boolean" | "css" | "checked" | readonly string[];

/** The options that a function has beside the common ones. */
export type OwnOptions<O> = { readonly [K in Exclude<keyof O, keyof WidgetOptions>]-?: OptionKind };

const commonOptions = {
  label: "string",
  disabled: "boolean",
  width: "css",
  labelWidth: "css",
} as const satisfies Record<keyof WidgetOptions, OptionKind>;

/** @throws UsageError in the form of all our errors */
export function refuse(where: string, expected: string, got: unknown, advice: string): never {
  throw new UsageError(`${where}: expected ${expected}; got ${words(got)}. ${advice}`);
}

/**
 * Options by their names and kinds, before anything is made.
 * @param common  which of the options of all widgets there are. Default: all
 * @throws UsageError naming an option that there is not, or that has a value which it cannot have
 */
export function checkWidgetOptions<O extends object>(
  where: string,
  options: O,
  own: OwnOptions<O>,
  common = Object.keys(commonOptions) as readonly (keyof WidgetOptions)[],
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    refuse(where, "an object of options", options, `Write ${where}({ … }).`);
  const shared = common.map((name) => [name, commonOptions[name]] as const);
  const kinds: Record<string, OptionKind> = { ...own, ...Object.fromEntries(shared) };
  checkOptions(where, options, Object.keys(kinds));
  for (const [name, value] of Object.entries(options))
    if (value !== undefined) checkKind(where, name, value, kinds[name] ?? "checked");
}

/** An object of named values, and no instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A finite number. @throws UsageError */
export function checkNumber(where: string, name: string, value: unknown): void {
  if (typeof value !== "number" || !Number.isFinite(value))
    refuse(where, `a finite number as ${name}`, value, "Give a number such as 0.5.");
}

/** A number from `min` to `max`. @throws UsageError */
export function checkWithin(where: string, value: unknown, min: number, max: number): void {
  checkNumber(where, "value", value);
  if ((value as number) < min || (value as number) > max)
    refuse(where, `a value from ${min} to ${max}`, value, "Give one in the range, or widen min and max.");
}

/** `min` below `max`, and a positive step that fits between them. @throws UsageError */
export function checkRange(where: string, min: number, max: number, step: number): void {
  checkNumber(where, "min", min);
  checkNumber(where, "max", max);
  if (min >= max) refuse(where, "min below max", { min, max }, "Give min < max.");
  checkNumber(where, "step", step);
  if (step <= 0 || step > max - min)
    refuse(where, `a step above 0 and at most ${max - min}`, step, "Give a smaller step, or a wider range.");
}

/** An integer, in a widget that has no others. @throws UsageError */
export function checkWhole(where: string, value: unknown, advice: string): void {
  if (!Number.isInteger(value)) refuse(where, "integers", value, advice);
}

/** A string. @throws UsageError */
export function checkString(where: string, value: unknown): void {
  if (typeof value !== "string") refuse(where, "a string", value, "Convert it by String(…).");
}

/** true or false. @throws UsageError */
export function checkBoolean(where: string, value: unknown): void {
  if (typeof value !== "boolean") refuse(where, "true or false", value, "Give a boolean.");
}

function checkKind(where: string, name: string, value: unknown, kind: OptionKind): void {
  if (typeof kind !== "string") return checkChoice(where, name, value, kind);
  switch (kind) {
    case "string":
      if (typeof value !== "string") refuse(where, `${name} as a string`, value, "Convert it by String(…).");
      return;
    case "boolean":
      if (typeof value !== "boolean") refuse(where, `${name} as true or false`, value, "Give a boolean.");
      return;
    case "css":
      if (typeof value !== "string")
        refuse(where, `${name} as CSS says it`, value, 'Give a string such as "20em" or "100%".');
      return;
    case "checked":
      return;
    default:
      kind satisfies never;
  }
}

/** A value in an error; an instance of a class by its name, since a tensor's fields would fill a page. */
function words(value: unknown): string {
  const plain = typeof value !== "object" || value === null || Array.isArray(value) || isPlainObject(value);
  if (plain || ArrayBuffer.isView(value)) return inspect(value, { depth: 1 });
  return `an object of class ${value.constructor?.name ?? "without a name"}`;
}
