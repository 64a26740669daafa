// Checks of what callers give, each with an error that says what was expected and what to do.
import { inspect } from "node:util";
import { UsageError } from "../core/errors.js";

/** @throws UsageError in the form of all our errors */
export function refuse(where: string, expected: string, got: unknown, advice: string): never {
  throw new UsageError(`${where}: expected ${expected}; got ${inspect(got, { depth: 1 })}. ${advice}`);
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
  checkNumber(where, "step", step);
  if (min >= max) refuse(where, "min below max", { min, max }, "Give min < max.");
  if (step <= 0 || step > max - min)
    refuse(where, `a step above 0 and at most ${max - min}`, step, "Give a smaller step, or a wider range.");
}

/** A string. @throws UsageError */
export function checkString(where: string, value: unknown): void {
  if (typeof value !== "string") refuse(where, "a string", value, "Convert it by String(…).");
}

/** true or false. @throws UsageError */
export function checkBoolean(where: string, value: unknown): void {
  if (typeof value !== "boolean") refuse(where, "true or false", value, "Give a boolean.");
}
