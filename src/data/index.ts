export { type BatchesOptions, batches } from "./batches.js";
export {
  type GaussianNoiseOptions,
  gaussianNoise,
  type MaskingNoiseOptions,
  maskingNoise,
  type SaltAndPepperOptions,
  saltAndPepper,
} from "./corruption.js";
export type { TableOptions } from "./csv-parts.js";
export type { CsvTable, LabelledCsvTable } from "./csv-table.js";
export { type FromCsvOptions, fromCsv, fromFrame } from "./from-csv.js";
export {
  type Blobs,
  type BlobsOptions,
  blobs,
  type CirclesOptions,
  circles,
  type GeneratorOptions,
  moons,
  type NoisyOptions,
  type SwissRoll,
  type SwissRollRows,
  swissRoll,
} from "./generators.js";
export { type IdxArray, readIdx } from "./idx.js";
export type { ImageRows, LabelledImages } from "./labelled-images.js";
export type { About, LabelledTable } from "./labelled-table.js";
export { type Datasets, type LoadOptions, load, type Penguins } from "./load.js";
export { type DownloadableName, download, type MnistOptions } from "./mnist.js";
export type { ColumnReport, DataReport } from "./report.js";
export type { LabelledRows, RowsOf, Split } from "./rows.js";
export { MinMaxScaler, Scaler, type ScalerFitOptions, SimpleImputer, StandardScaler } from "./scalers.js";
export { drawSprites, type SpriteRows, type Sprites, type SpritesOptions, sprites } from "./sprites.js";
export { minMaxScale, type ScaledSplit, standardize } from "./standardize.js";
export { type SplitOptions, trainTestSplit } from "./train-test-split.js";
