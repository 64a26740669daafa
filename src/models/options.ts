// Checks a model's options before TensorFlow.js sees them: its own messages name inner layers, not the option.
import { UsageError } from "../core/errors.js";
import type { StackedOptions } from "./stacked.js";

const activations = [
  ...(["elu", "gelu", "hardSigmoid", "linear", "mish", "relu", "relu6"] as const),
  ...(["selu", "sigmoid", "softmax", "softplus", "softsign", "swish", "tanh"] as const),
] as const;

/** The activation functions of a dense layer, by their names in TensorFlow.js and Keras. */
export type Activation = (typeof activations)[number];

const names: readonly (keyof StackedOptions)[] = [
  ...(["inputDim", "hidden", "codeDim", "activation", "codeActivation", "outputActivation"] as const),
  ...(["seed", "learningRate"] as const),
];

/** @throws UsageError naming the option, what it must be, and what it is */
export function checkStackedOptions(options: StackedOptions): void {
  for (const name of Object.keys(options))
    if (!(names as readonly string[]).includes(name))
      throw new UsageError(
        `stacked: expected options among ${names.join(", ")}; got ${name}. Check the spelling.`,
      );
  const { inputDim = 64, hidden = [32, 16], codeDim = 3, seed = 0, learningRate = 1e-3 } = options;
  positiveInteger("inputDim", inputDim);
  positiveInteger("codeDim", codeDim);
  if (!Array.isArray(hidden))
    throw new UsageError(
      `stacked: expected hidden as an array of layer sizes; got ${hidden}. Write hidden: [32, 16].`,
    );
  for (const [at, units] of hidden.entries()) positiveInteger(`hidden[${at}]`, units);
  for (const name of ["activation", "codeActivation", "outputActivation"] as const)
    if (options[name] !== undefined && !activations.includes(options[name]))
      throw new UsageError(
        `stacked: expected ${name} among ${activations.join(", ")}; got ${options[name]}. Check the spelling.`,
      );
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new UsageError(
      `stacked: expected seed to be an integer from 0 to 4294967295; got ${seed}. Use 0, 1, 2, …`,
    );
  if (!(learningRate > 0 && Number.isFinite(learningRate)))
    throw new UsageError(`stacked: expected learningRate > 0; got ${learningRate}. Start with 0.001.`);
}

function positiveInteger(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`stacked: expected ${name} to be an integer of 1 or more; got ${value}. Change it.`);
}
