// `load(name)`: the embedded sets by name, each with its own type, so that hovering says what is inside; and MNIST and
// Fashion-MNIST, which are downloaded once.

import { DatasetError, UsageError } from "../core/errors.js";
import { readyBackend } from "../core/tensorflow.js";
import type { LabelledCsvTable } from "./csv-table.js";
import { fromCsv } from "./from-csv.js";
import { type LabelledImages, labelledImages } from "./labelled-images.js";
import { type About, type LabelledTable, labelledTable } from "./labelled-table.js";
import { type CsvEntry, datasetEntry, datasetText, type ImagesEntry, type TableEntry } from "./manifest.js";
import { isDownloadable, loadMnist, type MnistOptions } from "./mnist.js";

/** The sets that `load` knows, and their types. */
export interface Datasets {
  /**
   * 1797 handwritten digits of 8×8 pixels: features [1797, 64] divided by 16, labels 0 to 9, split 1437 + 360.
   * @see Alpaydin & Kaynak 1998, https://doi.org/10.24432/C50P49 (CC BY 4.0)
   */
  digits: LabelledImages;
  /**
   * 150 iris flowers of 3 species, 4 lengths in cm: features [150, 4], as measured.
   * @see Fisher 1936, https://doi.org/10.24432/C56C76 (CC BY 4.0)
   */
  iris: LabelledTable;
  /**
   * 178 wines of 3 cultivars, 13 chemical measurements of very different scales: features [178, 13]; standardize them.
   * @see Aeberhard & Forina 1991, https://doi.org/10.24432/C5PC7J (CC BY 4.0)
   */
  wine: LabelledTable;
  /**
   * 569 tumours, malignant (0) or benign (1), 30 measurements of cell nuclei: features [569, 30]; standardize them.
   * @see Wolberg et al. 1993, https://doi.org/10.24432/C5DW2B (CC BY 4.0)
   */
  breast_cancer: LabelledTable;
  /**
   * 342 of 344 penguins of 3 species, 4 body measurements: features [342, 4]; two rows without measurements are left
   * out, see `report`. Island, sex and year are in `others`.
   * @see Horst, Hill & Gorman 2020, https://doi.org/10.5281/zenodo.3960218 (CC0)
   */
  penguins: Penguins;
  /**
   * 70,000 handwritten digits of 28×28 pixels: features [70000, 784] in [0, 1], split 60,000 + 10,000. Downloaded at
   * the first use (11.6 MB), then kept.
   * @see LeCun, Cortes & Burges 1998, https://yann.lecun.com/exdb/mnist/ (CC BY-SA 3.0)
   */
  mnist: LabelledImages;
  /**
   * 70,000 pictures of clothing, 28×28 pixels, 10 classes: as MNIST in everything else. Downloaded at the first use
   * (30.9 MB), then kept.
   * @see Xiao, Rasul & Vollgraf 2017, https://arxiv.org/abs/1708.07747 (MIT)
   */
  fashion_mnist: LabelledImages;
}

/** Penguins: a table with what was left out, and the columns that are no measurements. */
export interface Penguins extends LabelledCsvTable {
  readonly about: About;
}

/** Options of `load`, of those sets that have some. */
export interface LoadOptions {
  mnist: MnistOptions;
  fashion_mnist: MnistOptions;
}

/**
 * Loads a dataset by name; the embedded ones need no network.
 *
 * `const digits = await load("digits")` gives `features` [1797, 64] in [0, 1] (pixels / 16), `labels` [1797],
 * `images` [1797, 8, 8], `names`, `classNames`, `split()` and `frame()`. Sets that are no images have no `images`.
 * @returns tensors, which the caller disposes of with `dispose()`
 * @throws DatasetError if there is no such dataset, its file is missing or damaged, or it cannot be downloaded; UsageError
 *   if it has no such option
 */
export async function load<Name extends keyof Datasets>(
  name: Name,
  options?: Name extends keyof LoadOptions ? LoadOptions[Name] : Record<never, never>,
): Promise<Datasets[Name]> {
  await readyBackend();
  return (await loaded(name, options ?? {})) as Datasets[Name];
}

async function loaded(name: string, options: MnistOptions): Promise<Datasets[keyof Datasets]> {
  if (isDownloadable(name)) return loadMnist(name, options);
  const entry = datasetEntry(name);
  const [option] = Object.keys(options);
  if (option !== undefined)
    throw new UsageError(
      `load: expected no options for "${name}"; got ${option}. Only mnist and fashion_mnist have some.`,
    );
  const text = datasetText(entry);
  if (entry.kind === "images") return parseImages(text, entry, name);
  if (entry.kind === "table") return parseTable(text, entry, name);
  entry satisfies CsvEntry;
  const { features, label } = entry;
  return { ...(await fromCsv(text, { features, label })), about: aboutOf(entry) };
}

function aboutOf({ licence, source, citation }: About): About {
  return { licence, source, citation };
}

/** Comma-separated pixels with the label last, no header; pixels are scaled from the manifest's range to [0, 1]. */
export function parseImages(text: string, entry: ImagesEntry, of: string): LabelledImages {
  const [low, high] = entry.range;
  const { values, labels } = numbersOf(lines(text), entry, 0);
  const [height, width] = entry.imageShape;
  const { classes: classNames, trainRows } = entry;
  const pixels = values.map((value) => (value - low) / (high - low));
  return labelledImages({
    ...{ pixels, labels, height, width, classNames, trainRows, of, about: aboutOf(entry) },
  });
}

/** scikit-learn's form: a line of counts and class names, then numbers with the label last. */
function parseTable(text: string, entry: TableEntry, of: string): LabelledTable {
  const { values, labels } = numbersOf(lines(text).slice(1), entry, 1);
  const { names, classes: classNames } = entry;
  return labelledTable({ values, labels, names, classNames, about: aboutOf(entry), of });
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** @param skipped  lines before the first of these, for messages */
function numbersOf(
  rowTexts: readonly string[],
  { shape: [rows, columns], file }: ImagesEntry | TableEntry,
  skipped: number,
): { values: Float32Array; labels: Int32Array } {
  if (rowTexts.length !== rows)
    throw new DatasetError(
      `load: expected ${rows} rows in ${file}; got ${rowTexts.length}. Restore the file.`,
    );
  const values = new Float32Array(rows * columns);
  const labels = new Int32Array(rows);
  for (const [row, line] of rowTexts.entries()) {
    const numbers = line.split(",").map(Number);
    if (numbers.length !== columns + 1 || numbers.some(Number.isNaN))
      throw new DatasetError(
        `load: expected ${columns + 1} numbers in line ${row + skipped + 1} of ${file}; got "${line.slice(0, 40)}". Restore the file.`,
      );
    values.set(numbers.slice(0, columns), row * columns);
    labels[row] = numbers[columns] as number;
  }
  return { values, labels };
}
