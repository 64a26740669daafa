// What a cell's messages leave in the file: nbformat's outputs, as a front end would show them.
import { beforeEach, expect, it } from "vitest";
import { CellOutputs } from "../../src/course/runner/cell-outputs.js";
import { newHeader } from "../../src/kernel/protocol/wire.js";

let displays: Map<string, never[]>;
let cell: CellOutputs;

beforeEach(() => {
  displays = new Map();
  cell = new CellOutputs(displays);
});

function take(type: string, content: Record<string, unknown>, to = cell): void {
  const header = newHeader(type, "test");
  to.take({ identities: [], header, parent_header: {}, metadata: {}, content, buffers: [] });
}

function print(text: string, name = "stdout"): void {
  take("stream", { name, text });
}

function show(value: string, id?: string, type = "display_data", to = cell): void {
  const transient = id === undefined ? {} : { display_id: id };
  take(type, { data: { "text/plain": value }, metadata: {}, transient }, to);
}

function shown(value: string) {
  return { output_type: "display_data", data: { "text/plain": value }, metadata: {} };
}

function printed(text: string, name = "stdout") {
  return { output_type: "stream", name, text };
}

it("joins neighbouring texts of one stream, and no others", () => {
  print("a");
  print("b\n");
  print("c", "stderr");
  print("d");
  show("e");
  print("f");
  expect(cell.outputs).toEqual([
    printed("ab\n"),
    printed("c", "stderr"),
    printed("d"),
    shown("e"),
    printed("f"),
  ]);
});

it("keeps a result with its count, and leaves out what only travels", () => {
  take("status", { execution_state: "busy" });
  take("execute_input", { code: "1", execution_count: 4 });
  take("execute_result", {
    data: { "text/plain": "1" },
    metadata: { a: 1 },
    execution_count: 4,
    transient: {},
  });
  take("comm_open", { comm_id: "x", target_name: "y", data: {} });
  expect(cell.outputs).toEqual([
    { output_type: "execute_result", data: { "text/plain": "1" }, metadata: { a: 1 }, execution_count: 4 },
  ]);
});

it("keeps an error with its traceback", () => {
  const error = { ename: "TypeError", evalue: "no", traceback: ["line 1", "line 2"] };
  take("error", { ...error, status: "error" });
  expect(cell.outputs).toEqual([{ output_type: "error", ...error }]);
});

it("replaces every display of an id, in earlier cells too", () => {
  const later = new CellOutputs(displays);
  show("first", "d");
  show("other", "e");
  show("again", "d", "display_data", later);
  show("new", "d", "update_display_data", later);
  expect(cell.outputs).toEqual([shown("new"), shown("other")]);
  expect(later.outputs).toEqual([shown("new")]);
});

it("drops an update of an id that was never shown", () => {
  show("lost", "nowhere", "update_display_data");
  expect(cell.outputs).toEqual([]);
});

it("clears at once, or with wait when the next output comes", () => {
  print("old");
  take("clear_output", { wait: false });
  expect(cell.outputs).toEqual([]);
  print("shown");
  take("clear_output", { wait: true });
  expect(cell.outputs).toEqual([printed("shown")]);
  print("new");
  print(" and more");
  expect(cell.outputs).toEqual([printed("new and more")]);
});

it("keeps what stands if nothing follows a clear that waits", () => {
  show("last");
  take("clear_output", { wait: true });
  expect(cell.outputs).toEqual([shown("last")]);
});
