// Decides what becomes of each stop of V8: shown to the user, or passed over in silence. Keeps what is paused.
import type { Debugger } from "node:inspector";
import type { Breakpoints } from "./breakpoints.js";
import { isCaughtByUser } from "./exceptions.js";
import { Frames, type UserFrame, userFrame, userFrames } from "./frames.js";
import type { InspectorLink } from "./inspector-link.js";
import { type Body, DebugError } from "./protocol.js";
import type { UserScripts } from "./scripts.js";
import { Step, type StepKind, TemporaryBreakpoints } from "./stepping.js";

interface Parts {
  link: () => InspectorLink;
  scripts: UserScripts;
  breakpoints: Breakpoints;
  event: (name: string, body: Body) => void;
  /** Whether a cell runs now. */
  isRunning: () => boolean;
}

type PausedEvent = Debugger.PausedEventDataType;
type Verdict = { shown: { reason: string; text?: string } } | { go: StepKind | "resume" };

interface Stop {
  callFrames: readonly Debugger.CallFrame[];
  users: readonly UserFrame[];
  top: UserFrame | undefined;
}

/** The one thread that the user has. */
export const threadId = 1;

export class Pauses {
  /** Pause where: `all` exceptions, or only `uncaught` ones. */
  exceptionFilters: readonly string[] = [];
  /** What an exception stopped for, until the program goes on. */
  exceptionText: string | undefined;
  readonly #parts: Parts;
  readonly #temporary: TemporaryBreakpoints;
  #shown: { frames: Frames; stop: Stop } | undefined;
  #stopped = false;
  #step: Step | undefined;
  #wanted = false;
  #serial = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#temporary = new TemporaryBreakpoints(parts.link);
  }

  /** Whether the main thread stands still, shown or not. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Whether the user sees it stand still. */
  get isShown(): boolean {
    return this.#shown !== undefined;
  }

  /** @throws DebugError if nothing is paused */
  get frames(): Frames {
    if (this.#shown === undefined) throw new DebugError("nothing is paused.");
    return this.#shown.frames;
  }

  async paused(event: PausedEvent): Promise<void> {
    this.#stopped = true;
    const { scripts } = this.#parts;
    const users = await userFrames(event.callFrames, scripts, ++this.#serial);
    const first = event.callFrames[0];
    const top = first && (await userFrame(first, scripts)) ? users[0] : undefined;
    const stop = { callFrames: event.callFrames, users, top };
    const verdict = await this.#judge(event, stop);
    if (!this.#stopped) return; // interrupted meanwhile
    if ("go" in verdict) return this.#parts.link().post(`Debugger.${verdict.go}`);
    this.#step = undefined;
    this.#wanted = false;
    await this.#temporary.clear();
    this.#shown = { frames: new Frames(users, this.#parts.link()), stop };
    const { reason, text } = verdict.shown;
    this.exceptionText = text;
    const description = text === undefined ? {} : { description: "Paused on exception", text };
    this.#parts.event("stopped", { reason, threadId, allThreadsStopped: true, ...description });
  }

  resumed(): void {
    this.#stopped = false;
    if (this.#shown === undefined) return;
    this.#shown = undefined;
    this.exceptionText = undefined;
    this.#parts.event("continued", { threadId, allThreadsContinued: true });
    this.#parts
      .link()
      .target("forget()")
      .catch(() => {}); // only frees what was looked at
  }

  async go(kind: StepKind | "resume"): Promise<void> {
    if (this.#shown === undefined) throw new DebugError("nothing is paused.");
    const { stop } = this.#shown;
    if (kind === "resume") return this.#parts.link().post("Debugger.resume");
    this.#step = new Step(kind, this.#parts.link(), stop);
    const how = await this.#step.start(this.#temporary, stop);
    await this.#parts.link().post(`Debugger.${how}`);
  }

  /** Stops at the user's next statement: in what runs, or in the next cell. */
  async pause(): Promise<void> {
    if (this.#stopped) throw new DebugError("it is paused already.");
    this.#wanted = true;
    if (this.#parts.isRunning()) await this.#parts.link().post("Debugger.pause");
  }

  /** A cell is about to run; it is held at its first statement if `pause` was asked for. */
  async cellStarts(url: string): Promise<void> {
    const script = await this.#parts.scripts.named(url);
    if (script === undefined) return;
    await this.#parts.breakpoints.place(script);
    if (!this.#wanted) return;
    const places = await this.#parts.breakpoints.places(script);
    const first = places.toSorted(
      (a, b) => a.lineNumber - b.lineNumber || a.columnNumber - b.columnNumber,
    )[0];
    if (first) await this.#temporary.set([{ ...first, scriptId: script.id }]);
  }

  /** Steps end with the cell. */
  cellEnded(): void {
    this.#step = undefined;
    void this.#temporary.clear().catch(() => {}); // the debugger may be off by now
  }

  /** Ends what is paused, so that nothing of it runs on. */
  async terminate(): Promise<void> {
    if (!this.#stopped) return;
    this.#step = undefined;
    const link = this.#parts.link();
    await Promise.all([link.post("Runtime.terminateExecution"), link.post("Debugger.resume")]).catch(
      () => {},
    );
  }

  forget(): void {
    this.exceptionFilters = [];
    this.#step = undefined;
    this.#wanted = false;
    this.resumed();
  }

  async #judge(event: PausedEvent, stop: Stop): Promise<Verdict> {
    if (isInstrumentation(event)) return this.#beforeScript(event);
    const isException = event.reason === "exception" || event.reason === "promiseRejection";
    if (isException && this.#stopsFor(stop))
      return { shown: { reason: "exception", text: exceptionText(event) } };
    const hits = event.hitBreakpoints ?? [];
    if (hits.length > 0 && !this.#temporary.has(hits) && stop.top) return { shown: { reason: "breakpoint" } };
    if (this.#wanted) {
      if (stop.top) return { shown: { reason: "pause" } };
      this.#step ??= new Step("stepInto", this.#parts.link());
    }
    if (this.#temporary.has(hits)) {
      // The end of an asynchronous function that is stepped out of: on to what awaits it.
      await this.#temporary.clear();
      return { go: "stepInto" };
    }
    if (this.#step !== undefined) {
      const go = this.#step.next(stop);
      if (go === "resume") this.#step = undefined;
      return go === undefined ? { shown: { reason: "step" } } : { go };
    }
    return this.#isDebuggerStatement(stop) ? { shown: { reason: "breakpoint" } } : { go: "resume" };
  }

  async #beforeScript({ data }: PausedEvent): Promise<Verdict> {
    const id = String((data as { scriptId?: unknown } | undefined)?.scriptId ?? "");
    const script = await this.#parts.scripts.get(id);
    if (script !== undefined && !script.isCell) await this.#parts.breakpoints.place(script);
    return { go: this.#step === undefined ? "resume" : "stepInto" };
  }

  #stopsFor({ users, top }: Stop): boolean {
    if (this.exceptionFilters.includes("all")) return top !== undefined;
    if (!this.exceptionFilters.includes("uncaught") || users.length === 0) return false;
    return !isCaughtByUser(users, (path) => this.#parts.scripts.text(path));
  }

  #isDebuggerStatement({ top }: Stop): boolean {
    if (top === undefined) return false;
    const line = this.#parts.scripts.text(top.script.path)?.split("\n")[top.line - 1];
    return line?.startsWith("debugger", top.column - 1) ?? false;
  }
}

function isInstrumentation({ reason }: PausedEvent): boolean {
  return reason === "instrumentation";
}

function exceptionText({ data }: PausedEvent): string {
  const { description, value } = (data ?? {}) as { description?: unknown; value?: unknown };
  return String(description ?? value ?? "").split("\n    at ")[0] ?? "";
}
