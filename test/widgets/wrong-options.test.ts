// Options that there are not, and values that they cannot have, are refused by name; all that there are, are taken.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import * as widgets from "../../src/widgets/index.js";
import { FakeHost, removeHost } from "./fake-host.js";

let host: FakeHost;
beforeEach(() => {
  host = FakeHost.install();
});
afterEach(removeHost);

type Make = (options: unknown) => unknown;
const page = widgets.label("page");
const common = { label: "l", disabled: true, width: "20em", labelWidth: "5em" };
const { labelWidth: _, ...unlabelled } = common;
const dragged = { ...common, min: 0, max: 9, step: 1, continuous: false, orientation: "vertical" };
const width = "50%";

/** Each function that takes options, and all options that its type has. */
const all: [string, Make, Record<string, unknown>][] = [
  ["slider", widgets.slider as Make, { ...dragged, value: 2 }],
  ["rangeSlider", widgets.rangeSlider as Make, { ...dragged, value: [2, 3] }],
  [
    "play",
    widgets.play as Make,
    { ...common, min: 1, max: 9, step: 2, value: 3, interval: 50, repeat: true },
  ],
  ["progress", widgets.progress as Make, { ...common, min: 0, max: 9, value: 3, style: "danger" }],
  ["dropdown", widgets.dropdown as Make, { ...common, options: ["a"], value: "a" }],
  ["checkbox", widgets.checkbox as Make, { ...common, value: true }],
  ["toggle", widgets.toggle as Make, { ...common, value: true }],
  ["text", widgets.text as Make, { ...common, value: "a", placeholder: "b", continuous: false }],
  [
    "textarea",
    widgets.textarea as Make,
    { ...common, value: "a", placeholder: "b", continuous: true, rows: 1 },
  ],
  ["number", widgets.number as Make, { ...common, min: 0, max: 9, step: 0.5, value: 1 }],
  ["colorPicker", widgets.colorPicker as Make, { ...common, value: "teal" }],
  ["button", widgets.button as Make, { ...unlabelled, style: "primary", tooltip: "t" }],
  ["image", widgets.image as Make, { value: new Uint8Array([1]), format: "jpeg", alternative: "a", width }],
  ["output", widgets.output as Make, { width }],
  ["hBox", (options) => widgets.hBox([page], options as object), { width }],
  ["vBox", (options) => widgets.vBox([page], options as object), { width }],
  ["tabs", (options) => widgets.tabs({ page }, options as object), { width }],
  ["accordion", (options) => widgets.accordion({ page }, options as object), { width }],
];

it("the table has each function but those that take no options", () => {
  const without = ["html", "interact", "label"];
  expect([...all.map(([name]) => name), ...without].sort()).toEqual(Object.keys(widgets).sort());
});

describe.each(all)("%s", (name, make, options) => {
  it("takes each option that its type has, also as undefined", () => {
    make(options);
    const needed = { dropdown: ["options", "value"], image: ["value"] }[name] ?? [];
    const unset = Object.keys(options).filter((each) => !needed.includes(each));
    make({ ...options, ...Object.fromEntries(unset.map((each) => [each, undefined])) });
  });

  it("refuses a misspelt option before it makes a model", () => {
    const before = host.comms.length;
    const use = () => make({ ...options, lable: "k" });
    expect(use).toThrow(UsageError);
    expect(use).toThrow(
      new RegExp(`^${name}: expected (options among .*width.*|an option that there is); got lable\\. `),
    );
    expect(host.comms).toHaveLength(before);
  });

  it("refuses what is no object of options", () => {
    for (const no of [null, 5, "k", [1]])
      expect(() => make(no)).toThrow(`${name}: expected an object of options; got `);
  });

  it("refuses a width without a unit", () => {
    expect(() => make({ ...options, width: 300 })).toThrow(`${name}: expected width as CSS says it; got 300`);
  });
});

describe("refused with the option's name:", () => {
  const { button, dropdown, image, number, play, progress, rangeSlider, slider, text, textarea } = widgets;
  const wrong: [string, () => unknown, RegExp][] = [
    [
      "min misspelt",
      () => slider({ mim: 3 } as object),
      /^slider: expected an option that there is; got mim\. Write min\./,
    ],
    [
      "an orientation that is none",
      () => slider({ orientation: "diagonal" as never }),
      /^slider: expected orientation among horizontal, vertical; got diagonal/,
    ],
    ["continuous as a word", () => slider({ continuous: "yes" as never }), /continuous as true or false/],
    [
      "a label that is no text",
      () => slider({ label: 5 as never }),
      /^slider: expected label as a string; got 5/,
    ],
    ["disabled as a number", () => slider({ disabled: 1 as never }), /disabled as true or false; got 1/],
    ["fractions upside down", () => slider({ min: 1, max: 0.5 }), /^slider: expected min below max/],
    ["one number as a range", () => rangeSlider({ value: 5 as never }), /^rangeSlider: expected two numbers/],
    ["a range of three", () => rangeSlider({ value: [1, 2, 3] as never }), /two numbers as value/],
    [
      "an ending for a format",
      () => image({ value: new Uint8Array([1]), format: "jpg" as never }),
      /^image: expected format among png, jpeg, gif, webp; got jpg/,
    ],
    [
      "a colour as a button's style",
      () => button({ style: "red" as never }),
      /^button: expected style among/,
    ],
    ["a label's width for a button", () => button({ labelWidth: "9em" } as object), /got labelWidth/],
    [
      "a style of buttons for a bar",
      () => progress({ style: "primary" as never }),
      /^progress: expected style/,
    ],
    [
      "rows below 1",
      () => textarea({ rows: -3 }),
      /^textarea: expected rows to be an integer of 1 or more; got -3/,
    ],
    ["rows for one line", () => text({ rows: 2 } as object), /^text: expected options .*; got rows/],
    [
      "a placeholder that is no text",
      () => text({ placeholder: 3 as never }),
      /placeholder as a string; got 3/,
    ],
    ["a step downwards", () => number({ min: 0, step: -1 }), /^number: expected a step above 0; got -1/],
    ["a step without bounds", () => number({ step: 0 }), /^number: expected a step above 0; got 0/],
    [
      "a bound that is no number",
      () => number({ min: Number.NaN }),
      /^number: expected a number as min; got NaN/,
    ],
    ["an endless interval", () => play({ interval: Number.POSITIVE_INFINITY }), /finite number as interval/],
    ["repeat as a number", () => play({ repeat: 1 as never }), /^play: expected repeat as true or false/],
    [
      "a map of options",
      () => dropdown({ options: new Map() as never }),
      /^dropdown: expected options as a list or a plain object; got an object of class Map/,
    ],
    ["a list of pages", () => widgets.tabs([page] as never), /^tabs: expected widgets by their titles/],
  ];
  it.each(wrong)("%s", (_name, use, message) => {
    expect(use).toThrow(UsageError);
    expect(use).toThrow(message);
  });
});

describe("a value that is assigned later", () => {
  it("is an integer in a slider of integers, which keeps its value otherwise", () => {
    const whole = widgets.slider({ max: 10 });
    expect(() => Object.assign(whole, { value: 2.5 })).toThrow("slider: expected integers; got 2.5.");
    expect(whole.value).toBe(0);
    const pair = widgets.rangeSlider({ max: 10 });
    expect(() => Object.assign(pair, { value: [0, 2.5] })).toThrow(
      "rangeSlider: expected integers; got 2.5.",
    );
    const counter = widgets.play();
    expect(() => Object.assign(counter, { value: 2.5 })).toThrow("play: expected integers; got 2.5.");
  });

  it("may be a fraction in a slider that has some", () => {
    const fine = widgets.slider({ max: 10, step: 0.5 });
    fine.value = 2.5;
    expect(fine.value).toBe(2.5);
    expect(widgets.slider({ max: 10, value: 2.5 }).value).toBe(2.5);
  });

  it("has as many pages as there are titles", () => {
    for (const [name, make] of Object.entries({ tabs: widgets.tabs, accordion: widgets.accordion })) {
      const pages = make({ a: page, b: page });
      expect(() => Object.assign(pages, { children: [page] })).toThrow(
        `${name}: expected 2 children, one for each title; got 1. `,
      );
      expect(pages.toString()).toBe("a:\npage\nb:\npage");
      pages.children = [page, widgets.label("new")];
      expect(pages.toString()).toBe("a:\npage\nb:\nnew");
    }
  });
});
