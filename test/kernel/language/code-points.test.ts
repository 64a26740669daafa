import fc from "fast-check";
import { expect, it } from "vitest";
import { toCodePoints, toUtf16 } from "../../../src/kernel/language/code-points.js";

const text = fc.string({ unit: "grapheme" });

it("a cursor in code points comes back after a trip through UTF-16", () => {
  fc.assert(
    fc.property(text, fc.nat(100), (line, position) => {
      const cursor = Math.min(position, [...line].length);
      expect(toCodePoints(line, toUtf16(line, cursor))).toBe(cursor);
    }),
  );
});

it("cuts where the code points end", () => {
  fc.assert(
    fc.property(text, fc.nat(20), (line, cursor) => {
      expect(line.slice(0, toUtf16(line, cursor))).toBe([...line].slice(0, cursor).join(""));
    }),
  );
});
