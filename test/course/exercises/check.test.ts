// What every check has in common: it never throws, reads numbers in any form, and leaves no tensors behind.
import * as tf from "@tensorflow/tfjs-core";
import { expect, it, vi } from "vitest";
import { installNotebookHost, type NotebookHost } from "../../../src/core/notebook.js";
import { verdictOn } from "../../../src/course/exercises/check.js";
import { type ExerciseId, exercises } from "../../../src/course/exercises/exercises.js";
import { beginGrading, check } from "../../../src/course/exercises/index.js";
import { labelsIn, listIn, numberIn, tableIn } from "../../../src/course/exercises/read-answer.js";
import { verdictBundle } from "../../../src/course/exercises/verdict.js";
import { checkMimeType } from "../../../src/course/progress/check-type.js";

const ids = Object.keys(exercises) as ExerciseId[];

const oddities: [name: string, answer: () => Record<string, unknown>][] = [
  ["nothing", () => ({})],
  [
    "a name that does not exist",
    () => {
      throw new ReferenceError("mine is not defined");
    },
  ],
  [
    "an error that is none",
    () => {
      throw "a text";
    },
  ],
];

it.each(oddities)("says not yet for %s, in every exercise, without tensors left", async (_name, answer) => {
  const before = tf.memory().numTensors;
  for (const id of ids) expect(await verdictOn(id, answer)).toMatchObject({ id, passed: false });
  expect(tf.memory().numTensors).toBe(before);
});

it("names what does not exist yet, also a const that is not reached", async () => {
  const undeclared = await verdictOn("02.1", () => ({
    nearest: undefined,
  }));
  expect(undeclared.reason).toMatch(/^`nearest` is still undefined/);
  const early = await verdictOn("02.1", () => {
    throw new ReferenceError("Cannot access 'nearest' before initialization");
  });
  expect(early.reason).toMatch(/^`nearest` does not exist yet/);
});

it("tells of an error in the learner's own function", async () => {
  const nearest = (): never => {
    throw new TypeError("centers is not iterable");
  };
  const { passed, reason } = await verdictOn("02.1", () => ({ nearest }));
  expect({ passed, reason }).toEqual({
    passed: false,
    reason: "Your code stopped with TypeError: centers is not iterable",
  });
});

it("knows no exercise but its own", async () => {
  expect(await verdictOn("99.9", () => ({}))).toMatchObject({ passed: false });
  expect(await verdictOn("toString", () => ({}))).toMatchObject({ passed: false });
});

it("prints the verdict where there is no notebook", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await check("00.1", () => ({ percent: (part: number, whole: number) => (100 * part) / whole }));
  expect(log.mock.calls.join()).toMatch(/^✓ 00\.1 passed\./);
  log.mockRestore();
});

it("shows reasons as text, not as HTML of the learner's", () => {
  const bundle = verdictBundle({ id: "00.1", passed: false, reason: "`x` is <script>" });
  expect(bundle["text/html"]).toContain("<code>x</code> is &lt;script&gt;");
});

it("leaves no tensors when answers are right", async () => {
  const nearest = (point: number[], centers: number[][]) => {
    const squares = centers.map((center) =>
      center.reduce((sum, value, at) => sum + (value - (point[at] ?? 0)) ** 2, 0),
    );
    return squares.indexOf(Math.min(...squares));
  };
  const componentsFor = () => 3;
  const before = tf.memory().numTensors;
  expect(await verdictOn("02.1", () => ({ nearest }))).toMatchObject({ passed: true });
  await verdictOn("03.4", () => ({ componentsFor }));
  await verdictOn("03.5", () => ({ rebuilt: Array.from({ length: 360 }, () => new Array(64).fill(0)) }));
  expect(tf.memory().numTensors).toBe(before);
});

it("reads numbers in every form, and says what else they are", () => {
  const [vector, table, one] = [tf.tensor1d([1, 2]), tf.tensor2d([[1], [2]]), tf.scalar(3)];
  for (const form of [[1, 2], new Int32Array([1, 2]), vector, table, [[1], [2]], { values: [1, 2] }])
    expect(listIn(form, "x")).toEqual([1, 2]);
  for (const form of [table, [new Float32Array([1]), new Float32Array([2])]])
    expect(tableIn(form, "x")).toEqual([[1], [2]]);
  for (const form of [3, one, [3]]) expect(numberIn(form, "x")).toBe(3);
  tf.dispose([vector, table, one]);
  expect(() => listIn([1, Number.NaN], "x")).toThrow("x holds NaN");
  expect(() => listIn("1, 2", "x")).toThrow(/numbers .* it is the text "1, 2"/);
  expect(() => tableIn([[1, 2], [3]], "x")).toThrow("shape [2, 2]");
  expect(() => numberIn("3", "x")).toThrow("one number");
  expect(() => listIn(vector, "x")).toThrow("disposed");
});

it("reads what an array holds, not what its own methods say of it", async () => {
  const liarOf = (values: number[]): number[] =>
    Object.assign([...values], {
      every: () => true,
      find: () => undefined,
      flat: () => [25],
      reduce: () => 25,
      [Symbol.iterator]: () => [25][Symbol.iterator](),
    });
  const liar = liarOf([1, Number.NaN]);
  expect(() => listIn(liar, "x")).toThrow("x holds NaN");
  expect(() => tableIn([liar], "x")).toThrow("x holds NaN");
  expect(() => labelsIn(liarOf([7, 7]), "x", { length: 2, classes: 3 })).toThrow("it holds 7");
  expect(() => numberIn(liar, "x")).toThrow("one number");
  const honest = listIn(liarOf([1, 2]), "x");
  expect([Reflect.ownKeys(honest), honest]).toEqual([
    ["0", "1", "length"],
    [1, 2],
  ]);
  expect(await verdictOn("00.2", () => ({ ink: liarOf(new Array(1797).fill(0.5)) }))).toMatchObject({
    passed: false,
  });
});

it("refuses arrays without end", () => {
  const endless: unknown[] = [];
  endless.push(endless);
  expect(() => listIn(endless, "x")).toThrow("too deep");
  expect(() =>
    listIn(new Proxy([], { get: (_, name) => (name === "length" ? 1e12 : undefined) }), "x"),
  ).toThrow("too long");
});

it("has exercises that nobody can change, and takes the name of one only as a text", async () => {
  const table = exercises as Record<string, { check: unknown }>;
  expect(() => Object.assign(table, { "00.1": { check: () => "yes" } })).toThrow(TypeError);
  expect(() => Object.assign(table["00.1"] ?? {}, { check: () => "yes" })).toThrow(TypeError);
  const twoFaced = { toString: () => "00.1" } as unknown as ExerciseId;
  expect(
    await verdictOn(twoFaced, () => ({ percent: (a: number, b: number) => (100 * a) / b })),
  ).toMatchObject({
    passed: false,
  });
});

it("hands the grader's word out for a passed exercise only, and takes the words once", async () => {
  const shown: unknown[] = [];
  installNotebookHost({ display: (bundle: object) => shown.push(bundle) } as unknown as NotebookHost);
  beginGrading({ "00.1": "first" });
  beginGrading({ "00.1": "second" });
  await check("00.1", () => ({ percent: (part: number, whole: number) => part / whole }));
  await check("00.1", () => ({ percent: (part: number, whole: number) => (100 * part) / whole }));
  installNotebookHost(undefined as unknown as NotebookHost);
  expect(shown).toMatchObject([
    { [checkMimeType]: { id: "00.1", passed: false } },
    { [checkMimeType]: { id: "00.1", passed: true, proof: "first" } },
  ]);
  expect(JSON.stringify(shown[0])).not.toContain("proof");
});
