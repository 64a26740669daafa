// Widgets against a host that plays the front end, and in plain Node.
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { displaySymbol } from "../../src/core/notebook.js";
import type { ValueWidget, Widget } from "../../src/widgets/index.js";
import * as widgets from "../../src/widgets/index.js";
import { FakeHost, removeHost } from "./fake-host.js";

const {
  button,
  dropdown,
  hBox,
  html,
  image,
  label,
  number,
  output,
  progress,
  rangeSlider,
  slider,
  tabs,
  text,
} = widgets;

let host: FakeHost;
beforeEach(() => {
  host = FakeHost.install();
});
afterEach(removeHost);

/** What a page that is opened later is told. */
function statesForALaterPage() {
  const control = host.interactive.openComm("jupyter.widget.control", {}) as (typeof host.comms)[number];
  host.targets.get("jupyter.widget.control")?.(control, { data: {}, metadata: {}, buffers: [] });
  control.receive({ method: "request_states" });
  const { states, buffer_paths } = control.sent[0]?.data ?? {};
  return { states: states as Record<string, { model_name: string; state: object }>, buffer_paths };
}

/** One of each widget with a value: its model's name, what the user does, and the value of that. */
const controls: [string, () => ValueWidget<never>, string, Record<string, unknown>, unknown][] = [
  ["slider", () => slider({ max: 10 }) as never, "IntSliderModel", { value: 4 }, 4],
  [
    "slider with a step",
    () => slider({ max: 1, step: 0.1 }) as never,
    "FloatSliderModel",
    { value: 0.1 * 3 },
    0.3,
  ],
  ["rangeSlider", () => rangeSlider({ max: 10 }) as never, "IntRangeSliderModel", { value: [2, 5] }, [2, 5]],
  ["dropdown", () => dropdown({ options: ["a", "b"] }) as never, "DropdownModel", { index: 1 }, "b"],
  [
    "dropdown by words",
    () => dropdown({ options: { one: 1, two: 2 } }) as never,
    "DropdownModel",
    { index: 1 },
    2,
  ],
  ["checkbox", () => widgets.checkbox() as never, "CheckboxModel", { value: true }, true],
  ["toggle", () => widgets.toggle() as never, "ToggleButtonModel", { value: true }, true],
  ["play", () => widgets.play() as never, "PlayModel", { value: 7 }, 7],
  ["text", () => text() as never, "TextModel", { value: "x" }, "x"],
  ["textarea", () => widgets.textarea() as never, "TextareaModel", { value: "x\ny" }, "x\ny"],
  ["number", () => number() as never, "FloatTextModel", { value: -2.5 }, -2.5],
  ["number with bounds", () => number({ min: 1 }) as never, "BoundedFloatTextModel", { value: 2 }, 2],
  ["colorPicker", () => widgets.colorPicker() as never, "ColorPickerModel", { value: "#ff0000" }, "#ff0000"],
];

describe.each(controls)("%s", (_name, make, model, userDoes, value) => {
  it("opens a model of the controls' package, version 2.0.0, over protocol 2.1.0", () => {
    make();
    const comm = host.model(model);
    expect(comm.target).toBe("jupyter.widget");
    expect(comm.opened.metadata).toEqual({ version: "2.1.0" });
    expect(comm.state).toMatchObject({
      _model_module: "@jupyter-widgets/controls",
      _model_module_version: "2.0.0",
      _view_module: "@jupyter-widgets/controls",
      _view_name: expect.stringMatching(/View$/),
    });
  });

  it("takes what the user does, echoes it, and tells the handlers once", () => {
    const seen: unknown[] = [];
    const widget = make().onChange((now, before) => seen.push([before, now]));
    const first = widget.value;
    host.model(model).update(userDoes);
    expect(widget.value).toEqual(value);
    expect(seen).toEqual([[first, value]]);
    expect(host.model(model).sent.map(({ data }) => data)).toEqual([
      { method: "echo_update", state: userDoes, buffer_paths: [] },
    ]);
  });

  it("sends what the code assigns, and tells the handlers", () => {
    const widget = make() as unknown as ValueWidget<unknown>;
    const seen: unknown[] = [];
    widget.onChange((now) => seen.push(now));
    widget.value = value;
    widget.value = value;
    expect(seen).toEqual([value]);
    expect(host.model(model).sent[0]?.data).toMatchObject({ method: "update" });
    expect(host.model(model).sent[0]?.data.state).toEqual(
      Object.fromEntries(Object.keys(userDoes).map((key) => [key, key === "index" ? userDoes.index : value])),
    );
  });

  it("ignores nonsense from the front end, and says its state when asked", () => {
    const widget = make();
    const before = widget.value;
    host.model(model).update(Object.fromEntries(Object.keys(userDoes).map((key) => [key, { no: 1 }])));
    expect(widget.value).toEqual(before);
    host.model(model).receive({ method: "request_state" });
    expect(host.model(model).sent.at(-1)?.data).toMatchObject({
      method: "update",
      state: { _model_name: model },
    });
  });

  it("shows a view, and the same in words", () => {
    const widget = make() as unknown as Widget;
    widget.label = "k & m";
    const bundle = widget[displaySymbol]() as Record<string, string>;
    expect(bundle["application/vnd.jupyter.widget-view+json"]).toMatchObject({
      version_major: 2,
      version_minor: 0,
      model_id: host.model(model).id,
    });
    expect(bundle["text/plain"]).toMatch(/^k & m: /);
    expect(bundle["text/html"]).toContain("k &#38; m: ");
  });
});

describe("a handler", () => {
  it("that waits gets the latest value afterwards, never a backlog", async () => {
    const seen: number[] = [];
    let release = (): void => {};
    const widget = slider().onChange((value) => {
      seen.push(value);
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    });
    for (let value = 1; value <= 60; value++) host.model("IntSliderModel").update({ value });
    expect(widget.value).toBe(60);
    expect(seen).toEqual([1]);
    release();
    await vi.waitFor(() => expect(seen).toEqual([1, 60]), 30_000);
  });

  it("that throws leaves the widget alive, and may be ended by a signal", () => {
    const seen: number[] = [];
    const controller = new AbortController();
    const widget = slider().onChange((value) => {
      seen.push(value);
      throw new Error("mine");
    }, controller);
    widget.value = 1;
    widget.value = 2;
    controller.abort();
    widget.value = 3;
    expect(seen).toEqual([1, 2]);
    expect(host.errors).toHaveLength(2);
  });
});

describe("wrong use is refused with what to do:", () => {
  const wrong: [string, () => unknown, RegExp][] = [
    ["min above max", () => slider({ min: 5, max: 1 }), /slider: expected min below max/],
    ["a value outside", () => slider({ value: 101 }), /a value from 0 to 100; got 101/],
    ["assigning outside", () => Object.assign(slider(), { value: -1 }), /a value from 0 to 100; got -1/],
    ["NaN", () => slider({ value: Number.NaN }), /finite number/],
    ["a step too large", () => slider({ max: 1, step: 2 }), /a step above 0 and at most 1/],
    ["a range in the wrong order", () => rangeSlider({ value: [5, 2] }), /lower ≤ upper/],
    ["no options", () => dropdown({ options: [] }), /at least one option/],
    [
      "another value than the options",
      () => dropdown({ options: ["a"], value: "b" as never }),
      /one of a; got 'b'/,
    ],
    ["play with fractions", () => widgets.play({ step: 0.5 }), /integers; got 0.5/],
    ["a colour that is none", () => widgets.colorPicker({ value: "#12" }), /a colour such as/],
    ["text that is none", () => text({ value: 3 as never }), /a string; got 3/],
    ["children that are none", () => hBox(["text" as never]), /label\(…\)/],
    [
      "a page that is none",
      () => Object.assign(tabs({ a: label("") }), { selected: "b" }),
      /one of a, or null/,
    ],
    ["an empty picture", () => image({ value: new Uint8Array() }), /bytes of a file/],
  ];
  it.each(wrong)("%s", (_name, use, message) => {
    expect(use).toThrow(UsageError);
    expect(use).toThrow(message);
  });
});

it("a dropdown over lists tells a list from one that it begins with, both ways", () => {
  const layers = dropdown({ options: [[32], [32, 16]] as number[][] });
  const seen: number[][] = [];
  layers.onChange((value) => seen.push(value));
  host.model("DropdownModel").update({ index: 1 });
  expect(layers.value).toEqual([32, 16]);
  host.model("DropdownModel").update({ index: 0 });
  expect(layers.value).toEqual([32]);
  expect(seen).toEqual([[32, 16], [32]]);
});

it("a range that is assigned anew with the same numbers is no change", () => {
  const seen: unknown[] = [];
  const range = rangeSlider({ value: [1, 2] }).onChange((value) => seen.push(value));
  range.value = [1, 2];
  expect(seen).toEqual([]);
});

it("closing a widget closes its style and its layout too, and no other widget's", () => {
  const all = ["IntSliderModel", "DescriptionStyleModel", "LayoutModel"];
  const stays = slider({ label: "stays", width: "5em" });
  const others = all.map((name) => host.model(name));
  const gone = slider({ label: "gone", width: "5em" });
  const own = all.map((name) => host.model(name));
  gone.close();
  gone.close();
  expect(own.map(({ closed }) => closed)).toEqual([true, true, true]);
  expect(others.map(({ closed }) => closed)).toEqual([false, false, false]);
  const known = Object.keys(statesForALaterPage().states);
  expect(known).toEqual(expect.arrayContaining(others.map(({ id }) => id)));
  for (const { id } of own) expect(known).not.toContain(id);
  expect([stays.model.id, gone.value]).toEqual([others[0]?.id, 0]);
});

it("a button is clicked by the user and by code", () => {
  let clicks = 0;
  const widget = button({ label: "go" }).onClick(() => clicks++);
  host.model("ButtonModel").receive({ method: "custom", content: { event: "click" } });
  host.model("ButtonModel").receive({ method: "custom", content: { event: "hover" } });
  widget.click();
  expect(clicks).toBe(2);
});

it("boxes name their children, pages their titles, and both show in words", () => {
  const k = slider({ label: "k", value: 3 });
  const pages = tabs({ first: hBox([k, html("<b>bold</b>")]), second: label("two") });
  expect(host.model("HBoxModel").state.children).toEqual(
    [k, { model: host.model("HTMLModel") }].map((each) => `IPY_MODEL_${each.model.id}`),
  );
  expect(host.model("TabModel").state).toMatchObject({ titles: ["first", "second"], selected_index: 0 });
  expect(pages.toString()).toBe("first:\nk: 3\nbold\nsecond:\ntwo");
  host.model("TabModel").update({ selected_index: 1 });
  expect(pages.selected).toBe("second");
});

it("bytes travel beside the state, by their path", () => {
  const bytes = new Uint8Array([137, 80]);
  image({ value: bytes, alternative: "a dot" });
  const { opened, state } = host.model("ImageModel");
  expect(opened.data.buffer_paths).toEqual([["value"]]);
  expect(opened.buffers).toEqual([bytes]);
  expect(state).not.toHaveProperty("value");
});

it("bytes from the front end go into the state, and never into what all objects share", () => {
  const area = text();
  host.model("TextModel").receive(
    {
      method: "update",
      state: { a: [{}] },
      buffer_paths: [
        ["a", 0, "bytes"],
        ["__proto__", "bad"],
        ["a", "constructor", "bad"],
      ],
    },
    [new Uint8Array([7]), new Uint8Array([8]), new Uint8Array([9])],
  );
  expect(area.model.state.a).toEqual([{ bytes: new Uint8Array([7]) }]);
  expect("bad" in {}).toBe(false);
  expect("bad" in Array).toBe(false);
});

it("a page that is opened later gets all live models at once", () => {
  slider({ label: "k" });
  const closed = text();
  closed.close();
  image({ value: new Uint8Array([1]) });
  const { states, buffer_paths } = statesForALaterPage();
  const id = host.model("IntSliderModel").id;
  expect(states[id]).toMatchObject({ model_name: "IntSliderModel", state: { description: "k", value: 0 } });
  expect(Object.keys(states)).not.toContain(host.model("TextModel").id);
  expect(buffer_paths).toContainEqual([host.model("ImageModel").id, "value"]);
});

it("progress is moved by the code alone", () => {
  const bar = progress({ max: 10, label: "epochs" });
  bar.value = 5;
  expect(host.model("FloatProgressModel").sent[0]?.data).toMatchObject({ state: { value: 5 } });
  expect(bar.toString()).toBe("epochs: 50 %");
});

describe("output()", () => {
  const outputs = () => host.model("OutputModel").sent.at(-1)?.data.state as { outputs: unknown[] };

  it("holds what the code prints and displays, updates in place", async () => {
    const area = output();
    const value = await area.run(async () => {
      host.print("a\n");
      host.print("b\n");
      host.show("d", "first");
      host.show("d", "second", true);
      return 3;
    });
    expect(value).toBe(3);
    expect(outputs().outputs).toEqual([
      { output_type: "stream", name: "stdout", text: "a\nb\n" },
      { output_type: "display_data", data: { "text/plain": "second" }, metadata: {} },
    ]);
    area.clear();
    expect(outputs().outputs).toEqual([]);
  });

  it("passes on what the code throws, and keeps what was printed", async () => {
    const area = output();
    const run = area.run(() => {
      host.print("before");
      throw new RangeError("mine");
    });
    await expect(run).rejects.toThrow("mine");
    expect(area.toString()).toBe("before");
  });

  it("appends values", async () => {
    const area = output();
    await area.append(1);
    await area.append(2);
    expect(area.toString()).toBe("1\n2");
  });
});

describe("in plain Node", () => {
  beforeEach(removeHost);

  it("widgets hold their value and show text", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const k = slider({ label: "k" });
    const seen: number[] = [];
    k.onChange((value) => seen.push(value));
    k.value = 7;
    k.show();
    expect(seen).toEqual([7]);
    expect(log.mock.calls).toEqual([["k: 7"]]);
    expect(Object.keys(k[displaySymbol]())).toEqual(["text/html", "text/plain"]);
    expect(await output().run(() => 5)).toBe(5);
    log.mockRestore();
  });
});

it("types say what a value is", () => {
  expectTypeOf(slider().value).toEqualTypeOf<number>();
  expectTypeOf(dropdown({ options: ["a", "b"] }).value).toEqualTypeOf<"a" | "b">();
  expectTypeOf(dropdown({ options: { x: 1, y: 2 } }).value).toEqualTypeOf<1 | 2>();
});
