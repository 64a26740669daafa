// What is inside an object, for the variables' view: fields, elements in parts of a hundred, entries of maps and
// sets, a tensor's values. Getters are named, not run.
import { types } from "node:util";
import { asTensor, describe, short } from "./describe.js";

/** One child: a value, a text where reading it would run code, or a group to open. */
export type Child = { name: string } & (
  | { value: unknown }
  | { text: string; type: string }
  | { group: Group }
);

/** Elements `from` up to `end` of a list; what it belongs to is held weakly. */
export interface Group {
  of: WeakRef<object>;
  from: number;
  end: number;
  type: string;
  text: string;
}

const partSize = 100;
const longest = 1000; // fields, entries of a map or set

export function childrenOf(object: object): Child[] {
  const tensor = asTensor(object);
  if (tensor !== undefined && !tensor.isDisposed) {
    return [
      { name: "shape", value: tensor.shape },
      { name: "dtype", value: tensor.dtype },
      { name: "values", value: tensor.dataSync() },
    ];
  }
  if (Array.isArray(object) || types.isTypedArray(object)) {
    return [...elements(object, 0, object.length), ...fields(object, isIndex)];
  }
  if (types.isMap(object)) return [...entries(object), ...fields(object)];
  if (types.isSet(object)) return [...members(object), ...fields(object)];
  return fields(object);
}

export function groupChildren({ of, from, end }: Group): Child[] {
  const list = of.deref();
  return list === undefined ? [] : elements(list as ArrayLike<unknown> & object, from, end);
}

function elements(list: ArrayLike<unknown> & object, from: number, end: number): Child[] {
  if (end - from <= partSize) {
    return Array.from({ length: end - from }, (_, at) => element(list, from + at));
  }
  let step = partSize;
  while ((end - from) / step > partSize) step *= partSize;
  const groups: Child[] = [];
  for (let at = from; at < end; at += step) {
    const last = Math.min(at + step, end);
    const group = { of: new WeakRef(list), from: at, end: last, type: `${last - at} elements`, text: "" };
    groups.push({ name: `[${at} … ${last - 1}]`, group });
  }
  return groups;
}

function element(list: ArrayLike<unknown> & object, index: number): Child {
  const name = String(index);
  const descriptor = Object.getOwnPropertyDescriptor(list, name);
  if (descriptor === undefined) return { name, text: "(empty)", type: "" };
  return "value" in descriptor ? { name, value: descriptor.value } : { name, text: "(getter)", type: "" };
}

function entries(map: Map<unknown, unknown>): Child[] {
  const children: Child[] = [];
  for (const [key, value] of Map.prototype.entries.call(map) as IterableIterator<[unknown, unknown]>) {
    if (children.length >= longest) return [...children, more];
    children.push({ name: typeof key === "object" ? short(key).slice(0, 60) : describe(key).text, value });
  }
  return children;
}

function members(set: Set<unknown>): Child[] {
  const children: Child[] = [];
  for (const value of Set.prototype.values.call(set)) {
    if (children.length >= longest) return [...children, more];
    children.push({ name: String(children.length), value });
  }
  return children;
}

const more: Child = { name: "…", text: "more are not shown", type: "" };

function fields(object: object, leftOut: (key: string) => boolean = () => false): Child[] {
  const children: Child[] = [];
  for (const key of Reflect.ownKeys(object)) {
    if (typeof key === "string" && (leftOut(key) || (typeof object === "function" && builtIn.has(key))))
      continue;
    if (children.length >= longest) return [...children, more];
    const name = typeof key === "string" ? key : `[${String(key)}]`;
    const descriptor = Object.getOwnPropertyDescriptor(object, key);
    if (descriptor === undefined) continue;
    if (!("value" in descriptor)) children.push({ name, text: "(getter)", type: "getter" });
    else if (descriptor.enumerable || Array.isArray(object) === false) {
      children.push({ name, value: descriptor.value });
    }
  }
  return children;
}

const builtIn = new Set(["length", "name", "prototype", "arguments", "caller"]);

function isIndex(key: string): boolean {
  return key === "length" || /^(0|[1-9]\d*)$/.test(key);
}
