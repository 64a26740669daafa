// Steps as the user counts them: by lines of TypeScript, over what the kernel and Node do in between, and out of
// an asynchronous function into the code that awaits it.
import type { Debugger } from "node:inspector";
import type { UserFrame } from "./frames.js";
import type { InspectorLink } from "./inspector-link.js";

export type StepKind = "stepOver" | "stepInto" | "stepOut";

/** How often V8 may stop in foreign code before a step is given up: it has left the user's code for good. */
const patience = 500;

type Stop = {
  callFrames: readonly Debugger.CallFrame[];
  users: readonly UserFrame[];
  top: UserFrame | undefined;
};

interface Start {
  script: string;
  functionAt: string;
  line: number;
  depth: number;
  place: readonly [line: number, column: number];
}

export class Step {
  readonly #kind: StepKind;
  readonly #link: InspectorLink;
  #last: Start | undefined;
  #tries = 0;

  constructor(kind: StepKind, link: InspectorLink, from?: Stop) {
    this.#kind = kind;
    this.#link = link;
    this.#last = from && startOf(from);
  }

  /** What V8 is to do next, or `undefined` if the step has arrived. */
  next(stop: Stop): StepKind | "resume" | undefined {
    if (++this.#tries > patience) return "resume";
    // Foreign code: back to the user's below it, or on to whatever of the user's runs next.
    if (stop.top === undefined) return stop.users.length > 0 ? "stepOut" : "stepInto";
    if (this.#kind === "stepOut" || !this.#isOnSameLine(stop)) return undefined;
    this.#last = startOf(stop);
    return this.#kind;
  }

  /** Starts the step; `temporary` are breakpoints that it needs. */
  async start(temporary: TemporaryBreakpoints, from: Stop): Promise<StepKind | "resume"> {
    if (this.#kind !== "stepOut" || from.users.length > 1 || from.users[0] === undefined) return this.#kind;
    // Nobody of the user's called this function: it goes on after an `await`. It is left where it returns.
    const { functionLocation } = from.users[0].frame;
    if (functionLocation === undefined) return this.#kind;
    const { locations } = await this.#link.post<{ locations: Debugger.BreakLocation[] }>(
      "Debugger.getPossibleBreakpoints",
      { start: functionLocation, restrictToFunction: true },
    );
    const returns = locations.filter(({ type }) => type === "return");
    await temporary.set(returns);
    return "resume";
  }

  /** On along the line, in the same call: not yet a step for the user. */
  #isOnSameLine(stop: Stop): boolean {
    const now = startOf(stop);
    const before = this.#last;
    if (now === undefined || before === undefined) return false;
    const same =
      now.script === before.script &&
      now.functionAt === before.functionAt &&
      now.line === before.line &&
      now.depth === before.depth;
    // Going back means a loop's next round, which is a step.
    const forward =
      now.place[0] > before.place[0] || (now.place[0] === before.place[0] && now.place[1] > before.place[1]);
    return same && forward;
  }
}

/** Breakpoints that are gone at the next stop. */
export class TemporaryBreakpoints {
  readonly #link: () => InspectorLink;
  #ids: string[] = [];

  constructor(link: () => InspectorLink) {
    this.#link = link;
  }

  async set(locations: readonly Debugger.Location[]): Promise<void> {
    for (const { scriptId, lineNumber, columnNumber } of locations) {
      try {
        const location = { scriptId, lineNumber, columnNumber };
        const { breakpointId } = await this.#link().post<{ breakpointId: string }>("Debugger.setBreakpoint", {
          location,
        });
        this.#ids.push(breakpointId);
      } catch {
        // The user has a breakpoint there, which serves as well.
      }
    }
  }

  has(ids: readonly string[]): boolean {
    return ids.length > 0 && ids.every((id) => this.#ids.includes(id));
  }

  async clear(): Promise<void> {
    for (const breakpointId of this.#ids.splice(0)) {
      await this.#link().post("Debugger.removeBreakpoint", { breakpointId });
    }
  }
}

function startOf({ callFrames, top }: Stop): Start | undefined {
  if (top === undefined) return undefined;
  const { location, functionLocation } = top.frame;
  return {
    script: location.scriptId,
    functionAt: `${functionLocation?.lineNumber}:${functionLocation?.columnNumber}`,
    line: top.line,
    depth: callFrames.length,
    place: [location.lineNumber, location.columnNumber ?? 0],
  };
}
