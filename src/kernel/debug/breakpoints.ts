// Breakpoints by the text of a cell or by a file, put into every script that has that text: also into cells that
// run later, before their first statement, and into modules that are loaded later.
import { expressionToJavaScript, logCondition } from "./expressions.js";
import type { InspectorLink } from "./inspector-link.js";
import { type Body, DebugError, type SourceBreakpoint } from "./protocol.js";
import type { RunningPlace, UserScript, UserScripts } from "./scripts.js";

interface Parts {
  link: () => InspectorLink;
  scripts: UserScripts;
  /** Whether a path is a cell's that the front end has sent. */
  isDumped: (path: string) => boolean;
}

/** Where V8 can stop in a script, with the line of the user's text. */
interface StopPlace extends RunningPlace {
  line: number;
  column: number;
}

interface PlacedBreakpoint {
  breakpointId: string;
}

export class Breakpoints {
  readonly #parts: Parts;
  readonly #wanted = new Map<string, SourceBreakpoint[]>();
  /** V8's ids, by path and by script. */
  readonly #placed = new Map<string, Map<string, string[]>>();
  readonly #places = new Map<string, Promise<StopPlace[]>>();
  #waitsForFiles: string | undefined;
  #ids = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** As `debugInfo` lists them. */
  list(): Body[] {
    return [...this.#wanted]
      .filter(([, breakpoints]) => breakpoints.length > 0)
      .map(([source, breakpoints]) => ({ source, breakpoints }));
  }

  forget(): void {
    this.#wanted.clear();
    this.#placed.clear();
    this.#places.clear();
    this.#waitsForFiles = undefined;
  }

  /** Replaces all breakpoints of a path; gives them back with the lines where V8 stops. */
  async set(path: string, breakpoints: SourceBreakpoint[]): Promise<Body[]> {
    this.#wanted.set(path, breakpoints);
    for (const ids of this.#placed.get(path)?.values() ?? []) {
      for (const breakpointId of ids)
        await this.#parts.link().post("Debugger.removeBreakpoint", { breakpointId });
    }
    this.#placed.delete(path);
    await this.#watchFiles();
    let lines = breakpoints.map(({ line }): number | undefined => line);
    const scripts = await this.#parts.scripts.withPath(path);
    for (const script of scripts) lines = await this.place(script);
    const isKnown =
      scripts.length > 0 || this.#parts.isDumped(path) || this.#parts.scripts.text(path) !== undefined;
    return breakpoints.map(({ line }, index) => {
      const verified = isKnown && lines[index] !== undefined;
      const message = verified ? {} : { message: "No code runs at this line or below it." };
      return { id: ++this.#ids, verified, line: lines[index] ?? line, source: { path }, ...message };
    });
  }

  /** Puts the breakpoints of its path into a script. @returns the line of each, in the order they were set */
  async place(script: UserScript): Promise<(number | undefined)[]> {
    const wanted = this.#wanted.get(script.path) ?? [];
    if (wanted.length === 0) return [];
    const placed = this.#placed.get(script.path) ?? new Map<string, string[]>();
    this.#placed.set(script.path, placed);
    if (placed.has(script.id)) return [];
    const ids: string[] = [];
    placed.set(script.id, ids);
    const places = await this.places(script);
    const taken = new Set<StopPlace>();
    const lines: (number | undefined)[] = [];
    for (const breakpoint of wanted) {
      const place = firstAt(places, breakpoint.line);
      lines.push(place?.line);
      if (place === undefined || taken.has(place)) continue;
      taken.add(place);
      const { lineNumber, columnNumber } = place;
      const location = { scriptId: script.id, lineNumber, columnNumber };
      const condition = conditionOf(breakpoint);
      const { breakpointId } = await this.#parts
        .link()
        .post<PlacedBreakpoint>("Debugger.setBreakpoint", { location, ...(condition ? { condition } : {}) });
      ids.push(breakpointId);
    }
    return lines;
  }

  /** All places where V8 can stop in a script, in the order of the user's text. */
  places(script: UserScript): Promise<StopPlace[]> {
    const known = this.#places.get(script.id) ?? this.#findPlaces(script);
    this.#places.set(script.id, known);
    return known;
  }

  async #findPlaces(script: UserScript): Promise<StopPlace[]> {
    const { locations } = await this.#parts
      .link()
      .post<{ locations: Partial<RunningPlace>[] }>("Debugger.getPossibleBreakpoints", {
        start: { scriptId: script.id, lineNumber: 0, columnNumber: 0 },
      });
    return locations
      .flatMap(({ lineNumber = 0, columnNumber = 0 }) => {
        const at = script.locate({ lineNumber, columnNumber });
        return at === undefined ? [] : [{ lineNumber, columnNumber, ...at }];
      })
      .sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** V8 stops before each script is run, as long as there are breakpoints in files: they may be about to load. */
  async #watchFiles(): Promise<void> {
    const needed = [...this.#wanted].some(([path, list]) => list.length > 0 && !this.#parts.isDumped(path));
    if (needed && this.#waitsForFiles === undefined) {
      const instrumentation = "beforeScriptExecution";
      const { breakpointId } = await this.#parts
        .link()
        .post<PlacedBreakpoint>("Debugger.setInstrumentationBreakpoint", { instrumentation });
      this.#waitsForFiles = breakpointId;
    } else if (!needed && this.#waitsForFiles !== undefined) {
      const breakpointId = this.#waitsForFiles;
      this.#waitsForFiles = undefined;
      await this.#parts.link().post("Debugger.removeBreakpoint", { breakpointId });
    }
  }
}

/** The first place of a line, or of the next line that has one. */
function firstAt(places: readonly StopPlace[], line: number): StopPlace | undefined {
  return places.find((place) => place.line >= line);
}

function conditionOf({ condition, logMessage }: SourceBreakpoint): string | undefined {
  const test = condition === undefined ? undefined : expressionToJavaScript(condition);
  if (condition !== undefined && test === undefined)
    throw new DebugError(`the condition is no expression: ${condition}`);
  if (logMessage === undefined) return test;
  return test === undefined ? logCondition(logMessage) : `${test} && ${logCondition(logMessage)}`;
}
