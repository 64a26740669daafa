// A whole split scaled in one call: fitted on its train part, applied to both. There is no way to get it wrong.
import type * as tf from "@tensorflow/tfjs-core";
import { UsageError } from "../core/errors.js";
import type { Split } from "./rows.js";
import { MinMaxScaler, type Scaler, StandardScaler } from "./scalers.js";

type WithFeatures = { readonly features: tf.Tensor2D; dispose(): void };

/** A split whose features are scaled, and the scaler, for new rows and for the way back. */
export interface ScaledSplit<Rows extends WithFeatures, S extends Scaler> {
  readonly train: Rows;
  readonly test: Rows;
  readonly scaler: S;
  /** Frees the scaled features; the split that they came from keeps its own tensors. */
  dispose(): void;
}

/**
 * Scales a split's features to mean 0 and deviation 1, as measured on its train part:
 * `const { train, test, scaler } = standardize(wine.split())`.
 * @param split  `{ train, test }`; not disposed. Labels and the like are those of the split itself
 * @returns new features; the caller disposes with `dispose()`, and of the split as before
 * @throws UsageError if the split is none; see StandardScaler
 */
export function standardize<Rows extends WithFeatures>(
  split: Pick<Split<Rows>, "train" | "test">,
): ScaledSplit<Rows, StandardScaler> {
  return scaled(split, new StandardScaler(), "standardize");
}

/**
 * Scales a split's features to a range, as measured on its train part; test rows may lie outside.
 * @param split  `{ train, test }`; not disposed
 * @returns new features; the caller disposes with `dispose()`, and of the split as before
 * @throws UsageError if the split is none; see MinMaxScaler
 */
export function minMaxScale<Rows extends WithFeatures>(
  split: Pick<Split<Rows>, "train" | "test">,
  options: { range?: readonly [number, number] } = {},
): ScaledSplit<Rows, MinMaxScaler> {
  return scaled(split, new MinMaxScaler(options), "minMaxScale");
}

function scaled<Rows extends WithFeatures, S extends Scaler>(
  split: Pick<Split<Rows>, "train" | "test">,
  scaler: S,
  caller: string,
): ScaledSplit<Rows, S> {
  if (!split?.train?.features || !split.test?.features)
    throw new UsageError(
      `${caller}: expected a split { train, test }, so that the scale comes from the train part alone; got something else. ` +
        `Pass data.split(); for a set without test rows use new ${scaler.constructor.name}().fit(x, { whole: true }).`,
    );
  scaler.fit(split.train.features);
  const part = (rows: Rows): Rows => {
    const features = scaler.transform(rows.features);
    return { ...rows, features, dispose: () => features.dispose() };
  };
  const [train, test] = [part(split.train), part(split.test)];
  const dispose = (): void => {
    train.dispose();
    test.dispose();
  };
  return { train, test, scaler, dispose };
}
