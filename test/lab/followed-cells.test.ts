// A page that is opened while cells run without one: what the server's answer and the connection bring, in whatever order
// they come in, shows in the end what the kernel said.
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { KernelMessage } from "../../src/kernel/manager/index.js";
import { newHeader, partsOf } from "../../src/kernel/protocol/wire.js";
import { type AdoptedRun, apply, displayOf } from "../../src/lab/frontend/cells/cell-outputs.js";
import { FollowedRuns } from "../../src/lab/frontend/cells/followed-runs.js";
import { CellRuns } from "../../src/lab/server/kernels/cell-runs.js";
import { ownKernel } from "../kernel/manager/kernels-under-test.js";
import { KernelClient } from "./kernel-client.js";
import { type LabUnderTest, startTestLab } from "./lab-under-test.js";

type Content = Record<string, unknown>;
type Output = { output_type: string } & Content;

/** JupyterLab's outputs of a cell, as far as a page uses them here. */
class Outputs {
  private list: Output[] = [];
  private clearsNext = false;

  /** As they were saved; a `clear_output` that waits is not in a file, and it is not what this is about. */
  static saved({ list, clearsNext }: Outputs): Outputs {
    return Object.assign(new Outputs(), { list: structuredClone(list), clearsNext });
  }

  get length(): number {
    return this.list.length;
  }

  get shown(): readonly unknown[] {
    return this.list.map(({ data, text }) => data ?? text);
  }

  add(output: Output): number {
    if (this.clearsNext) this.clear();
    const last = this.list.at(-1);
    if (last?.output_type === "stream" && output.output_type === "stream")
      last.text = `${last.text}${output.text}`;
    else this.list.push({ ...output });
    return this.length;
  }

  clear(wait = false): void {
    this.clearsNext = wait;
    if (!wait) this.list.length = 0;
  }

  get(index: number) {
    const output = this.list[index] as Output;
    return { type: output.output_type, toJSON: () => output };
  }

  set(index: number, output: Output): void {
    this.list[index] = output;
  }
}

class Cell {
  constructor(readonly outputs = new Outputs()) {}

  adopt(id: string, isTold: boolean, displays: [string, number][] = []): AdoptedRun {
    const cell = { model: { outputs: this.outputs } } as never;
    return { id, cell, ended: false, isTold, displays: new Map(displays) };
  }
}

function say(type: string, content: Content, parent: string): KernelMessage {
  const parent_header = { ...newHeader("execute_request", "page"), msg_id: parent };
  const parts = partsOf({ header: newHeader(type, "kernel"), parent_header, metadata: {}, content });
  return new KernelMessage({ identities: [], parts, buffers: [] });
}
const print = (text: string, run: string) => say("stream", { name: "stdout", text }, run);
const show = (id: string, data: string, run: string) =>
  say("display_data", { data, metadata: {}, transient: { display_id: id } }, run);
const update = (id: string, data: string, run: string) =>
  say("update_display_data", { data, metadata: {}, transient: { display_id: id } }, run);
const clear = (wait: boolean, run: string) => say("clear_output", { wait }, run);
const idle = (run: string) => say("status", { execution_state: "idle" }, run);

/** Gives a message of the connection to the run that it changes. */
function take(runs: FollowedRuns<AdoptedRun>, { header, parent_header, content }: KernelMessage): void {
  const { msg_type: type, msg_id: id } = header;
  const run = runs.runOf(
    parent_header.msg_id,
    type === "update_display_data" ? displayOf(content) : undefined,
  );
  if (run !== undefined) apply(run, { id, type, content });
}

/** When things happen, as numbers of messages that the kernel has said by then: the old page closes, the new one hears all from
 * then on, the server answers; and how many messages the new page has got when the answer arrives. */
interface Moments {
  closed: number;
  connected: number;
  answered: number;
  arrived: number;
}

const cellOf = { first: "one", second: "two" } as const;
const runNames = ["first", "second"] as const;

/** What a page shows that has been there all the time. */
function watched(messages: readonly KernelMessage[]): Map<string, Cell> {
  const cells = new Map<string, Cell>(runNames.map((name) => [name, new Cell()]));
  const runs = new FollowedRuns<AdoptedRun>();
  for (const [name, cell] of cells) runs.add(cell.adopt(name, true));
  for (const message of messages) take(runs, message);
  return cells;
}

/** What a page shows that takes the cells over. */
function tookOver(messages: readonly KernelMessage[], { closed, connected, answered, arrived }: Moments) {
  const server = new CellRuns();
  for (const name of runNames) server.asked(name, "old", cellOf[name]);
  for (const [at, message] of messages.slice(0, answered).entries()) server.heard(message, () => at < closed);
  const answer = server.takeOver("new", () => false);
  const saved = watched(messages.slice(0, closed));
  const runs = new FollowedRuns<AdoptedRun>();
  const cells = new Map<string, Cell>();
  const onConnection = [...messages.slice(connected, answered), "mark" as const, ...messages.slice(answered)];
  const hear = (message: KernelMessage | "mark") =>
    message === "mark" ? runs.passed("mark") : take(runs, message);
  const early = onConnection.splice(0, arrived - connected);
  runs.answered("mark");
  for (const { id, messages: told, displays } of answer) {
    const cell = new Cell(told === null ? Outputs.saved((saved.get(id) as Cell).outputs) : new Outputs());
    const run = cell.adopt(id, told !== null, told === null ? Object.entries(displays) : []);
    cells.set(id, cell);
    runs.add(run);
    for (const message of told ?? []) apply(run, message);
  }
  for (const message of [...early, ...onConnection]) hear(message);
  return cells;
}

const shownIn = (cells: ReadonlyMap<string, Cell>) =>
  Object.fromEntries([...cells].map(([name, { outputs }]) => [name, outputs.shown]));

describe("a page that takes running cells over shows what one shows that was always there", () => {
  const training = [
    show("curve", "epoch 1", "first"),
    ...[2, 3, 4].map((epoch) => update("curve", `epoch ${epoch}`, "first")),
    print("the end", "first"),
    idle("first"),
  ];
  const cases: [string, Moments][] = [
    ["the connection has brought nothing yet", { closed: 1, connected: 1, answered: 5, arrived: 1 }],
    ["it has brought a part of what the answer holds", { closed: 1, connected: 1, answered: 4, arrived: 3 }],
    ["it has brought what the answer holds", { closed: 1, connected: 1, answered: 4, arrived: 4 }],
    ["it has brought more than the answer holds", { closed: 1, connected: 1, answered: 3, arrived: 6 }],
    ["it has brought all, and the answer holds all", { closed: 1, connected: 1, answered: 6, arrived: 7 }],
    ["it brings only what the answer does not hold", { closed: 1, connected: 4, answered: 4, arrived: 5 }],
  ];
  for (const [name, moments] of cases)
    it(`when ${name}`, () => {
      expect(shownIn(tookOver(training, moments))).toEqual({ first: ["epoch 4", "the end"], second: [] });
    });

  it("when a display is shown again under its name, and the connection repeats an older update", () => {
    const messages = [
      show("curve", "1", "first"),
      update("curve", "2", "first"),
      show("curve", "3", "first"),
    ];
    const moments = { closed: 0, connected: 0, answered: 3, arrived: 3 };
    expect(shownIn(tookOver(messages, moments))).toEqual(shownIn(watched(messages)));
  });

  it("when a display is updated that was cleared away", () => {
    const messages = [
      show("a", "1", "first"),
      clear(false, "first"),
      show("b", "2", "first"),
      update("a", "stale", "first"),
      clear(true, "first"),
      show("c", "3", "first"),
      update("b", "stale", "first"),
    ];
    for (const answered of messages.keys())
      expect(
        shownIn(tookOver(messages, { closed: 0, connected: 0, answered, arrived: answered })).first,
      ).toEqual(["3"]);
  });

  it("in any order of what two cells and a widget say, of the answer and of the connection", () => {
    const step = fc.record({
      kind: fc.constantFrom("print", "show", "update", "update", "update", "clear", "wait", "idle"),
      run: fc.constantFrom(...runNames),
      from: fc.constantFrom(...runNames, "widget"),
      which: fc.nat(),
    });
    const moments = fc.array(fc.nat(), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), moments, (steps, numbers) => {
        const messages = steps.map(({ kind, run, from, which }, at) => {
          const displays = steps.flatMap(({ kind }, index) =>
            kind === "show" && index < at ? [`${index}`] : [],
          );
          if (kind === "print") return print(`${at} `, run);
          if (kind === "show") return show(`${at}`, `shown ${at}`, run);
          if (kind === "update")
            return update(displays[which % displays.length] ?? "none", `updated ${at}`, from);
          return kind === "idle" ? idle(run) : clear(kind === "wait", run);
        });
        const pick = (number: number | undefined, from: number, to: number) =>
          from + ((number ?? 0) % (to - from + 1));
        const closed = pick(numbers[0], 0, messages.length);
        const endedBefore = messages.slice(0, closed).some(({ header }) => header.msg_type === "status");
        // What a cell says that ended before the old page's eyes comes over the connection alone.
        const connected = endedBefore ? closed : pick(numbers[1], closed, messages.length);
        const answered = pick(numbers[2], connected, messages.length);
        const arrived = pick(numbers[3], connected, messages.length + 1);
        const all = { closed, connected, answered, arrived };
        expect(shownIn(tookOver(messages, all))).toEqual(shownIn(watched(messages)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("the server", () => {
  let lab: LabUnderTest | undefined;
  afterEach(() => lab?.dispose());

  it("marks its answer's place on the page's connection", async () => {
    lab = await startTestLab();
    const { name } = ownKernel.spec;
    const { id } = (await lab.api("/api/kernels", { method: "POST", body: { name } })).json<{ id: string }>();
    const page = await KernelClient.connect(lab, id);
    const other = await KernelClient.connect(lab, id);
    await page.finished(page.execute(ownKernel.code.print));
    const take = (session: string) =>
      lab?.api(`/api/kernels/${id}/cells`, { method: "POST", body: { session } });
    const answer = (await take(page.session))?.json<{ mark: string; runs: unknown[] }>();
    expect(answer).toEqual({ mark: expect.any(String), runs: [] });
    const mark = await page.waitFor(({ header }) => header.msg_type === "cells_taken_over");
    expect(mark).toMatchObject({ channel: "iopub", content: { mark: answer?.mark } });
    expect(page.received.at(-1)).toBe(mark);
    await other.finished(other.execute(ownKernel.code.print));
    expect(other.received.some(({ header }) => header.msg_type === "cells_taken_over")).toBe(false);
    expect((await take("nobody"))?.json()).toEqual({ mark: null, runs: [] });
  });
});
