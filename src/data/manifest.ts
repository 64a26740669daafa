// The embedded files and what `datasets/manifest.json` says of them. Every read checks the sha256: a file that
// a download, an editor or git's line endings changed would otherwise give slightly wrong results in silence.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { DatasetError } from "../core/errors.js";

/** What the manifest says of every dataset. */
interface CommonEntry {
  /** File name in `datasets/`. */
  file: string;
  /** Of the file as it lies there (compressed), in hexadecimal. */
  sha256: string;
  /** [rows, columns]; of sets without a header line the columns are the features, without the label. */
  shape: [number, number];
  /** The classes' names, in the order of their labels 0, 1, … */
  classes: string[];
  licence: string;
  source: string;
  citation: string;
}

/** Pixels and the label last, without a header. */
export interface ImagesEntry extends CommonEntry {
  kind: "images";
  /** [height, width] */
  imageShape: [number, number];
  /** The smallest and the largest possible value in the file. */
  range: [number, number];
  /** The standard split trains on the first so many rows and tests on the rest. */
  trainRows: number;
}

/** Numbers and the label last, after a line of counts and class names. */
export interface TableEntry extends CommonEntry {
  kind: "table";
  names: string[];
}

/** A file with a header line, text and missing values. */
export interface CsvEntry extends CommonEntry {
  kind: "csv";
  /** The columns that `features` has, and the one of the labels. */
  features: string[];
  label: string;
}

export type DatasetEntry = ImagesEntry | TableEntry | CsvEntry;

/** The folder of the embedded files: `datasets/` beside `src/` and `dist/`. */
export const datasetsFolder: URL = new URL("../../datasets/", import.meta.url);

/**
 * The manifest's entry for a dataset.
 * @throws DatasetError if the manifest is missing or has no such entry
 */
export function datasetEntry(name: string, folder: URL = datasetsFolder): DatasetEntry {
  const manifest = JSON.parse(read("manifest.json", folder).toString("utf8")) as Record<string, DatasetEntry>;
  const entry = manifest[name];
  if (entry && Object.hasOwn(manifest, name)) return entry;
  const known = Object.keys(manifest).join(", ");
  throw new DatasetError(
    `load: expected one of ${known}, mnist, fashion_mnist; got "${name}". Check the spelling.`,
  );
}

/**
 * The text of a dataset's file, checked and decompressed.
 * @throws DatasetError naming the file, if it is missing or damaged
 */
export function datasetText(entry: DatasetEntry, folder: URL = datasetsFolder): string {
  const bytes = read(entry.file, folder);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== entry.sha256)
    throw new DatasetError(
      `load: expected ${fileURLToPath(new URL(entry.file, folder))} with sha256 ${entry.sha256}; got ${sha256}. ` +
        "The file is damaged: restore it (`git checkout datasets`) or install latent-lab again.",
    );
  return (entry.file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

function read(file: string, folder: URL): Buffer {
  const url = new URL(file, folder);
  try {
    return readFileSync(url);
  } catch (cause) {
    throw new DatasetError(
      `load: expected the file ${fileURLToPath(url)}; it cannot be read. ` +
        "Restore it (`git checkout datasets`) or install latent-lab again.",
      { cause },
    );
  }
}
