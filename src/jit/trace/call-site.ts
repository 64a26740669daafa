// Which line of the user's code, and which function of TensorFlow.js that it called, led to an error.
import { fileURLToPath } from "node:url";

const folder = new URL("../..", import.meta.url);
/** How the library's frames name their file: as URLs, or as paths where a loader maps sources. */
const ours = [folder.href, fileURLToPath(folder)];
const libraries = /node_modules|node:internal|<anonymous>/;
/** Between the user's line and an operation's kernel lie gradients, scopes and layers. */
const framesWanted = 60;

/** Runs `body` with stacks long enough for `callSite`. */
export function withLongStacks<T>(body: () => T): T {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = Math.max(before, framesWanted);
  try {
    return body();
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** Whether `caller`, a named function declaration, is on the stack. */
export function calledBy(caller: (...values: never[]) => unknown): boolean {
  const { prepareStackTrace, stackTraceLimit } = Error;
  let names: (string | null)[] = [];
  Error.stackTraceLimit = Number.POSITIVE_INFINITY;
  Error.prepareStackTrace = (_, frames) => {
    names = frames.map((frame) => frame.getFunctionName());
  };
  void new Error().stack;
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  return names.includes(caller.name);
}

/** Whether TensorFlow.js itself threw it, not the user's function or a library of theirs. */
export function thrownByTensorFlow(error: Error): boolean {
  return /@tensorflow[\\/]/.test(framesOf(error)[0] ?? "");
}

/** ` in dataSync at model.ts:12:5`, as far as the stack tells; else empty. */
export function callSite(error: Error): string {
  const frames = framesOf(error);
  const users = frames.findIndex((line) => !isOurs(line) && !libraries.test(line));
  const called = users > 0 ? frames[users - 1] : undefined;
  const operations = frames
    .slice(0, users < 0 ? frames.length : users)
    .flatMap((line) => /at (?:\w+\.)?(\w+?)_ /.exec(line)?.[1] ?? []);
  const name = operations.at(-1) ?? /at (?:async )?(?:\w+\.)?(\w+) /.exec(called ?? "")?.[1];
  const place = users < 0 ? undefined : /(?:\(|at )([^()]+:\d+:\d+)\)?$/.exec(frames[users] as string)?.[1];
  return `${name ? ` in ${name}` : ""}${place ? ` at ${place}` : ""}`;
}

function framesOf(error: Error): string[] {
  return (error.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
}

function isOurs(frame: string): boolean {
  return ours.some((prefix) => frame.includes(prefix));
}
