// How a value looks in a notebook: by its own display method, by what it evidently is (a picture, a table), else
// as Node's `inspect` prints it.
import { inspect, types } from "node:util";
import { displaySymbol } from "../../core/notebook.js";
import type { Rendered } from "../threads/messages.js";
import { specialBundle } from "./special-values.js";

const silent = new WeakSet<object>();

/** Marks a value that shows nothing where a cell ends with it: the handle of what is shown already. */
export function showsNothing<T extends object>(value: T): T {
  silent.add(value);
  return value;
}

/** MIME bundle of any value; empty for one that shows nothing. A display method that throws is reported beside the plain text. */
export async function renderValue(value: unknown): Promise<Rendered> {
  if (typeof value === "object" && value !== null && silent.has(value)) return { data: {}, metadata: {} };
  const own = await ownDisplay(value);
  if (own !== undefined) return own;
  return { data: (await special(value)) ?? { "text/plain": plainText(value) }, metadata: {} };
}

/** A look at a value may throw: proxies, getters, specifications that are no JSON. Then it is plain text. */
async function special(value: unknown): Promise<Record<string, unknown> | undefined> {
  try {
    const bundle = await specialBundle(value);
    return bundle && toJson(bundle);
  } catch {
    return undefined;
  }
}

/** As a learner reads it: long arrays shortened, three levels deep. */
export function plainText(value: unknown): string {
  try {
    return tensorText(value) ?? inspect(value, { depth: 3, maxArrayLength: 60, maxStringLength: 10_000 });
  } catch (error) {
    return `[${Object.prototype.toString.call(value)}: its inspection throws ${String(error)}]`;
  }
}

async function ownDisplay(value: unknown): Promise<Rendered | undefined> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  let bundle: unknown;
  try {
    const method: unknown = Reflect.get(value, displaySymbol);
    if (typeof method !== "function") return undefined;
    bundle = await Reflect.apply(method, value, []);
  } catch (error) {
    const text = `${plainText(value)}\n(its display method throws: ${String(error)})`;
    return { data: { "text/plain": text }, metadata: {} };
  }
  if (typeof bundle !== "object" || bundle === null) return undefined;
  if (Object.keys(bundle).length === 0) return { data: {}, metadata: {} }; // it is shown already
  // A bundle without plain text gets one: terminals and screen readers need it.
  return { data: { "text/plain": plainText(value), ...toJson(bundle) }, metadata: {} };
}

/** What is sent is JSON; this also keeps later changes of the value out of what was shown. */
function toJson(bundle: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(bundle)) as Record<string, unknown>;
}

/** A TensorFlow.js tensor or variable: shape, type, and its first values. */
function tensorText(value: unknown): string | undefined {
  if (!isTensor(value)) return undefined;
  const head = `Tensor [${value.shape.join(", ")}] ${value.dtype}`;
  if (value.isDisposed) return `${head} (disposed)`;
  const [, ...lines] = value.toString(true).split("\n");
  return [head, ...lines.slice(Math.max(0, lines.findIndex((line) => line.includes("values:")) + 1))].join(
    "\n",
  );
}

interface TensorLike {
  shape: number[];
  dtype: string;
  dataId: object;
  isDisposed: boolean;
  toString(verbose: boolean): string;
}

function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  return "dataId" in value && "dtype" in value && "shape" in value && "dataSync" in value;
}
