// Which line of a cell waited for what failed. What a cell awaits goes through the kernel, and with that V8 no longer knows who
// waits: an error of a library would name no line of the cell.
import { types } from "node:util";

/** The place of a call, before its stack is looked at. */
export interface CallPlace {
  readonly stack?: string;
}

/** @param caller  the function whose caller is meant */
export function placeOfCall(caller: (...values: never[]) => unknown): CallPlace {
  const place = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 10; // at each await: the cell's line is near
  Error.captureStackTrace(place, caller);
  Error.stackTraceLimit = stackTraceLimit;
  return place;
}

/** Adds the line that waited to an error's stack, as V8 does, unless it is there. Never throws. */
export function addWaiting(thrown: unknown, place: CallPlace): void {
  if (types.isProxy(thrown) || !types.isNativeError(thrown)) return; // looking at others may run the user's code
  try {
    addTo(thrown, place);
  } catch {
    // A getter of the user's that throws: the error stays as it is.
  }
}

function addTo(thrown: Error, { stack }: CallPlace): void {
  if (!Object.getOwnPropertyDescriptor(thrown, "stack")?.configurable) return; // a frozen one
  const before = thrown.stack;
  const line = stack?.split("\n").find((each) => /^\s+at .*Cell \[[^\]]*\]:\d+:\d+\)?$/.test(each));
  const place = /Cell \[[^\]]*\]:\d+:/.exec(line ?? "")?.[0];
  if (typeof before !== "string" || !line || !place || before.includes(place)) return;
  Object.defineProperty(thrown, "stack", {
    value: `${before}\n${line.replace(/^(\s+at )(?:async )?/, "$1async ")}`,
    ...{ writable: true, configurable: true, enumerable: false },
  });
}
