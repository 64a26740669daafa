// The call stack of a paused main thread as the user sees it: frames of cells and of local modules, in lines of
// TypeScript, with the variables of each.
import type { Debugger } from "node:inspector";
import type { InspectorLink } from "./inspector-link.js";
import { type Body, DebugError, type Variable } from "./protocol.js";
import type { UserScript, UserScripts } from "./scripts.js";

type CallFrame = Debugger.CallFrame;

export interface UserFrame {
  id: number;
  script: UserScript;
  frame: CallFrame;
  /** The body of a cell, outside of all its functions. */
  isCellBody: boolean;
  name: string;
  line: number;
  column: number;
}

/** What a scope of a frame shows: V8's scope objects, the innermost first, and what a cell adds by name. */
interface Scope {
  name: string;
  objects: string[];
  frame: UserFrame;
}

/** Above all numbers that the main thread gives. */
const firstScopeReference = 1_000_000_000;
export const globalsReference = firstScopeReference - 1;

export class Frames {
  readonly all: readonly UserFrame[];
  readonly #link: InspectorLink;
  readonly #scopes: Scope[] = [];

  constructor(all: readonly UserFrame[], link: InspectorLink) {
    this.all = all;
    this.#link = link;
  }

  get(id: unknown): UserFrame {
    const found = this.all.find((frame) => frame.id === id);
    if (found === undefined) throw new DebugError("this frame is gone: the program has gone on.");
    return found;
  }

  describe(): Body[] {
    return this.all.map(({ id, name, line, column, script }) => {
      return { id, name, line, column, source: { name: script.name, path: script.path } };
    });
  }

  /** Locals and what they close over; the notebook's own variables come first where there are no locals. */
  async scopes(id: unknown): Promise<Body[]> {
    const frame = this.get(id);
    const scopes: Body[] = [{ name: "Globals", variablesReference: globalsReference, expensive: false }];
    for (const [name, objects] of [
      ["Closure", outer(frame)],
      ["Locals", inner(frame)],
    ] as const) {
      const scope = { name, objects, frame };
      if ((await this.#variablesOf(scope)).length === 0) continue;
      this.#scopes.push(scope);
      const variablesReference = firstScopeReference + this.#scopes.length - 1;
      scopes.unshift({ name, variablesReference, expensive: false });
    }
    return scopes;
  }

  /** The variables of a scope, or `undefined` if the number is not a scope's. */
  async variables(reference: number): Promise<Variable[] | undefined> {
    const scope = this.#scopes[reference - firstScopeReference];
    return scope && this.#variablesOf(scope);
  }

  async #variablesOf({ name, objects, frame }: Scope): Promise<Variable[]> {
    const found = new Map<string, Variable>();
    for (const object of objects) {
      for (const variable of await this.#link.targetWith<Variable[]>(object, "scope")) {
        if (!found.has(variable.name)) found.set(variable.name, variable); // an inner one hides an outer one
      }
    }
    const self = frame.frame.this;
    if (
      name === "Locals" &&
      !frame.isCellBody &&
      self.objectId !== undefined &&
      self.className !== "global"
    ) {
      found.set("this", {
        ...(await this.#link.targetWith<Variable>(self.objectId, "result")),
        name: "this",
      });
    }
    if (name === "Locals" && frame.isCellBody) {
      for (const variable of await globals(this.#link, frame.script.declared)) {
        if (!found.has(variable.name)) found.set(variable.name, variable);
      }
    }
    return [...found.values()];
  }
}

/** The notebook's variables with these names, in one question. */
export function globals(link: InspectorLink, names: readonly string[]): Promise<Variable[]> {
  if (names.length === 0) return Promise.resolve([]);
  return link.target(
    `globals({ ${names.map((name) => `${JSON.stringify(name)}: () => ${name}`).join(", ")} })`,
  );
}

/** V8's frames that are the user's. `serial` keeps ids of different stops apart. */
export async function userFrames(
  callFrames: readonly CallFrame[],
  scripts: UserScripts,
  serial: number,
): Promise<UserFrame[]> {
  const frames: UserFrame[] = [];
  for (const [index, frame] of callFrames.entries()) {
    const described = await userFrame(frame, scripts, serial * 1000 + index);
    if (described !== undefined) frames.push(described);
  }
  return frames;
}

/** The frame, if it is at a place of the user's text. */
export async function userFrame(
  frame: CallFrame,
  scripts: UserScripts,
  id = 0,
): Promise<UserFrame | undefined> {
  const script = await scripts.get(frame.location.scriptId);
  const { lineNumber, columnNumber = 0 } = frame.location;
  const at = script?.locate({ lineNumber, columnNumber });
  if (script === undefined || at === undefined) return undefined;
  const isCellBody = script.isCell && frame.functionName.includes("__latentLab");
  const name =
    isCellBody || frame.functionName === "" ? (isCellBody ? script.name : "(anonymous)") : frame.functionName;
  return { id, script, frame, isCellBody, name: moduleName(name, frame, script), ...at };
}

function moduleName(name: string, frame: CallFrame, script: UserScript): string {
  const isModule = frame.functionName === "" && frame.scopeChain[0]?.type === "module";
  return isModule ? script.name : name;
}

/** The function's own scopes and the blocks in it. */
function inner({ frame }: UserFrame): string[] {
  return objectsOf(frame.scopeChain.slice(0, functionEnd(frame)));
}

/** What encloses the function, up to the script. */
function outer({ frame }: UserFrame): string[] {
  return objectsOf(frame.scopeChain.slice(functionEnd(frame)));
}

function functionEnd({ scopeChain }: CallFrame): number {
  return scopeChain.findIndex(({ type }) => type === "local" || type === "module") + 1;
}

function objectsOf(chain: CallFrame["scopeChain"]): string[] {
  return chain
    .filter(({ type }) => type !== "global" && type !== "script")
    .flatMap(({ object }) => (object.objectId === undefined ? [] : [object.objectId]));
}
