// Which line of the user's code, and which function of TensorFlow.js that it called, led to an error.
import { fileURLToPath } from "node:url";

const folder = new URL("../..", import.meta.url);
/** How the library's frames name their file: as URLs, or as paths where a loader maps sources. */
const ours = [folder.href, fileURLToPath(folder)];
/** Where a loader maps sources (`node --enable-source-maps`), TensorFlow.js lies in its authors' folders. */
const mapped = String.raw`[\\/]tfjs-[\w-]+[\\/]src[\\/]`;
const libraries = new RegExp(`node_modules|node:internal|${mapped}`);
const tensorFlow = new RegExp(String.raw`@tensorflow[\\/]|${mapped}`);
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
  return tensorFlow.test(framesOf(error)[0]?.place ?? "");
}

/** ` in dataSync at model.ts:12:5`, as far as the stack tells; else empty. */
export function callSite(error: Error): string {
  const frames = framesOf(error);
  const users = frames.findIndex(
    ({ place }) => /:\d+:\d+$/.test(place) && !isOurs(place) && !libraries.test(place),
  );
  const between = frames.slice(0, users < 0 ? frames.length : users);
  const operations = between.flatMap(({ name }) => /^(?:\w+\.)?(\w+?)_$/.exec(name)?.[1] ?? []);
  const called = between.at(-1); // not by its name inside, if it is a function of ours, as `fit`
  const name =
    operations.at(-1) ??
    (called && users > 0 && !isOurs(called.place)
      ? /(\w+)(?: \[as \w+\])?$/.exec(called.name)?.[1]
      : undefined);
  const place = frames[users]?.place;
  return `${name ? ` in ${name}` : ""}${place ? ` at ${place}` : ""}`;
}

/** A line of a stack. */
interface Frame {
  /** `Tensor.dataSync`; empty for functions without a name. */
  readonly name: string;
  /** `file:///model.js:12:5`; of code that was made from text, where it was made. */
  readonly place: string;
}

function framesOf(error: Error): Frame[] {
  return (error.stack ?? "").split("\n").flatMap((line) => {
    const frame = /^\s*at (?:async )?(?:(.+?) \((.+)\)|(.+))$/.exec(line);
    if (!frame) return [];
    const [, name = "", inBrackets, alone] = frame;
    const place = inBrackets ?? (alone as string);
    return [{ name, place: /^eval at .+? \((.+:\d+:\d+)\), /.exec(place)?.[1] ?? place }];
  });
}

function isOurs(place: string): boolean {
  return ours.some((prefix) => place.includes(prefix));
}
