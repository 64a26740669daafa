// The history of cells, over sessions and between kernels.
import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { History } from "../../../src/kernel/protocol/history.js";

const newFile = (): string => join(mkdtempSync(join(tmpdir(), "history ")), "deeper", "history.sqlite");

function open(file: string): { history: History; problems: string[] } {
  const problems: string[] = [];
  return { history: new History(file, (problem) => problems.push(problem)), problems };
}

async function session(file: string, sources: string[]): Promise<void> {
  const { history } = open(file);
  sources.forEach((source, index) => {
    history.add(index + 1, source);
  });
  await history.close();
}

it("keeps the cells of earlier sessions, the newest last", async () => {
  const file = newFile();
  await session(file, ["a", "b"]);
  const { history } = open(file);
  history.add(1, "c 😀");
  expect(await history.answer({ hist_access_type: "tail", n: 2 })).toEqual([
    [1, 2, "b"],
    [2, 1, "c 😀"],
  ]);
  expect(await history.answer({ hist_access_type: "tail", n: 0 })).toEqual([]);
  expect(await history.answer({ hist_access_type: "tail", n: 1, output: true })).toEqual([
    [2, 1, ["c 😀", null]],
  ]);
  await history.close();
});

it("gives a range of this session, of the one before, and of one by number", async () => {
  const file = newFile();
  await session(file, ["a1", "a2", "a3"]);
  const { history } = open(file);
  history.add(1, "b1");
  const range = (session: number, start: number, stop: number) =>
    history.answer({ hist_access_type: "range", session, start, stop });
  expect(await range(0, 1, 5)).toEqual([[2, 1, "b1"]]);
  expect(await range(-1, 2, 4)).toEqual([
    [1, 2, "a2"],
    [1, 3, "a3"],
  ]);
  expect(await range(1, 1, 2)).toEqual([[1, 1, "a1"]]);
  await history.close();
});

it("searches with a pattern, and gives each text once where asked to", async () => {
  const { history } = open(newFile());
  ["let x = 1", "x", "let y = 2", "x"].forEach((source, index) => {
    history.add(index + 1, source);
  });
  const search = (pattern: string, more: object) =>
    history.answer({ hist_access_type: "search", pattern, n: 9, ...more });
  expect(await search("let ? = *", {})).toEqual([
    [1, 1, "let x = 1"],
    [1, 3, "let y = 2"],
  ]);
  expect(await search("x", { unique: true })).toEqual([[1, 4, "x"]]);
  expect(await search("x", { n: 1 })).toEqual([[1, 4, "x"]]);
  await history.close();
});

it("two kernels write at the same time and lose nothing", async () => {
  const file = newFile();
  const many = (letter: string): string[] => Array.from({ length: 30 }, (_, index) => letter + index);
  await Promise.all([session(file, many("a")), session(file, many("b"))]);
  const { history } = open(file);
  expect(await history.answer({ hist_access_type: "search", pattern: "[ab]*", n: 100 })).toHaveLength(60);
  await history.close();
});

it("a lock that a killed kernel left behind is cleared", async () => {
  const file = newFile();
  await session(file, ["before"]);
  mkdirSync(`${file}.lock`);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(`${file}.lock`, longAgo, longAgo);
  const { history, problems } = open(file);
  expect(await history.answer({ hist_access_type: "tail", n: 1 })).toEqual([[1, 1, "before"]]);
  expect(problems).toEqual([]);
  await history.close();
});

it("without a database that can be opened, the session is kept in memory, and the log says why", async () => {
  const file = newFile();
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "this is no database, and long enough to be looked at as one".repeat(100));
  const { history, problems } = open(file);
  history.add(1, "kept");
  expect(await history.answer({ hist_access_type: "tail", n: 5 })).toEqual([[1, 1, "kept"]]);
  expect(problems.join()).toContain("is not kept");
  await history.close();
});
