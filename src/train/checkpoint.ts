// Checkpoints of a training: everything that it takes to go on as if nothing had happened. One file an epoch, written so that
// it is whole or not there at all.
import { access, constants, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { atomicWrite } from "../core/atomic-write.js";
import { UsageError } from "../core/errors.js";
import { checkOptions } from "../core/option-checks.js";
import { numberNames } from "../jit/index.js";
import { fromJson, toJson } from "./checkpoint-json.js";
import type { History } from "./history.js";
import { type OptimizerState, optimizerState, restoreOptimizer } from "./optimizer-state.js";
import type { OwnRate } from "./rates.js";
import { decodeTensors, encodeTensors, type StoredTensor } from "./safetensors.js";

export interface CheckpointOptions {
  /** Where the files go, one training a folder; it is made if it is not there. */
  folder: string;
  /** Epochs from one checkpoint to the next; the last epoch always has one. Default 1. */
  every?: number;
  /** How many of the newest are kept. Default 2. */
  keep?: number;
}

/** What must be the same for the training to go on: its order of rows follows from it. */
export interface TrainingIdentity {
  readonly seed: number;
  readonly shuffle: boolean;
  readonly batchSize: number;
  /** Training rows; of a dataset `null`. */
  readonly rows: number | null;
}

export interface TrainingMoment {
  /** Whole epochs done, and steps. */
  readonly epoch: number;
  readonly steps: number;
  readonly history: History;
  /** What callbacks remember (callback-memory.ts). */
  readonly callbacks: readonly unknown[];
  /** The optimizer's own learning rate; `undefined` of a training with a schedule, and in files of earlier versions. */
  readonly rate?: OwnRate | undefined;
  /** Whether a callback had ended the training. */
  readonly ended: boolean;
}

interface Meta extends TrainingMoment {
  readonly version: 2;
  readonly identity: TrainingIdentity;
  /** The names of what the history holds. */
  readonly numbers?: string;
  readonly weights: readonly string[];
  readonly optimizer: OptimizerState;
}

const fileName = (epoch: number): string => `epoch-${String(epoch).padStart(5, "0")}.safetensors`;
const pattern = /^epoch-(\d+)\.safetensors$/;
/** Of the training before, when another one begins in its folder. */
const earlier = "earlier-";

/** @throws UsageError if an option cannot be used */
export function checkCheckpoint(options: CheckpointOptions): void {
  checkOptions("fit: checkpoint", options, ["folder", "every", "keep"]);
  const { folder, every = 1, keep = 2 } = options;
  if (typeof folder !== "string" || folder === "")
    throw new UsageError(
      `fit: expected checkpoint.folder to be a path; got ${String(folder)}. Name a folder for this training.`,
    );
  for (const [name, value] of Object.entries({ every, keep }))
    if (!Number.isInteger(value) || value < 1)
      throw new UsageError(
        `fit: expected checkpoint.${name} to be an integer of 1 or more; got ${value}. Change it.`,
      );
}

/**
 * Before the first step of a training that is not resumed: checkpoints of the one before are set aside, since `resume` would
 * take one of a later epoch for this training's. Those set aside before are removed.
 * @throws UsageError
 */
export async function beginFolder(options: CheckpointOptions): Promise<void> {
  await makeFolder(options);
  const { folder } = options;
  const epochs = await epochsIn(folder);
  if (epochs.length === 0) return;
  await onDisk(folder, async () => {
    for (const name of await readdir(folder))
      if (name.startsWith(earlier) && pattern.test(name.slice(earlier.length)))
        await rm(join(folder, name), { force: true });
    for (const name of epochs.map(fileName))
      await rename(join(folder, name), join(folder, `${earlier}${name}`));
  });
}

/** Nobody wants to know after an epoch that there is no such folder. @throws UsageError */
export async function makeFolder({ folder }: CheckpointOptions): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(
      `fit: expected checkpoint.folder to be a folder that can be written to, or a path where one can be made; got ${(error as Error).message}. Name another one.`,
      { cause: error },
    );
  }
}

/** Of one training: what it found when it began, and writes. */
export type OwnFiles = Set<string>;

/** The checkpoints that a training begins with; called after `beginFolder` or `restoreCheckpoint`. */
export async function ownFiles({ folder }: CheckpointOptions): Promise<OwnFiles> {
  return new Set((await epochsIn(folder)).map(fileName));
}

/**
 * Writes a checkpoint, and then removes the oldest of those that are too many.
 * @throws UsageError if another training writes into the same folder, or the disk is full
 */
export async function saveCheckpoint(
  model: LayersModel,
  { folder, keep = 2 }: CheckpointOptions,
  { identity, own, ...moment }: TrainingMoment & { identity: TrainingIdentity; own: OwnFiles },
): Promise<void> {
  const path = join(folder, fileName(moment.epoch));
  await onDisk(path, () => refuseOthers(folder, own));
  const tensors = new Map<string, StoredTensor>();
  const weights: string[] = [];
  for (const [at, weight] of model.weights.entries()) {
    const value = weight.read();
    const key = `weights/${String(at).padStart(4, "0")}/${weight.originalName}`;
    weights.push(key);
    tensors.set(key, { shape: value.shape, data: (await value.data()) as Float32Array });
  }
  const optimizer = await optimizerState(model, tensors);
  const numbers = numberNames(model).join(", ");
  const meta: Meta = { version: 2, ...moment, identity, numbers, weights, optimizer };
  await makeFolder({ folder }); // it may have been removed meanwhile
  const bytes = encodeTensors({ tensors, metadata: { "latent-lab": toJson(meta, tensors) } });
  await onDisk(path, async () => {
    await atomicWrite(path, bytes);
    own.add(fileName(moment.epoch));
    const epochs = (await epochsIn(folder)).filter(
      (epoch) => epoch <= moment.epoch && own.has(fileName(epoch)),
    );
    for (const epoch of epochs.slice(0, -keep)) await rm(join(folder, fileName(epoch)), { force: true });
  });
}

/**
 * Two trainings in one folder would remove each other's files, and go on with each other's weights. @throws UsageError
 */
async function refuseOthers(folder: string, own: OwnFiles): Promise<void> {
  const other = (await epochsIn(folder)).map(fileName).find((name) => !own.has(name));
  if (other === undefined || !(await stat(join(folder, other))).isFile()) return;
  throw new UsageError(
    `fit: expected checkpoint.folder to be of this training alone; got ${join(folder, other)}, which another one has written meanwhile. ` +
      "Give each training a folder of its own; the model has the weights so far, and the other's files stay.",
  );
}

/** What a full disk, or a file that is something else, does to a training. @throws UsageError */
async function onDisk<T>(path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    const { errno, message } = error as NodeJS.ErrnoException;
    if (errno === undefined) throw error;
    throw new UsageError(
      `fit: expected room for checkpoints, and files that can be read and written, at ${path}; got ${message}. ` +
        "Mend that, or name another folder; the model has the weights so far, and earlier checkpoints stay.",
      { cause: error },
    );
  }
}

/**
 * Gives the model and its optimizer the state of the newest checkpoint.
 * @returns when that was; `undefined` if there is no checkpoint
 * @throws UsageError if the checkpoint is of another training; DatasetError if it is damaged
 */
export async function restoreCheckpoint(
  model: LayersModel,
  { folder }: CheckpointOptions,
  identity: TrainingIdentity,
): Promise<TrainingMoment | undefined> {
  const newest = (await epochsIn(folder)).at(-1);
  if (newest === undefined) return undefined;
  const path = join(folder, fileName(newest));
  const { tensors, metadata } = decodeTensors(await onDisk(path, () => readFile(path)), path);
  const meta = fromJson(metadata["latent-lab"] ?? "{}", tensors) as Meta;
  checkSame(model, path, { meta, tensors, identity });
  tf.tidy(() => {
    for (const [at, key] of meta.weights.entries()) {
      const { shape, data } = tensors.get(key) as StoredTensor;
      model.weights[at]?.write(tf.tensor(data, [...shape], model.weights[at]?.dtype as tf.DataType));
    }
  });
  restoreOptimizer(model, meta.optimizer, tensors);
  const { epoch, steps, history, callbacks, rate, ended } = meta;
  return { epoch, steps, history, callbacks, rate, ended };
}

async function epochsIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const epochs = names.flatMap((name) => pattern.exec(name)?.[1] ?? []);
  return epochs.map(Number).sort((a, b) => a - b);
}

function checkSame(
  model: LayersModel,
  path: string,
  given: { meta: Meta; tensors: ReadonlyMap<string, StoredTensor>; identity: TrainingIdentity },
): void {
  const { meta, tensors, identity } = given;
  const refuse = (what: string, mine: unknown, theirs: unknown): never => {
    throw new UsageError(
      `fit: expected to resume a training with ${what} ${mine}; ${path} has ${theirs}. Use another folder, or the settings of that training.`,
    );
  };
  if (meta.version !== 2) refuse("format", 2, meta.version);
  for (const [name, value] of Object.entries(identity)) {
    const theirs = meta.identity[name as keyof TrainingIdentity];
    if (value !== theirs) refuse(name, value, theirs);
  }
  const shapes = meta.weights.map((key) => `[${tensors.get(key)?.shape}]`).join(" ");
  const mine = model.weights.map(({ shape }) => `[${shape}]`).join(" ");
  if (shapes !== mine) refuse("weights", mine, shapes);
  const optimizer = model.optimizer.getClassName();
  if (optimizer !== meta.optimizer.className) refuse("optimizer", optimizer, meta.optimizer.className);
  const numbers = numberNames(model).join(", ");
  if (meta.numbers !== undefined && meta.numbers !== numbers)
    refuse("the loss and metrics", numbers, meta.numbers);
}
