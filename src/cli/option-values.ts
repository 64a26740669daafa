// Numbers on the command line, refused with what is expected.
import { InvalidArgumentError } from "commander";

/** Node's timers go no further; beyond, they would fire at once. */
const longestTimer = 2_147_483;

/** A time; whole or not. */
export function seconds(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number <= longestTimer)) {
    throw new InvalidArgumentError(`Expected seconds, more than 0 and at most ${longestTimer}.`);
  }
  return number;
}

/** 1, 2, 3, … */
export function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("Expected 1, 2, 3, …");
  return number;
}
