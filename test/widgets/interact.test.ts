// `interact`: which widget stands for what, and what happens when values change.
import { tensor1d } from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { displaySymbol } from "../../src/core/notebook.js";
import "../../src/core/tensorflow.js";
import { button, interact, slider } from "../../src/widgets/index.js";
import { FakeHost, removeHost } from "./fake-host.js";

let host: FakeHost;
beforeEach(() => {
  host = FakeHost.install();
});
afterEach(removeHost);

/** Texts of the displays below the panel of widgets. */
const shown = () => host.displays.slice(1).map((bundle) => bundle["text/plain"]);

describe("a parameter", () => {
  const kinds: [string, unknown, string, Record<string, unknown>][] = [
    ["[min, max]", [1, 32], "IntSliderModel", { min: 1, max: 32, step: 1, value: 16 }],
    ["[min, max, step]", [0, 1, 0.25], "FloatSliderModel", { min: 0, max: 1, step: 0.25, value: 0.5 }],
    ["a fraction", 0.1, "FloatSliderModel", { min: -0.1, max: 0.3, value: 0.1 }],
    ["an integer", 5, "IntSliderModel", { min: -5, max: 15, value: 5, step: 1 }],
    ["a negative number", -2, "IntSliderModel", { min: -6, max: 2, value: -2 }],
    ["zero", 0, "IntSliderModel", { min: 0, max: 1, value: 0 }],
    ["strings", ["a", "b"], "DropdownModel", { _options_labels: ["a", "b"], index: 0 }],
    ["values by words", { one: 1, two: 2 }, "DropdownModel", { _options_labels: ["one", "two"] }],
    ["a boolean", true, "CheckboxModel", { value: true }],
    ["a string", "hello", "TextModel", { value: "hello" }],
  ];
  it.each(kinds)("as %s", async (_name, spec, model, state) => {
    await interact(() => {}, { x: spec as number }).ready;
    expect(host.model(model).state).toMatchObject({ description: "x", ...state });
  });

  const wrong: [string, unknown, RegExp][] = [
    ["a range upside down", [3, 1], /interact: x: expected \[min, max\] with min below max; got \[ 3, 1 \]/],
    ["a step that does not fit", [1, 2, 4], /a step that fits/],
    ["one number in a list", [1], /expected a number, \[min, max\]/],
    ["an empty list", [], /expected a number/],
    ["a mixed list", [1, "a"], /dropdown\({ options/],
    ["nothing", null, /got null/],
    ["NaN", Number.NaN, /got NaN/],
    ["an empty object", {}, /a plain object { label: value }.*; got {}/],
    ["a Map with fields", Object.assign(new Map([["a", 1]]), { b: 2 }), /got an object of class Map\./],
    [
      "a widget without a value",
      button({ label: "go" }),
      /^interact: x: expected .*; got an object of class Button/,
    ],
  ];
  it.each(wrong)("is refused as %s", (_name, spec, message) => {
    const use = () => interact(() => {}, { x: spec as number });
    expect(use).toThrow(UsageError);
    expect(use).toThrow(message);
  });

  it("is refused as a tensor, without a page of its fields", () => {
    const tensor = tensor1d([1, 2]);
    const use = () => interact(() => {}, { x: tensor as never });
    expect(use).toThrow(
      /a widget with a value; got an object of class Tensor\. For other values, give dropdown/,
    );
    tensor.dispose();
  });

  it("may be an object without a prototype", async () => {
    const spec: Record<string, number> = Object.assign(Object.create(null), { one: 1, two: 2 });
    expect(interact(() => {}, { x: spec }).values.x).toBe(1);
  });

  it("may be a widget of one's own", async () => {
    const mine = slider({ min: 1, max: 9, value: 4 });
    const { values } = interact(() => {}, { k: mine });
    expect(values.k).toBe(4);
  });
});

it("types follow from the specification", () => {
  interact(
    (parameters) => {
      expectTypeOf(parameters).toEqualTypeOf<{
        readonly k: number;
        readonly noise: number;
        readonly kind: "a" | "b";
        readonly on: boolean;
        readonly title: string;
        readonly mine: number;
        readonly by: 1 | 2;
      }>();
    },
    {
      k: [1, 32],
      noise: 0.1,
      kind: ["a", "b"],
      on: true,
      title: "t",
      mine: slider(),
      by: { one: 1, two: 2 },
    },
  );
});

it("replaces what the function gave, displayed and printed, in place", async () => {
  const { ready, controls } = interact(
    ({ k }) => {
      host.print(`k is ${k}\n`);
      if (k > 5) host.show(`figure ${k}`, `figure ${k}`);
      return k * 2;
    },
    { k: [0, 10] },
  );
  await ready;
  expect(shown()).toEqual(["k is 5\n", "10"]);
  controls.k.value = 6;
  await vi.waitFor(() => expect(shown()).toEqual(["k is 6\n", "figure 6", "12"]), 30_000);
  controls.k.value = 1;
  await vi.waitFor(() => expect(shown()).toEqual(["k is 1\n", "2", ""]), 30_000);
});

it("shows an error in the same place, and goes on", async () => {
  const { ready, controls } = interact(
    async ({ on }) => {
      if (on) throw new Error("too much");
      return "fine";
    },
    { on: true },
  );
  await ready;
  expect(shown()).toEqual(["Error: too much"]);
  controls.on.value = false;
  await vi.waitFor(() => expect(shown()).toEqual(["fine"]), 30_000);
});

it("calls a function that waits once more, with the latest values", async () => {
  const calls: number[] = [];
  const waiting: (() => void)[] = [];
  interact(
    ({ k }) => {
      calls.push(k);
      return new Promise<void>((resolve) => waiting.push(resolve));
    },
    { k: [0, 100] },
  );
  for (let value = 1; value <= 60; value++) host.model("IntSliderModel").update({ value });
  expect(calls).toEqual([50]);
  waiting.shift()?.();
  await vi.waitFor(() => expect(calls).toEqual([50, 60]), 30_000);
  expect(waiting).toHaveLength(1);
});

it("shows nothing more where a cell ends with it, and says when the first result is there", async () => {
  const interaction = interact(async ({ k }) => k, { k: [0, 2] });
  expect(await interaction[displaySymbol]()).toEqual({});
  expect(shown()).toEqual(["1"]);
});

it("in plain Node, calls the function once and prints what it gives", async () => {
  removeHost();
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await interact(({ k }) => k + 1, { k: [0, 2] }).ready;
  expect(log.mock.calls).toEqual([["k: 1"], [2]]);
  log.mockRestore();
});
