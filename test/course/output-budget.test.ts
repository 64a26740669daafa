// The limit of what a notebook shows.
import { expect, it } from "vitest";
import { OutputBudget } from "../../src/course/runner/output-budget.js";
import type { Message } from "../../src/kernel/protocol/wire.js";

const message = (text: string): Message =>
  ({ header: {}, parent_header: {}, metadata: {}, content: { text }, buffers: [] }) as unknown as Message;

it("is passed by what is kept, not by a figure that is drawn again and again", () => {
  const kept: string[] = [];
  const budget = new OutputBudget(1000, () => kept);
  kept[0] = "x".repeat(300);
  for (let drawn = 0; drawn < 100; drawn++) budget.take(message("x".repeat(300)));
  expect(budget.spent).toBe(false);
  for (let shown = 0; shown < 5; shown++) {
    kept.push("x".repeat(300));
    budget.take(message("x".repeat(300)));
  }
  expect(budget.spent).toBe(true);
});

it("counts values that are nested as deep as JSON may be", () => {
  const deep: unknown = JSON.parse(`${"[".repeat(1e5)}${"]".repeat(1e5)}`);
  const budget = new OutputBudget(1000, () => deep);
  budget.take({ ...message(""), content: { deep } } as Message);
  expect(budget.spent).toBe(true);
});
