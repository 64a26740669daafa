// Checks of options: a mistake is named by the option, before anything is computed.
import { UsageError } from "./errors.js";
import { nearest } from "./spelling.js";

/** A value in an error's text: "8" is not 8. */
export function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** @throws UsageError naming the option */
export function checkInteger(
  caller: string,
  name: string,
  value: number,
  least: number,
  most?: number,
): void {
  if (Number.isInteger(value) && value >= least && (most === undefined || value <= most)) return;
  const range = most === undefined ? `of ${least} or more` : `from ${least} to ${most}`;
  throw new UsageError(
    `${caller}: expected ${name} to be an integer ${range}; got ${shown(value)}. Change it.`,
  );
}

/** The bounds of a finite number above 0. */
export const positive: [number, number] = [Number.MIN_VALUE, Number.MAX_VALUE];

/**
 * A number within bounds; with `Number.MAX_VALUE` as the upper one, any finite number from the lower one on.
 * @throws UsageError naming the option
 */
export function checkRange(caller: string, name: string, value: number, [low, high]: [number, number]): void {
  if (typeof value === "number" && value >= low && value <= high) return;
  const bounds = {
    number: "as a finite number",
    least: `of ${low} or more`,
    positive: "to be a finite number above 0",
    both: `from ${low} to ${high}`,
  };
  const open = high === Number.MAX_VALUE;
  const kind = !open ? "both" : low === -high ? "number" : low === positive[0] ? "positive" : "least";
  throw new UsageError(`${caller}: expected ${name} ${bounds[kind]}; got ${shown(value)}. Change it.`);
}

/** An option that need not be given. @throws UsageError naming the option */
export function checkChoice(caller: string, name: string, value: unknown, choices: readonly unknown[]): void {
  if (value !== undefined && !choices.includes(value))
    throw new UsageError(
      `${caller}: expected ${name} among ${choices.join(", ")}; got ${String(value)}. Check the spelling.`,
    );
}

/** An option that need not be given. @throws UsageError naming the option */
export function checkList(caller: string, name: string, value: unknown): void {
  if (value !== undefined && !Array.isArray(value))
    throw new UsageError(
      `${caller}: expected ${name} as a list; got ${String(value)}. Write ${name}: ["…"].`,
    );
}

/** A switch that need not be given. @throws UsageError naming the option */
export function checkSwitch(caller: string, name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "boolean")
    throw new UsageError(`${caller}: expected ${name} as true or false; got ${shown(value)}. Change it.`);
}

/** @throws UsageError */
export function checkSignal(caller: string, signal: unknown): void {
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new UsageError(
      `${caller}: expected signal as an AbortSignal; got something else. Pass the signal of an AbortController.`,
    );
}

/** @throws UsageError naming the option that there is not, or what was given in place of options */
export function checkOptions(caller: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const kind = options === null ? "null" : Array.isArray(options) ? "a list" : `a ${typeof options}`;
    throw new UsageError(`${caller}: expected options as an object; got ${kind}. Write { ${known[0]}: … }.`);
  }
  for (const name of Object.keys(options))
    if (!known.includes(name)) throw unknownOption(caller, name, known);
}

/** Names the option that there is not, and the one that is meant, or all. */
export function unknownOption(caller: string, name: string, known: readonly string[]): UsageError {
  const meant = nearest(name, known);
  return new UsageError(
    meant === undefined
      ? `${caller}: expected options among ${known.join(", ")}; got ${name}. Check the spelling.`
      : `${caller}: expected an option that there is; got ${name}. Write ${meant}.`,
  );
}
