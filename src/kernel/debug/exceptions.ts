// Whether an exception will be caught by the user's own code. V8's own guess is of no use here: the kernel
// listens to every promise of a cell, so to V8 nothing is uncaught. So the text decides: is the place of a frame
// inside a `try` that has a `catch`?
import type { Program } from "oxc-parser";
import type { UserFrame } from "./frames.js";
import { oxc } from "./oxc.js";

/** @param textOf the text of a frame's script */
export function isCaughtByUser(
  frames: readonly UserFrame[],
  textOf: (path: string) => string | undefined,
): boolean {
  return frames.some(({ script, line, column }) => {
    const text = textOf(script.path);
    return (
      text !== undefined &&
      guarded(text).some(([from, end]) => isBetween(offsetOf(text, line, column), from, end))
    );
  });
}

type Range = readonly [from: number, end: number];

/** Ranges of the blocks whose exceptions are caught. */
function guarded(text: string): Range[] {
  const ranges: Range[] = [];
  const { Visitor } = oxc();
  new Visitor({
    TryStatement: ({ block, handler }) => {
      if (handler !== null) ranges.push([block.start, block.end]);
    },
    CallExpression: ({ callee }) => {
      const isCatch =
        callee.type === "MemberExpression" &&
        callee.property.type === "Identifier" &&
        callee.property.name === "catch";
      if (isCatch) ranges.push([callee.object.start, callee.object.end]);
    },
  }).visit(parse(text));
  return ranges;
}

function parse(text: string): Program {
  return oxc().parseSync("cell.ts", text, { lang: "ts", sourceType: "module" }).program;
}

function isBetween(offset: number, from: number, end: number): boolean {
  return offset >= from && offset < end;
}

function offsetOf(text: string, line: number, column: number): number {
  let offset = 0;
  for (let at = 1; at < line; at++) offset = text.indexOf("\n", offset) + 1;
  return offset + column - 1;
}
