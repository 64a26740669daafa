import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, describe, expect, it } from "vitest";
import { DatasetError, MissingPackageError } from "../../src/core/errors.js";
import { toFrame } from "../../src/data/frame.js";
import { load } from "../../src/data/index.js";
import { parseImages } from "../../src/data/load.js";
import { datasetEntry, datasetsFolder, datasetText, type ImagesEntry } from "../../src/data/manifest.js";
import golden from "../golden/digits.json" with { type: "json" };

const temporary = mkdtempSync(join(tmpdir(), "latent-lab-data-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

describe("load", () => {
  it("gives the digits with the reference's shape, range, mean and class counts", async () => {
    const digits = await load("digits");
    expect(digits.features.shape).toEqual(golden.facts.shape);
    expect([digits.features.dtype, digits.labels.dtype]).toEqual(["float32", "int32"]);
    const pixels = Array.from(await digits.features.data());
    expect([Math.min(...pixels), Math.max(...pixels)]).toEqual([0, 1]);
    const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
    expect(mean).toBeCloseTo(golden.facts.grand_mean, 10);
    const counts = new Array<number>(10).fill(0);
    for (const label of await digits.labels.data()) counts[label] = (counts[label] ?? 0) + 1;
    expect(counts).toEqual(golden.facts.class_counts);
    digits.dispose();
  });

  it("names columns and classes, and says where the data come from", async () => {
    const digits = await load("digits");
    expect([digits.names.length, digits.names[0], digits.names[63]]).toEqual([64, "pixel_0_0", "pixel_7_7"]);
    expect(digits.classNames).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(digits.about).toMatchObject({ licence: "CC BY 4.0" });
    digits.dispose();
  });

  it("gives pictures that are the rows of the features", async () => {
    const digits = await load("digits");
    expect(digits.images.shape).toEqual([1797, 8, 8]);
    const [picture, row] = tf.tidy(() => [
      tf.slice(digits.images, 5, 1).dataSync(),
      tf.slice(digits.features, 5, 1).dataSync(),
    ]);
    expect(picture).toEqual(row);
    digits.dispose();
  });

  it("holds exactly three tensors, and a split six more, until they are disposed of", async () => {
    const before = tf.memory().numTensors;
    const digits = await load("digits");
    expect(tf.memory().numTensors).toBe(before + 3);
    const { train, test } = digits.split();
    expect(tf.memory().numTensors).toBe(before + 9);
    train.dispose();
    test.dispose();
    digits.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("splits into the first 1437 rows and the last 360, unshuffled", async () => {
    const digits = await load("digits");
    const { train, test } = digits.split();
    expect([train.features.shape, test.features.shape]).toEqual([
      [1437, 64],
      [360, 64],
    ]);
    expect([train.images.shape, test.labels.shape]).toEqual([[1437, 8, 8], [360]]);
    const all = Array.from(await digits.labels.data());
    expect(Array.from(await train.labels.data())).toEqual(all.slice(0, 1437));
    expect(Array.from(await test.labels.data())).toEqual(all.slice(1437));
    for (const part of [train, test, digits]) part.dispose();
  });

  it("rejects options that the set does not have", async () => {
    await expect(load("iris", { trainRows: 10 } as never)).rejects.toThrow(
      /no options for "iris"; got trainRows/,
    );
    await expect(load("mnist", { rows: 10 } as never)).rejects.toThrow(/got rows/);
  });

  it("rejects a name that there is not", async () => {
    await expect(load("digit" as "digits")).rejects.toThrow(
      /expected one of digits, iris, wine, breast_cancer, penguins, mnist, fashion_mnist; got "digit"/,
    );
    await expect(load("toString" as "digits")).rejects.toThrow(DatasetError);
  });
});

describe("the tables", () => {
  it.each([
    ["iris", [150, 4], [50, 50, 50], [5.1, 3.5, 1.4, 0.2]],
    ["wine", [178, 13], [59, 71, 48], [14.23, 1.71, 2.43]],
    ["breast_cancer", [569, 30], [212, 357], [17.99, 10.38, 122.8, 1001]],
    ["penguins", [342, 4], [151, 68, 123], [39.1, 18.7, 181, 3750]],
  ] as const)("%s has its shape, classes and first row", async (name, shape, counts, first) => {
    const before = tf.memory().numTensors;
    const set = await load(name);
    expect(set.features.shape).toEqual(shape);
    expect([set.names.length, set.classNames.length]).toEqual([shape[1], counts.length]);
    const labels = await set.labels.data();
    expect(counts.map((_, label) => labels.filter((each) => each === label).length)).toEqual(counts);
    const values = await set.features.data();
    for (const [at, value] of first.entries()) expect(values[at]).toBeCloseTo(value, 4);
    expect(set.about.source).toMatch(/^https:/);
    const { train, test, dispose } = set.split();
    expect(train.features.shape[0] + test.features.shape[0]).toBe(shape[0]);
    expect(test.features.shape[0]).toBe(Math.ceil(shape[0] / 4));
    dispose();
    set.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("penguins say which rows have no measurements, and keep the other columns", async () => {
    const penguins = await load("penguins");
    expect(penguins.report.rows).toEqual({ read: 344, kept: 342 });
    expect(penguins.report.dropped.map(({ row }) => row)).toEqual([5, 273]); // as a spreadsheet counts
    expect(penguins.classNames).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
    expect(penguins.others.sex?.filter((sex) => sex === null)).toHaveLength(9);
    expect(Object.keys(penguins.others)).toEqual(["species", "island", "sex", "year"]);
    expect((await penguins.frame()).columns.at(-1)).toBe("label");
    penguins.dispose();
  });

  it("are as measured: the column means of iris that UCI documents", async () => {
    const iris = await load("iris");
    const mean = tf.tidy(() => Array.from(tf.mean(iris.features, 0).dataSync()));
    for (const [at, value] of [5.8433, 3.0573, 3.758, 1.1993].entries())
      expect(mean[at]).toBeCloseTo(value, 3);
    iris.dispose();
  });
});

const names = ["digits", "iris", "wine", "breast_cancer", "penguins"];
const digitsEntry = datasetEntry("digits") as ImagesEntry;

describe("the files", () => {
  it.each(names)("%s has the sha256 and the size that the manifest and the package count on", (name) => {
    const entry = datasetEntry(name);
    const file = new URL(entry.file, datasetsFolder);
    expect(createHash("sha256").update(readFileSync(file)).digest("hex")).toBe(entry.sha256);
    expect(statSync(file).size).toBeLessThan(130_000);
  });

  it("are refused with their name when damaged or missing", () => {
    const folder = pathToFileURL(join(temporary, "/"));
    expect(() => datasetText(digitsEntry, folder)).toThrow(DatasetError);
    copyFileSync(new URL(digitsEntry.file, datasetsFolder), join(temporary, digitsEntry.file));
    expect(datasetText(digitsEntry, folder)).toBe(datasetText(digitsEntry));
    writeFileSync(join(temporary, digitsEntry.file), "changed");
    expect(() => datasetText(digitsEntry, folder)).toThrow(/digits\.csv\.gz with sha256 .* is damaged/s);
  });

  it.each([
    ["a row too few", "0,1,0", /expected 2 rows/],
    ["a missing column", "0,1,0\n0,1", /expected 3 numbers in line 2/],
    ["text", "0,1,0\n0,x,1", /line 2/],
  ])("are refused with %s", (_, text, message) => {
    const entry: ImagesEntry = { ...digitsEntry, shape: [2, 2] };
    expect(() => parseImages(text, entry, "digits")).toThrow(message);
  });
});

describe("frame", () => {
  it("is a Danfo.js table with a column for each pixel and the label", async () => {
    const digits = await load("digits");
    const before = tf.memory().numTensors;
    const frame = await digits.frame();
    expect(frame.shape).toEqual([1797, 65]);
    expect(frame.columns.slice(-2)).toEqual(["pixel_7_7", "label"]);
    expect(frame.at(1, "label")).toBe(1);
    expect(frame.at(0, "pixel_0_2")).toBe(5 / 16);
    expect(tf.memory().numTensors).toBe(before);
    digits.dispose();
  });

  it("says what to install where Danfo.js is missing", async () => {
    const digits = await load("digits");
    const missing = () => Promise.reject(new Error("Cannot find package"));
    const frame = toFrame(digits.features, digits.labels, digits.names, missing);
    await expect(frame).rejects.toThrow(MissingPackageError);
    await expect(frame).rejects.toThrow("npm install danfojs-node@1.2.0");
    digits.dispose();
  });
});
