// Values behind the numbers of `variablesReference`. A number stays good as long as its object lives; objects are
// held weakly, so that looking at a large tensor does not keep it.
import { type Child, childrenOf, type Group, groupChildren } from "./children.js";
import { describe, ownValue } from "./describe.js";
import type { Variable } from "./protocol.js";

/** Names that the kernel's compiler adds to a cell. */
const hidden = /^__latentLab/;
/** Groups of children (a part of a long array) that are remembered. */
const keptGroups = 5000;
const keptResults = 200;

export class ValueBook {
  readonly #numbers = new WeakMap<object, number>();
  readonly #objects = new Map<number, WeakRef<object>>();
  readonly #groups = new Map<number, Group>();
  readonly #gone = new FinalizationRegistry<number>((reference) => this.#objects.delete(reference));
  #results: unknown[] = [];
  #next = 1;

  globals(readers: Record<string, () => unknown>): Variable[] {
    const children = Object.entries(readers).map(([name, read]): Child => {
      try {
        return { name, value: read() };
      } catch {
        return { name, text: "not yet initialized", type: "" };
      }
    });
    return this.#variables(children);
  }

  scope(scope: object): Variable[] {
    // To newer V8s, a variable above its declaration throws even when it is described.
    const readers = Object.getOwnPropertyNames(scope).map((name) => [name, () => ownValue(scope, name)]);
    return this.globals(Object.fromEntries(readers));
  }

  /** What is inside; empty if the object is gone. */
  children(reference: number): Variable[] {
    const group = this.#groups.get(reference);
    if (group !== undefined) return this.#variables(groupChildren(group));
    const object = this.#objects.get(reference)?.deref();
    return object === undefined ? [] : this.#variables(childrenOf(object));
  }

  keep(value: unknown): Variable {
    this.#results.push(value);
    if (this.#results.length > keptResults) this.#results.shift();
    return this.#variable({ name: "", value });
  }

  forget(): void {
    this.#results = [];
  }

  #variables(children: Child[]): Variable[] {
    return children.filter(({ name }) => !hidden.test(name)).map((child) => this.#variable(child));
  }

  #variable(child: Child): Variable {
    const { name } = child;
    if ("text" in child) return { name, value: child.text, type: child.type, variablesReference: 0 };
    if ("group" in child) {
      const { type, text } = child.group;
      return { name, value: text, type, variablesReference: this.#groupNumber(child.group) };
    }
    const { type, text, inside } = describe(child.value);
    return { name, value: text, type, variablesReference: inside === undefined ? 0 : this.#number(inside) };
  }

  #number(object: object): number {
    const known = this.#numbers.get(object);
    if (known !== undefined) return known;
    const reference = this.#next++;
    this.#numbers.set(object, reference);
    this.#objects.set(reference, new WeakRef(object));
    this.#gone.register(object, reference);
    return reference;
  }

  #groupNumber(group: Group): number {
    const reference = this.#next++;
    this.#groups.set(reference, group);
    for (const oldest of this.#groups.keys()) {
      if (this.#groups.size <= keptGroups) break;
      this.#groups.delete(oldest);
    }
    return reference;
  }
}
