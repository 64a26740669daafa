// What a terminal is shown of learners' texts.
import { expect, it } from "vitest";
import { plainLine } from "../../../src/course/grading/plain-line.js";

it.each([
  ["\u001b[2A\u001b[31mred\u001b[0m", "red"],
  ["first\r\nsecond", "first"],
  ["a\u0007b\u202ec\u2066d", "a b c d"],
  ["\u001b", " "],
  ["Zoë 李 👩‍🔬", "Zoë 李 👩‍🔬"],
])("shows %j as %j", (text, line) => {
  expect(plainLine(text)).toBe(line);
});

it("is at most 200 characters long, and cuts none in two", () => {
  expect(plainLine("😀".repeat(300))).toBe("😀".repeat(200));
});
