// A learner's own file, with everything that can be wrong in one.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { DatasetError, UsageError } from "../../src/core/errors.js";
import { displaySymbol } from "../../src/core/notebook.js";
import { toNumber } from "../../src/data/csv-columns.js";
import { type FromCsvOptions, fromCsv, fromFrame } from "../../src/data/index.js";

const folder = mkdtempSync(join(tmpdir(), "latent-lab-csv-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The features as rows, with their names, the set disposed of. */
async function read(source: string, options?: FromCsvOptions) {
  const before = tf.memory().numTensors;
  const set = await fromCsv(source, options);
  const rows = await set.features.array();
  const { names, report, others } = set;
  const labelled = set as Partial<{ labels: tf.Tensor1D; classNames: readonly string[] }>;
  const labels = labelled.labels ? Array.from(await labelled.labels.data()) : undefined;
  set.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return { rows, names, report, others, labels, classNames: labelled.classNames };
}

describe("fromCsv reads", () => {
  it.each<[string, string]>([
    ["plain text", "a,b\n1,2\n3,4\n"],
    ["a byte order mark and Windows' line ends", "\uFEFFa,b\r\n1,2\r\n3,4\r\n"],
    ["semicolons", "a;b\n1;2\n3;4"],
    ["tabs", "a\tb\n1\t2\n3\t4"],
    ["quotes", '"a","b"\n"1","2"\n"3",4'],
    ["blanks and empty lines", " a , b \n\n 1, 2\n,\n3 ,4\n\n"],
    ["old Macs' line ends", "a,b\r1,2\r3,4\r"],
  ])("%s", async (_, text) => {
    const { rows, names } = await read(text);
    expect(names).toEqual(["a", "b"]);
    expect(rows).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("decimal commas with groups of thousands, and says so", async () => {
    const { rows, report } = await read("price;weight\n1.234,5;0,25\n-2,5;1,75");
    expect(rows).toEqual([
      [1234.5, 0.25],
      [-2.5, 1.75],
    ]);
    expect(report.notes.join()).toContain('"price" has decimal commas');
  });

  it("a file by its path, in UTF-16 or Windows-1252, too", async () => {
    const path = join(folder, "daten.csv");
    writeFileSync(path, Buffer.from("\uFEFFgröße,b\n1,2\n3,5", "utf16le"));
    expect((await read(path)).names).toEqual(["größe", "b"]);
    writeFileSync(path, Buffer.from("größe,b\n1,2\n3,5", "latin1"));
    const { names, report } = await read(path);
    expect(names).toEqual(["größe", "b"]);
    expect(report.notes[0]).toContain("Windows-1252");
  });

  it("quoted cells with separators, quotes and line breaks", async () => {
    const { rows, names } = await read('kind,v\n"a, ""b""\nc",1\nd,2');
    expect(names).toEqual(['kind_a, "b"\nc', "kind_d", "v"]);
    expect(rows).toEqual([
      [1, 0, 1],
      [0, 1, 2],
    ]);
  });

  it("columns of the same name and of none, with names of their own", async () => {
    const { names, report } = await read("a,a,,a\n1,2,3,4\n5,6,7,8");
    expect(names).toEqual(["a", "a_2", "column_3", "a_3"]);
    expect(report.notes).toHaveLength(3);
  });

  it("a table below a title, and tells of categories that differ in case only", async () => {
    const { names, report } = await read("My cats, 2024\n\nsex;kg\nMale;4,5\nmale;5\nFemale;x", {
      ...{ skipRows: 1, missingValues: ["x"], missing: "median" },
    });
    expect(names).toEqual(["sex_Female", "sex_Male", "sex_male", "kg"]);
    expect(report.notes.join()).toContain('"sex" has categories that differ in case only: "Male", "male"');
  });

  it("text without a header", async () => {
    expect((await read("1,2\n3,4", { header: false })).names).toEqual(["column_1", "column_2"]);
  });
});

const messy = [
  "name,species,sex,mass,height,year,note",
  "Ann,cat,f,4.0,20,2020,",
  "Bob,dog,m,NA,50,2020,",
  "Cid,cat,,5.0,22,2020,",
  "Dan,,m,30,55,2020,",
  "Eve,dog,f,32,?,2020,",
  "Fay,dog,m,28,60,2020,",
].join("\n");

describe("fromCsv reports", () => {
  it("rows that it leaves out, by their number in the file, and why", async () => {
    const { report, rows, names, labels, classNames, others } = await read(messy, {
      label: "species",
      ignore: ["name"],
    });
    expect(report.rows).toEqual({ read: 6, kept: 2 });
    expect(report.dropped).toEqual([
      { row: 3, reason: "no value in mass" },
      { row: 4, reason: "no value in sex" },
      { row: 5, reason: "no label in species" },
      { row: 6, reason: "no value in height" },
    ]);
    expect(names).toEqual(["sex_f", "sex_m", "mass", "height"]);
    expect(rows).toEqual([
      [1, 0, 4, 20],
      [0, 1, 28, 60],
    ]);
    expect([labels, classNames]).toEqual([
      [0, 1],
      ["cat", "dog"],
    ]);
    expect(others.name).toEqual(["Ann", "Fay"]);
  });

  it("what it fills in, and that it came from all rows", async () => {
    const { report, rows, names } = await read(messy, {
      label: "species",
      ignore: ["name"],
      missing: "mean",
    });
    expect(names).toEqual(["sex_f", "sex_m", "mass", "height"]);
    expect(rows[1]?.[2]).toBeCloseTo((4 + 5 + 32 + 28) / 4, 4); // of the rows that have a label
    const column = (name: string) => report.columns.find((each) => each.name === name);
    expect(column("mass")).toMatchObject({ kind: "number", missing: 1, filledWith: (4 + 5 + 32 + 28) / 4 });
    expect(column("sex")).toMatchObject({ kind: "category", filledWith: "f", categories: ["f", "m"] });
    expect(column("year")).toMatchObject({ kind: "constant", features: [] });
    expect(column("note")).toMatchObject({ kind: "empty", missing: 6 });
    expect(column("species")).toMatchObject({ kind: "label", categories: ["cat", "dog"] });
    expect(report.notes.join(" ")).toContain("later test rows");
  });

  it("medians, codes and NaN, if asked for", async () => {
    const options = { features: ["sex", "mass"], categories: "codes" } as const;
    const median = await read(messy, { ...options, missing: "median" });
    expect(median.rows.map((row) => row[1])).toEqual([4, 28, 5, 30, 32, 28]);
    const kept = await read(messy, { ...options, missing: "keep" });
    expect(kept.rows.map((row) => row[0])).toEqual([0, 1, Number.NaN, 1, 0, 1]);
  });

  it("as a table in a notebook and in words, with nothing of the file as HTML", async () => {
    const { report } = await read("<b>x</b>,y\n1,2\n3,4");
    const shown = await report[displaySymbol]();
    expect(shown["text/html"]).toContain("&lt;b&gt;x&lt;/b&gt;");
    expect(String(report)).toMatch(/^2 of 2 rows kept\.\ncolumn +taken for/);
  });

  it("names as no feature unless asked for, and numbers that count the rows", async () => {
    const text = "id,name,v\n1,a,3\n2,b,1\n3,c,4\n4,d,1\n5,e,5";
    const { names, report, others } = await read(text);
    expect(names).toEqual(["id", "v"]);
    expect(report.notes.join(" ")).toContain("another text in each row");
    expect(report.notes.join(" ")).toContain('"id" counts the rows');
    expect(others.name).toEqual(["a", "b", "c", "d", "e"]);
    expect((await read(text, { features: ["name"] })).names).toHaveLength(5);
  });

  it("text columns with too many values as no feature", async () => {
    const text = `id,v\n${Array.from({ length: 60 }, (_, at) => `p${at},${at}`).join("\n")}`;
    const { names, report, others } = await read(text);
    expect(names).toEqual(["v"]);
    expect(report.notes[0]).toContain("60 different texts");
    expect(others.id).toHaveLength(60);
  });
});

describe("fromCsv names what is wrong", () => {
  it.each<[string, string, FromCsvOptions, RegExp]>([
    ["text in a column of numbers", "a,b\n1,2\n3,12 cm\n5,6", {}, /number in row 3, column "b"; got "12 cm"/],
    ["infinity", "a,b\n1,2\n3,inf\n5,6", {}, /row 3, column "b"/],
    ["too many cells", "a,b\n1,2\n3,4,5", {}, /expected 2 cells in row 3.*got 3/],
    ["too few cells", "a,b\n1\n3,4", {}, /expected 2 cells in row 2.*got 1/],
    ["a quote that is not closed", 'a,b\n1,"2\n3,4', {}, /quotes in pairs.*row 2/],
    ["no rows", "a,b\n", {}, /names only/],
    [
      ...["counts above numbers, as scikit-learn has them", "2,3,x,y\n1,2,0\n3,4,1\n5,6,1"],
      ...[{}, /expected 3 cells in row 1.*got 4, "2,3,x,y".*skipRows: 1, header: false/],
    ] as [string, string, FromCsvOptions, RegExp],
    ["a title above the names", "Wines\n\na,b\n1,2\n3,4", {}, /got 1, "Wines".*give skipRows: 1; else/],
    ["nothing at all", "\n\n", {}, /got none/],
    ["no feature", "a\nx\nx", {}, /expected a column to learn from/],
    ["gaps in each row", "a,b\n1,\n,2\n3,\n,4", {}, /none of 4/],
    ["the first gap, if asked", "a,b\n1,2\n3,\n4,5", { missing: "error" }, /value in row 3, column "b"/],
    ["labels that are no classes", "a,b\n1,2.5\n3,1", { label: "b" }, /expected classes in "b".*2\.5/],
    ["too large numbers", "a,b\n1,1e39\n2,3", {}, /float32 holds in row 2, column "b"/],
  ])("%s", async (_, text, options, message) => {
    const before = tf.memory().numTensors;
    await expect(fromCsv(text, options)).rejects.toThrow(message);
    await expect(fromCsv(text, options)).rejects.toThrow(DatasetError);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each<[string, FromCsvOptions, RegExp]>([
    ["an option that there is not", { labels: "a" } as never, /got labels/],
    ["a column that there is not", { label: "c" }, /columns among "a", "b"; got "c"/],
    ["a policy that there is not", { missing: "zero" } as never, /missing among drop, mean.*got zero/],
    ["a way with categories that there is not", { categories: "onehot" } as never, /got onehot/],
    ["a name where a list of names goes", { features: "a" } as never, /features as a list; got a/],
    ["a label among the features", { label: "a", features: ["a", "b"] }, /read the answer/],
  ])("%s", async (_, options, message) => {
    await expect(fromCsv("a,b\n1,2\n3,4", options)).rejects.toThrow(message);
    await expect(fromCsv("a,b\n1,2\n3,4", options)).rejects.toThrow(UsageError);
  });

  it("a source that is none", async () => {
    await expect(fromCsv(undefined as never)).rejects.toThrow(/^fromCsv: expected the path.*got undefined/);
  });

  it("in a note, a first row of numbers that it took for names", async () => {
    const { report } = await read("1,2\n3,5\n6,7", {});
    expect(report.notes.join(" ")).toContain("Row 1 was taken for names, but has only numbers.");
  });

  it("a file that is not there", async () => {
    await expect(fromCsv(join(folder, "none.csv"))).rejects.toThrow(/none\.csv.*ENOENT/);
  });

  it("but takes ragged rows and odd words for gaps, if told", async () => {
    const { rows, report } = await read("a,b\n1,2\n3\n5,unknown\n7,8", {
      ...{ ragged: "drop", missingValues: ["unknown"] },
    });
    expect(rows).toEqual([
      [1, 2],
      [7, 8],
    ]);
    expect(report.rows).toEqual({ read: 4, kept: 2 });
    expect(report.dropped.map(({ row }) => row)).toEqual([3, 4]);
  });
});

it("numbers of either decimal mark are read as they were written", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(toNumber(String(value), ".")).toBe(value + 0);
      expect(toNumber(String(value).replace(".", ","), ",")).toBe(value + 0);
    }),
  );
  for (const text of ["1 2", "0x10", "1e", "12,34", "--1", "1.2.3", "Infinity"])
    expect(toNumber(text, ".")).toBeNaN();
});

it("whatever numbers a file has, quoted or not, come back", async () => {
  const cell = fc.float({ noNaN: true, noDefaultInfinity: true });
  const table = fc.array(fc.tuple(cell, cell), { minLength: 2, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom(",", ";", "\t"), async (rows, mark) => {
      const text = [["a", "b"], ...rows.map((row) => row.map((v) => `"${v}"`))]
        .map((row) => row.join(mark))
        .join("\r\n");
      const got = await read(text, { constant: "keep" });
      expect(got.rows.map((row) => row.map((v) => v + 0))).toEqual(rows.map((row) => row.map((v) => v + 0)));
    }),
    { numRuns: 30 },
  );
});

it("fromFrame takes a Danfo.js DataFrame", async () => {
  const { DataFrame } = await import("danfojs-node");
  const frame = new DataFrame(
    [
      [1, "x", 2.5],
      [2, "y", null],
      [4, "x", 3.5],
    ] as never,
    { columns: ["a", "kind", "b"] },
  );
  const set = await fromFrame(frame, { label: "kind" });
  expect(await set.features.array()).toEqual([
    [1, 2.5],
    [4, 3.5],
  ]);
  expect(set.report.dropped).toEqual([{ row: 2, reason: "no value in b" }]);
  expect((await set.frame()).columns).toEqual(["a", "b", "label"]);
  const { train, test, dispose } = (await fromCsv("a\n1\n2\n3\n4")).split();
  expect([train.features.shape, test.features.shape]).toEqual([
    [3, 1],
    [1, 1],
  ]);
  dispose();
  set.dispose();
});
