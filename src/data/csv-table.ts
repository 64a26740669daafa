// A file's columns as tensors, with a split, a Danfo.js table and a report of what became of each column.
import * as tf from "@tensorflow/tfjs-core";
import type { DataFrame } from "danfojs-node";
import { DatasetError } from "../core/errors.js";
import { columnParts, type TableOptions } from "./csv-parts.js";
import type { Cells } from "./csv-text.js";
import { toFrame } from "./frame.js";
import { mark } from "./provenance.js";
import { type DataReport, dataReport } from "./report.js";
import type { LabelledRows, Split } from "./rows.js";
import { type SplitOptions, trainTestSplit } from "./train-test-split.js";

/** A file's columns as tensors. The caller disposes, with `dispose()`. */
export interface CsvTable {
  /** [rows, columns], float32. */
  readonly features: tf.Tensor2D;
  /** Names of `features`' columns; of a category `<column>_<category>`. */
  readonly names: readonly string[];
  /** What was read, left out and filled in: look at it first. */
  readonly report: DataReport;
  /** The other columns' texts for the rows kept, by name, `null` where missing. */
  readonly others: Readonly<Record<string, readonly (string | null)[]>>;
  dispose(): void;
  /** A random split, as `trainTestSplit`; a quarter for testing unless options say otherwise. The caller disposes. */
  split(options?: SplitOptions): Split<Pick<CsvTable, "features" | "dispose">>;
  /** As a Danfo.js DataFrame. @throws MissingPackageError if danfojs-node is not installed */
  frame(): Promise<DataFrame>;
}

/** A file's columns as tensors, with the class of each row. */
export interface LabelledCsvTable extends Omit<CsvTable, "split">, LabelledRows {
  /** What the labels 0, 1, … stand for, in alphabetical order. */
  readonly classNames: readonly string[];
  /** A random split with the same share of each class in both parts, as `trainTestSplit`. The caller disposes. */
  split(options?: SplitOptions): Split<LabelledRows>;
}

/** Where complaints come from, and what the rows are of. */
export interface Where {
  readonly caller: string;
  readonly of: string;
}

/** @throws DatasetError, UsageError */
export function tableOf(cells: Cells, options: TableOptions, where: Where): CsvTable | LabelledCsvTable {
  const parts = columnParts(cells, options, where);
  const { kept, label } = parts;
  const columns = parts.columns.flatMap(({ features }) => features);
  const report = dataReport({
    rows: { read: cells.rows.length + cells.dropped.length, kept: kept.rows.length },
    ...{ dropped: parts.dropped, columns: parts.columns.map(({ report }) => report), notes: parts.notes },
  });
  if (columns.length === 0)
    throw new DatasetError(
      `${where.caller}: expected a column to learn from; got none. What was found:\n${report}\nGive features, categorical or constant: "keep".`,
    );
  const values = new Float32Array(kept.rows.length * columns.length);
  for (const [at, column] of columns.entries())
    for (let row = 0; row < kept.rows.length; row++)
      values[row * columns.length + at] = column.values[row] as number;
  const names = columns.map(({ name }) => name);
  const others = Object.fromEntries(
    parts.columns
      .filter(({ features }) => features.length === 0)
      .map(({ report: { name } }) => [name, parts.texts(name)]),
  );
  const features = tf.tensor2d(values, [kept.rows.length, columns.length]);
  mark({ part: "whole", of: where.of }, features);
  if (!label)
    return {
      ...{ features, names, report, others },
      dispose: () => features.dispose(),
      split: (given) => trainTestSplit({ features }, given),
      frame: () => toFrame(features, undefined, names),
    };
  const labels = tf.tensor1d(label.codes, "int32");
  mark({ part: "whole", of: where.of }, labels);
  return {
    ...{ features, labels, names, report, others, classNames: label.categories },
    dispose: () => tf.dispose([features, labels]),
    split: (given) => trainTestSplit({ features, labels }, { stratify: true, ...given }),
    frame: () => toFrame(features, labels, names),
  };
}
