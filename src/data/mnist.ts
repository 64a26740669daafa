// MNIST and Fashion-MNIST: 60,000 + 10,000 grey pictures of 28×28 pixels in four IDX files each, downloaded once into
// the user's cache. The checksums are those that TensorFlow Datasets, Keras and others publish for these files.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatasetError, UsageError } from "../core/errors.js";
import { cacheFolder } from "../core/folders.js";
import { notebookHost } from "../core/notebook.js";
import { checkList, checkOptions } from "../core/option-checks.js";
import { cached, type RemoteFile } from "./download.js";
import { downloadProgress } from "./download-progress.js";
import { type IdxArray, readIdx } from "./idx.js";
import { type LabelledImages, labelledImages } from "./labelled-images.js";
import type { About } from "./labelled-table.js";

/** The sets that are not embedded. */
export type DownloadableName = "mnist" | "fashion_mnist";

export interface MnistOptions {
  /** Only the first so many training pictures. Default 60,000. All 70,000 take 220 MB of memory. */
  trainRows?: number;
  /** Only the first so many test pictures. Default 10,000. */
  testRows?: number;
  /** Where the files are kept. Default: `latent-lab` in the user's cache folder, or `LATENT_LAB_CACHE`. */
  folder?: string;
  /** Other addresses of folders with the four files, tried first: a mirror, a school's server. */
  mirrors?: readonly string[];
  /** No progress. Default false. */
  quiet?: boolean;
}

interface Source {
  readonly about: About;
  readonly folders: readonly string[];
  readonly classNames: readonly string[];
  /** sha256 and size of the four files, in the order of `fileNames`. */
  readonly files: readonly (readonly [sha256: string, size: number])[];
}

const fileNames = [
  ...(["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"] as const),
  ...(["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"] as const),
];

const sources: Readonly<Record<DownloadableName, Source>> = {
  mnist: {
    about: {
      licence: "CC BY-SA 3.0",
      source: "https://yann.lecun.com/exdb/mnist/",
      citation: "Y. LeCun, C. Cortes and C. J. C. Burges (1998). The MNIST database of handwritten digits.",
    },
    folders: [
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ],
    classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    files: [
      ["440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 9_912_422],
      ["3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28_881],
      ["8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1_648_877],
      ["f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4_542],
    ],
  },
  fashion_mnist: {
    about: {
      licence: "MIT",
      source: "https://github.com/zalandoresearch/fashion-mnist",
      citation:
        "H. Xiao, K. Rasul and R. Vollgraf (2017). Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms. arXiv:1708.07747.",
    },
    folders: [
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ],
    classNames: [
      ...["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"],
      ...["Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
    ],
    files: [
      ["3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26_421_880],
      ["a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29_515],
      ["346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4_422_102],
      ["67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5_148],
    ],
  },
};

export function isDownloadable(name: string): name is DownloadableName {
  return Object.hasOwn(sources, name);
}

/**
 * Fetches a set's files into the cache, for later use without a network; `load` does so by itself.
 * An interrupted download goes on where it stopped; a file with a wrong checksum is not kept.
 * @returns the folder that has the files
 * @throws UsageError if an option cannot be used; DatasetError if they cannot be had: which addresses were tried and why they failed
 */
export async function download(
  name: DownloadableName,
  options: Omit<MnistOptions, "trainRows" | "testRows"> = {},
): Promise<string> {
  if (!isDownloadable(name))
    throw new DatasetError(
      `download: expected one of ${Object.keys(sources).join(", ")}; got "${name}". The other sets are embedded: use load.`,
    );
  checkOptions("download", options, ["folder", "mirrors", "quiet"]);
  checkList("download", "mirrors", options.mirrors);
  const { folder = join(cacheFolder(), name) } = options;
  await fetchAll(remoteFiles(name, options.mirrors ?? []), folder, name, options.quiet ?? false);
  return folder;
}

/** The four files of a set and where they lie. */
function remoteFiles(name: DownloadableName, mirrors: readonly string[]): RemoteFile[] {
  const { files, folders } = sources[name];
  const all = [...mirrors.map((url) => (url.endsWith("/") ? url : `${url}/`)), ...folders];
  return fileNames.map((file, at) => {
    const [sha256, size] = files[at] as readonly [string, number];
    return { name: file, urls: all.map((base) => base + file), sha256, size };
  });
}

/** Files into a folder, with one progress display for all. */
export async function fetchAll(
  files: readonly RemoteFile[],
  folder: string,
  title: string,
  quiet: boolean,
): Promise<void> {
  const signal = notebookHost()?.interruptSignal();
  const progress = downloadProgress(
    title,
    files.reduce((sum, { size }) => sum + size, 0),
    quiet,
  );
  let before = 0;
  for (const file of files) {
    const onProgress = (_: RemoteFile, bytes: number): void => progress.update(before + bytes);
    await cached(file, { folder, onProgress, ...(signal ? { signal } : {}) });
    before += file.size;
  }
  progress.end();
}

/** @throws DatasetError, UsageError */
export async function loadMnist(name: DownloadableName, options: MnistOptions): Promise<LabelledImages> {
  const { trainRows: _train, testRows: _test, ...rest } = options;
  checkOptions("load", options, ["trainRows", "testRows", "folder", "mirrors", "quiet"]);
  const folder = await download(name, rest);
  const { about, classNames } = sources[name];
  return imagesOfFiles(folder, { about, classNames, of: name, ...options });
}

/** The set from its four files. @throws DatasetError if they do not fit together */
export function imagesOfFiles(
  folder: string,
  source: { about: About; classNames: readonly string[]; of: string } & MnistOptions,
): LabelledImages {
  const read = (at: number): IdxArray => {
    const path = join(folder, fileNames[at] as string);
    return readIdx(readFileSync(path), path);
  };
  const train = part(read(0), read(1), source.trainRows, "trainRows");
  const test = part(read(2), read(3), source.testRows, "testRows");
  if (train.height !== test.height || train.width !== test.width)
    throw new DatasetError(
      `load: expected test pictures of ${train.height}×${train.width}, as for training; got ${test.height}×${test.width}. Download them again.`,
    );
  const { height, width } = train;
  const size = height * width;
  const pixels = new Float32Array((train.rows + test.rows) * size);
  for (const [{ images }, offset] of [[train, 0] as const, [test, train.rows * size] as const])
    for (let at = 0; at < images.length; at++) pixels[offset + at] = (images[at] as number) / 255;
  const labels = Int32Array.from([...train.labels, ...test.labels]);
  const { classNames, about, of } = source;
  return labelledImages({ pixels, labels, height, width, classNames, trainRows: train.rows, about, of });
}

function part(
  images: IdxArray,
  labels: IdxArray,
  wanted: number | undefined,
  option: string,
): { images: Uint8Array; labels: Uint8Array; rows: number; height: number; width: number } {
  const [all = 0, height = 0, width = 0] = images.shape;
  if (images.shape.length !== 3 || labels.shape.length !== 1 || labels.shape[0] !== all)
    throw new DatasetError(
      `load: expected pictures [rows, height, width] and as many labels; got [${images.shape}] and [${labels.shape}]. Download the files again.`,
    );
  const rows = wanted ?? all;
  if (!Number.isInteger(rows) || rows < 1 || rows > all)
    throw new UsageError(`load: expected ${option} from 1 to ${all}; got ${rows}. Change it.`);
  return {
    images: (images.data as Uint8Array).subarray(0, rows * height * width),
    labels: (labels.data as Uint8Array).subarray(0, rows),
    ...{ rows, height, width },
  };
}
