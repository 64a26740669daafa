// How the debugger names and shows one value: its type as a TypeScript user would write it, and a short text.
// No getter, proxy handler or method of the user's runs here.
import { inspect, types } from "node:util";

export interface Description {
  /** E.g. `number[](5)`, `Tensor2D [3,2] float32`, `(a, b) => …`. */
  type: string;
  /** The value itself, in one line. */
  text: string;
  /** The object to look into, if there is something inside. */
  inside: object | undefined;
}

/** A TensorFlow.js tensor, by what all of them have; read without running anything of the user's. */
export interface TensorLike {
  shape: number[];
  dtype: string;
  isDisposed: boolean;
  dataSync(): ArrayLike<unknown>;
}

const longestText = 300;
const looksAt = 50; // elements, to name the type of an array

export function describe(value: unknown): Description {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return primitive(value);
  if (types.isProxy(value)) return { type: "Proxy", text: "Proxy (not looked into)", inside: undefined };
  if (typeof value === "function") return { ...functionText(value), inside: value };
  const tensor = asTensor(value);
  if (tensor !== undefined) return { ...tensorText(value, tensor), inside: value };
  return { type: typeName(value), text: short(value), inside: value };
}

/** The type's name for TypeScript. */
export function typeName(value: unknown, nested = false): string {
  if (value === null) return "null";
  if (typeof value === "function") return functionText(value).type;
  if (typeof value !== "object") return typeof value;
  if (types.isProxy(value)) return "Proxy";
  if (Array.isArray(value)) return `${elementType(value)}[]${nested ? "" : `(${value.length})`}`;
  const name = className(value);
  if (types.isTypedArray(value)) return nested ? name : `${name}(${typedArrayLength(value)})`;
  if (types.isMap(value)) {
    const entries = [...firstOf(Map.prototype.entries.call(value))];
    const [keys, values] = [0, 1].map((at) => union(entries.map((entry) => entry[at])));
    return `Map<${keys}, ${values}>${nested ? "" : `(${size(Map.prototype, value)})`}`;
  }
  if (types.isSet(value)) {
    const entries = [...firstOf(Set.prototype.values.call(value))];
    return `Set<${union(entries)}>${nested ? "" : `(${size(Set.prototype, value)})`}`;
  }
  return name === "Object" && !nested ? shapeOf(value) : name === "Object" ? "object" : name;
}

/** The name of an object's class, `Object` for a plain one. */
export function className(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return "Object";
  if (types.isProxy(prototype)) return "Proxy";
  const maker: unknown = ownValue(prototype as object, "constructor");
  const name = typeof maker === "function" ? ownValue(maker, "name") : undefined;
  return typeof name === "string" && name !== "" ? name : "Object";
}

/** The property's value, without running a getter. */
export function ownValue(object: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

export function asTensor(value: object): TensorLike | undefined {
  const [shape, dtype, dataId] = ["shape", "dtype", "dataId"].map((key) => ownValue(value, key));
  if (!Array.isArray(shape) || typeof dtype !== "string" || typeof dataId !== "object") return undefined;
  return typeof Reflect.get(value, "dataSync") === "function" ? (value as unknown as TensorLike) : undefined;
}

/** A value in one line. */
export function short(value: unknown): string {
  const options = {
    depth: 1,
    maxArrayLength: 20,
    maxStringLength: 200,
    breakLength: Number.POSITIVE_INFINITY,
  };
  let text: string;
  try {
    text = inspect(value, { ...options, customInspect: false, getters: false });
  } catch {
    text = "(cannot be shown)";
  }
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

function primitive(value: unknown): Description {
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, 10_000)) : short(value);
  return { type: value === null ? "null" : typeof value, text, inside: undefined };
}

function tensorText(value: object, { shape, dtype, isDisposed }: TensorLike): { type: string; text: string } {
  const kind = className(value);
  const rank = shape.length === 0 ? "Scalar" : `Tensor${shape.length}D`;
  const type = `${kind === "Tensor" ? rank : kind} [${shape.join(",")}] ${dtype}`;
  return { type, text: isDisposed ? `${type} (disposed)` : type };
}

function functionText(value: object): { type: string; text: string } {
  const source = Function.prototype.toString.call(value);
  const name = ownValue(value, "name");
  const shown = typeof name === "string" && name !== "" ? name : "(anonymous)";
  if (/^class\b/.test(source)) return { type: `class ${shown}`, text: `class ${shown}` };
  const type = `${/^async\b/.test(source) ? "async " : ""}${parametersOf(source)} => …`;
  return { type, text: `${shown}: ${type}` };
}

/** `(a, b)` of a function's source. */
function parametersOf(source: string): string {
  const single = /^(?:async\s+)?([\w$]+)\s*=>/.exec(source)?.[1];
  if (single !== undefined) return `(${single})`;
  const from = source.indexOf("(");
  let depth = 0;
  for (let at = from; at >= 0 && at < source.length; at++) {
    if ("([{".includes(source[at] ?? "")) depth++;
    if (")]}".includes(source[at] ?? "")) depth--;
    if (depth === 0)
      return source
        .slice(from, at + 1)
        .replaceAll(/\s+/g, " ")
        .slice(0, 80);
  }
  return "(…)";
}

function elementType(array: readonly unknown[]): string {
  const name = union(array.slice(0, looksAt));
  return name.includes(" ") ? `(${name})` : name;
}

function union(values: readonly unknown[]): string {
  const names = [...new Set(values.map((value) => typeName(value, true)))];
  if (names.length === 0) return "never";
  return names.length > 3 ? "unknown" : names.join(" | ");
}

/** `{ a: number; b: string }`, shortened. */
function shapeOf(value: object): string {
  const parts: string[] = [];
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(value)).filter(
    ([, each]) => each.enumerable,
  );
  for (const [key, descriptor] of descriptors) {
    if (parts.join("; ").length > 50) break;
    parts.push(`${key}: ${"value" in descriptor ? typeName(descriptor.value, true) : "(getter)"}`);
  }
  if (parts.length < descriptors.length) parts.push("…");
  return parts.length === 0 ? "{}" : `{ ${parts.join("; ")} }`;
}

function* firstOf<T>(values: Iterable<T>): Iterable<T> {
  let count = 0;
  for (const value of values) {
    if (count++ >= looksAt) return;
    yield value;
  }
}

/** A built-in size, whatever a subclass makes of `size`. */
function size(prototype: object, value: object): number {
  return Object.getOwnPropertyDescriptor(prototype, "size")?.get?.call(value) ?? 0;
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;

function typedArrayLength(value: NodeJS.TypedArray): number {
  return Object.getOwnPropertyDescriptor(typedArray, "length")?.get?.call(value) ?? 0;
}
