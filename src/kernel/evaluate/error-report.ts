// An error as the protocol wants it, and as a learner can use it: what happened, the lines around it with a
// mark, where it was called from, and what caused it.
import { fileURLToPath } from "node:url";
import { inspect, types } from "node:util";
import { bold, codeFrame, dim, type Place, red } from "../code-frame.js";
import type { ErrorReport } from "../threads/messages.js";
import { CellSyntaxError } from "./cell-errors.js";
import type { CellSources } from "./stack-trace.js";

/**
 * Describes anything that was thrown, whatever its getters, proxies and `toString` do: this never throws.
 * @param code the text of the cell that did not parse, if that was it
 */
export function reportError(thrown: unknown, sources: CellSources, code?: string): ErrorReport {
  try {
    return describeThrown(thrown, sources, code);
  } catch {
    const evalue =
      "what was thrown cannot be shown: looking at it throws. If a cell changed a built-in object, restart the kernel.";
    return { ename: "Thrown", evalue, traceback: [`Thrown: ${evalue}`] };
  }
}

function describeThrown(thrown: unknown, sources: CellSources, code?: string): ErrorReport {
  if (!types.isProxy(thrown) && thrown instanceof CellSyntaxError && code !== undefined) {
    const place = { file: thrown.cellName, line: thrown.line, column: thrown.column };
    return report("SyntaxError", thrown.message, [codeFrame(code, place), dim(`    at ${describe(place)}`)]);
  }
  if (!isError(thrown)) {
    const evalue = inspect(thrown, { depth: 2 });
    return report("Thrown", evalue, [
      dim("    (a value that is not an Error has no stack; throw an Error to see where)"),
    ]);
  }
  const ename = String(thrown.name ?? "Error");
  return report(ename, String(thrown.message), details(thrown, sources, new Set()));
}

function report(ename: string, evalue: string, rest: string[]): ErrorReport {
  return { ename, evalue, traceback: [`${red(bold(ename))}: ${evalue}`, ...rest] };
}

/** Code frame, stack, further properties, and the causes in turn. */
function details(error: Error, sources: CellSources, seen: Set<unknown>): string[] {
  seen.add(error);
  const lines: string[] = [];
  const frames = stackLines(error);
  const place = frames.map(cellPlace).find((each) => each !== undefined);
  const source = place && sources.get(place.file);
  if (place && source) lines.push(codeFrame(source.code, place));
  if (frames.length > 0) lines.push(dim(withoutDepths(frames).join("\n")));
  if (error instanceof AggregateError) {
    for (const each of error.errors) lines.push(...nested("One of the errors", each, sources, seen));
  }
  if (error.cause !== undefined && !seen.has(error.cause)) {
    lines.push(...nested("Caused by", error.cause, sources, seen));
  }
  return lines;
}

function nested(title: string, thrown: unknown, sources: CellSources, seen: Set<unknown>): string[] {
  if (!isError(thrown)) return [`${title}: ${inspect(thrown, { depth: 2 })}`];
  return [`${title} ${red(thrown.name)}: ${thrown.message}`, ...details(thrown, sources, seen)];
}

function isError(value: unknown): value is Error {
  if (types.isProxy(value)) return false; // its traps are the user's code
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function stackLines(error: Error): string[] {
  const stack = typeof error.stack === "string" ? error.stack : "";
  return stack.split("\n").filter((line) => /^\s+at /.test(line));
}

/**
 * What goes on inside of libraries says little to a learner, and a loss's error has some forty such lines before the next one
 * of the notebook: the first few of each run are shown, and how many follow; of very many, both ends. `error.stack` has all.
 */
function withoutDepths(frames: readonly string[]): string[] {
  const shown: string[] = [];
  let run: string[] = [];
  const endRun = (): void => {
    const more = run.length - shownOfLibraries;
    shown.push(...(more > 1 ? [...run.slice(0, shownOfLibraries), `    … ${more} more in libraries`] : run));
    run = [];
  };
  for (const frame of frames) {
    if (isLibrarys(frame)) {
      run.push(frame);
      continue;
    }
    endRun();
    shown.push(frame);
  }
  endRun();
  const more = shown.length - most;
  return more > 1 ? [...shown.slice(0, most / 2), `    … ${more} more`, ...shown.slice(-most / 2)] : shown;
}

/** Of a function without an end that calls itself. */
const most = 30;

const shownOfLibraries = 3;
const ownFolder = new URL("../../", import.meta.url);
const ownPlaces = [ownFolder.href, fileURLToPath(ownFolder)];

function isLibrarys(frame: string): boolean {
  return /[\\/]node_modules[\\/]/.test(frame) || ownPlaces.some((each) => frame.includes(each));
}

function cellPlace(line: string): Place | undefined {
  const match = /(Cell \[[^\]]*\]):(\d+):(\d+)/.exec(line);
  return match?.[1] ? { file: match[1], line: Number(match[2]), column: Number(match[3]) } : undefined;
}

function describe({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
