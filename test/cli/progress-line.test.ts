// The line at the bottom of a terminal, seen as the characters that it sends.
import type { WriteStream } from "node:tty";
import { afterEach, expect, it, vi } from "vitest";
import { ProgressLine } from "../../src/cli/progress-line.js";

/** A terminal that keeps what is written to it. */
function terminal({ isTTY = true, columns = 80 } = {}) {
  const written: string[] = [];
  const stream = { isTTY, columns, write: (text: string) => written.push(text) };
  return { line: new ProgressLine(stream as unknown as WriteStream), written };
}

const erase = "\r\u001b[K";
afterEach(() => {
  vi.restoreAllMocks();
});

it("redraws the line in place, one key beside the other", () => {
  const { line, written } = terminal();
  line.set("a", "a 1/2");
  line.set("b", "b 0/3");
  line.set("a", "a 2/2");
  line.remove("a");
  expect(written).toEqual([`${erase}a 1/2`, `${erase}a 1/2  b 0/3`, `${erase}a 2/2  b 0/3`, `${erase}b 0/3`]);
});

it("never fills the last column, where a terminal would break the line", () => {
  const { line, written } = terminal({ columns: 10 });
  line.set("a", "0123456789abc");
  expect(written).toEqual([`${erase}012345678`]);
});

it("makes room for a line that stays, and comes back below it", () => {
  const { line, written } = terminal();
  const print = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  line.set("a", "a 1/2");
  line.print("done");
  expect(written).toEqual([`${erase}a 1/2`, erase, `${erase}a 1/2`]);
  expect(print.mock.calls).toEqual([["done\n"]]);
});

it("writes nothing but lines that stay where there is no terminal", () => {
  const { line, written } = terminal({ isTTY: false });
  const print = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  line.set("a", "a 1/2");
  line.print("done");
  line.clear();
  expect(written).toEqual([]);
  expect(print.mock.calls).toEqual([["done\n"]]);
});
