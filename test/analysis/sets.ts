// The reference's tables as nested arrays, and made-up ones.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { random } from "../../src/core/random.js";

export interface LabelledTable {
  x: number[][];
  y: number[];
}

const folder = new URL("../../datasets/", import.meta.url);

/** Comma-separated numbers with the class last, below a first line of counts and names. */
export function table(name: "iris" | "wine"): LabelledTable {
  const file = { iris: "iris.csv", wine: "wine.csv" }[name];
  return parse(readFileSync(new URL(file, folder), "utf8").trim().split("\n").slice(1));
}

/** Pixels divided by 16. */
export function digits(): LabelledTable {
  const text = gunzipSync(readFileSync(new URL("digits.csv.gz", folder))).toString();
  const { x, y } = parse(text.trim().split("\n"));
  return { x: x.map((row) => row.map((value) => value / 16)), y };
}

export function standardize(x: number[][]): number[][] {
  const columns = x[0]?.map((_, column) => x.map((row) => row[column] as number)) ?? [];
  const moments = columns.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      mean,
      sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length),
    };
  });
  return x.map((row) => row.map((value, at) => (value - (moments[at]?.mean ?? 0)) / (moments[at]?.sd || 1)));
}

/** Uniform numbers in [−1, 3), [rows][columns]. */
export function numbers(seed: number, rows: number, columns: number): number[][] {
  const stream = random(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => stream.next() * 4 - 1));
}

function parse(lines: readonly string[]): LabelledTable {
  const rows = lines.map((line) => line.split(",").map(Number));
  return { x: rows.map((row) => row.slice(0, -1)), y: rows.map((row) => row.at(-1) as number) };
}
