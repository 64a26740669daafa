// Reads what a learner hands over, in whatever form it comes: tensors, typed arrays, nested arrays, functions. Every
// form of the right numbers is accepted; what is missing or has another shape is named.
import { Tensor } from "@tensorflow/tfjs-core";
import { type Answer, expectThat, NotYet } from "./exercise.js";

/** A value that was filled in. @throws NotYet if it is undefined or a promise */
export function givenValue(answer: Answer, name: string): unknown {
  const value = answer[name];
  expectThat(
    value !== undefined && value !== null,
    `\`${name}\` is still ${value}. Fill in the exercise cell, run it, then run this cell again.`,
  );
  expectThat(!(value instanceof Promise), `\`${name}\` is a promise. Write \`await\` before the call.`);
  return value;
}

/** A function of the learner's that must give something back. @throws NotYet */
export function functionOf<Values extends unknown[]>(
  answer: Answer,
  name: string,
): (...values: Values) => Promise<unknown> {
  const given = givenValue(answer, name);
  expectThat(typeof given === "function", `\`${name}\` should be a function; it is ${kindOf(given)}.`);
  const body = given as (...values: Values) => unknown;
  return async (...values) => {
    const result = await body(...values);
    expectThat(
      result !== undefined && !(typeof result === "number" && Number.isNaN(result)),
      `\`${name}\` gave ${result} when the check called it. Does every way through it \`return\` a value, and no division by 0?`,
    );
    return result;
  };
}

/** One number, also from a tensor of one value. @throws NotYet */
export function numberIn(value: unknown, what: string): number {
  const isList = Array.isArray(value) || (value instanceof Tensor && value.size === 1);
  const plain = isList ? plainOf(value, what).flat(Number.POSITIVE_INFINITY) : [value];
  const [number] = plain;
  expectThat(
    typeof number === "number" && plain.length === 1,
    `${what} should be one number; it is ${kindOf(value)}.`,
  );
  expectThat(Number.isFinite(number), `${what} is ${number}, which is not a finite number.`);
  return number;
}

/** A list of numbers, also from a tensor, a typed array or a table of one column. @throws NotYet */
export function listIn(value: unknown, what: string, length?: number): number[] {
  let plain = plainOf(value, what);
  if (plain.length > 0 && plain.every((row) => Array.isArray(row) && row.length === 1)) plain = plain.flat();
  expectThat(
    plain.every((each) => typeof each === "number"),
    `${what} should be a list of numbers; it is ${kindOf(value)}.`,
  );
  expectThat(
    length === undefined || plain.length === length,
    `${what} should have ${length} values; it has ${plain.length}.`,
  );
  finite(plain as number[], what);
  return plain as number[];
}

/** Rows of numbers of one length, also from a tensor. @throws NotYet */
export function tableIn(
  value: unknown,
  what: string,
  shape: { rows?: number; columns?: number } = {},
): number[][] {
  const plain = plainOf(value, what);
  expectThat(
    plain.length > 0 && plain.every(Array.isArray),
    `${what} should be a table, rows of numbers; it is ${kindOf(value)}.`,
  );
  const rows = plain as number[][];
  const columns = shape.columns ?? rows[0]?.length ?? 0;
  const wanted = `[${shape.rows ?? rows.length}, ${columns}]`;
  expectThat(
    rows.every((row) => row.length === columns && row.every((each) => typeof each === "number")) &&
      rows.length === (shape.rows ?? rows.length),
    `${what} should have the shape ${wanted}; it has [${rows.length}, ${rows[0]?.length}].`,
  );
  for (const row of rows) finite(row, what);
  return rows;
}

/** Whole numbers from 0 to `classes` − 1. @throws NotYet */
export function labelsIn(
  value: unknown,
  what: string,
  options: { length: number; classes?: number },
): number[] {
  const labels = listIn(value, what, options.length);
  const { classes = Number.POSITIVE_INFINITY } = options;
  const wrong = labels.find((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  expectThat(
    wrong === undefined,
    `${what} should hold whole numbers from 0${classes === Number.POSITIVE_INFINITY ? "" : ` to ${classes - 1}`}; it holds ${wrong}.`,
  );
  return labels;
}

/** In words, for a sentence: "a tensor of shape [3, 4]". */
export function kindOf(value: unknown): string {
  if (value instanceof Tensor) return `a tensor of shape [${value.shape.join(", ")}]`;
  if (Array.isArray(value))
    return Array.isArray(value[0]) ? `a list of ${value.length} lists` : `a list of ${value.length} values`;
  if (ArrayBuffer.isView(value)) return `a typed array of ${(value as Uint8Array).length} values`;
  if (typeof value === "string") return `the text "${value.slice(0, 30)}"`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "function" ? "a function" : value === null ? "null" : `of type ${typeof value}`;
}

/** No exercise asks for more entries of an array, or more arrays inside one another. */
const [longest, deepest] = [1e7, 8];

/**
 * An array of any kind as plain arrays, whose methods are JavaScript's own: a subclass or a proxy could otherwise say of
 * itself what the check wants to hear. Every entry is read once. Numbers, and what is no array, stay as they are.
 * @throws NotYet if it is too long, or nested too deep
 */
export function copied(value: unknown, what: string, depth = 0): unknown {
  if (!(Array.isArray(value) || ArrayBuffer.isView(value))) return value;
  const { length } = value as ArrayLike<unknown>;
  expectThat(
    Number.isInteger(length) && length >= 0 && length <= longest && depth < deepest,
    `${what} should be numbers; it is ${kindOf(value)}, which is too long or too deep.`,
  );
  const copy: unknown[] = [];
  for (let at = 0; at < length; at++) copy[at] = copied((value as ArrayLike<unknown>)[at], what, depth + 1);
  return copy;
}

function plainOf(value: unknown, what: string): unknown[] {
  if (value instanceof Tensor) {
    expectThat(
      !value.isDisposed,
      `${what} is a tensor that was disposed of. Hand it over before \`dispose\`.`,
    );
    const numbers = copied(value.arraySync(), what);
    return Array.isArray(numbers) ? numbers : [numbers];
  }
  const { values } = (value ?? {}) as { values?: unknown };
  // `values` of a Danfo.js DataFrame or Series; an array's own is a method.
  const plain = copied(Array.isArray(value) || ArrayBuffer.isView(value) ? value : values, what);
  if (Array.isArray(plain)) return plain;
  throw new NotYet(`${what} should be numbers (a tensor or an array); it is ${kindOf(value)}.`);
}

function finite(values: readonly number[], what: string): void {
  const wrong = values.find((value) => !Number.isFinite(value));
  expectThat(wrong === undefined, `${what} holds ${wrong}, which is not a finite number.`);
}
