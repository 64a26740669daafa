// Checks of numbers among options: a mistake is named by the option, before anything is computed.
import { UsageError } from "../core/errors.js";

/** @throws UsageError naming the option */
export function checkInteger(caller: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(
      `${caller}: expected ${name} to be an integer of ${least} or more; got ${value}. Change it.`,
    );
}

/** @throws UsageError naming the option */
export function checkRange(caller: string, name: string, value: number, [low, high]: [number, number]): void {
  if (!(value >= low && value <= high))
    throw new UsageError(`${caller}: expected ${name} from ${low} to ${high}; got ${value}. Change it.`);
}

/** @throws UsageError naming the option that there is not */
export function checkOptions(caller: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options))
    if (!known.includes(name))
      throw new UsageError(
        `${caller}: expected options among ${known.join(", ")}; got ${name}. Check the spelling.`,
      );
}
