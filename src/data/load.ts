// `load("digits")`: an embedded dataset, checked and parsed. One parser for each kind of file; the overloads of
// `load` give each name its own type.
import { DatasetError } from "../core/errors.js";
import { type LabelledImages, labelledImages } from "./labelled-images.js";
import { type DatasetEntry, datasetEntry, datasetText } from "./manifest.js";

/** The embedded datasets and their types. */
export interface Datasets {
  /**
   * 1797 handwritten digits of 8×8 pixels: features [1797, 64] divided by 16, labels 0 to 9, split 1437 + 360.
   * @see Alpaydin & Kaynak 1998, https://doi.org/10.24432/C50P49 (CC BY 4.0)
   */
  digits: LabelledImages;
}

/**
 * Loads an embedded dataset, offline.
 *
 * `const digits = await load("digits")` gives `features` [1797, 64] in [0, 1] (pixels / 16), `labels` [1797],
 * `images` [1797, 8, 8], `names`, `classNames`, `split()` and `frame()`.
 * @returns three tensors, which the caller disposes of with `dispose()`
 * @throws DatasetError if there is no such dataset, or its file is missing or damaged
 */
export async function load<Name extends keyof Datasets>(name: Name): Promise<Datasets[Name]> {
  const entry = datasetEntry(name);
  return parseImages(datasetText(entry), entry);
}

/** Comma-separated pixels with the label last, no header; pixels are scaled from the manifest's range to [0, 1]. */
export function parseImages(text: string, entry: DatasetEntry): LabelledImages {
  const [rows, columns] = entry.shape;
  const [low, high] = entry.range;
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length !== rows)
    throw new DatasetError(
      `load: expected ${rows} rows in ${entry.file}; got ${lines.length}. Restore the file.`,
    );
  const pixels = new Float32Array(rows * columns);
  const labels = new Int32Array(rows);
  for (const [row, line] of lines.entries()) {
    const values = line.split(",").map(Number);
    if (values.length !== columns + 1 || values.some(Number.isNaN))
      throw new DatasetError(
        `load: expected ${columns + 1} numbers in line ${row + 1} of ${entry.file}; got "${line.slice(0, 40)}". ` +
          "Restore the file.",
      );
    for (let column = 0; column < columns; column++)
      pixels[row * columns + column] = ((values[column] as number) - low) / (high - low);
    labels[row] = values[columns] as number;
  }
  const [height, width] = entry.imageShape;
  const { classes: classNames, trainRows, licence, source, citation } = entry;
  return labelledImages({
    ...{ pixels, labels, height, width, classNames, trainRows },
    about: { licence, source, citation },
  });
}
