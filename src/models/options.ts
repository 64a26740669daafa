// Checks a model's options before TensorFlow.js sees them: its own messages name inner layers, not the option.
import { UsageError } from "../core/errors.js";
import { unknownOption } from "../core/option-checks.js";

const activations = [
  ...(["elu", "gelu", "hardSigmoid", "linear", "mish", "relu", "relu6"] as const),
  ...(["selu", "sigmoid", "softmax", "softplus", "softsign", "swish", "tanh"] as const),
] as const;

/** The activation functions of a dense layer, by their names in TensorFlow.js and Keras. */
export type Activation = (typeof activations)[number];

/** The cost functions that suit a reconstruction. */
export type ReconstructionLoss = "meanSquaredError" | "binaryCrossentropy" | "meanAbsoluteError";

/** How a model is trained; every builder has these options. */
export interface TrainingOptions {
  /** Seed of the initial weights, an integer from 0; without it they differ from run to run. */
  seed?: number;
  /** Adam's step size. Default 0.001. */
  learningRate?: number;
  /** The cost function. Default "meanSquaredError"; "binaryCrossentropy" needs inputs in [0, 1] and a sigmoid output. */
  loss?: ReconstructionLoss;
}

const trainingNames = ["seed", "learningRate", "loss"] as const;

/** What one option must be. */
export type Check = (value: unknown) => string | undefined;

const losses = ["meanSquaredError", "binaryCrossentropy", "meanAbsoluteError"];

export const positiveInteger: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 1 ? undefined : "an integer of 1 or more";

export const sizes: Check = (value) =>
  Array.isArray(value) ? undefined : "an array of layer sizes, such as [32, 16]";

export const share: Check = (value) =>
  typeof value === "number" && value >= 0 && value <= 1 ? undefined : "from 0 to 1";

export const notNegative: Check = (value) =>
  typeof value === "number" && value >= 0 && Number.isFinite(value) ? undefined : "a number of 0 or more";

export function among(...choices: readonly string[]): Check {
  return (value) => (choices.includes(value as string) ? undefined : `among ${choices.join(", ")}`);
}

export const activation: Check = among(...activations);

const common: Readonly<Record<(typeof trainingNames)[number], Check>> = {
  seed: (value) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffffff
      ? undefined
      : "an integer from 0 to 4294967295",
  learningRate: (value) =>
    typeof value === "number" && value > 0 && Number.isFinite(value)
      ? undefined
      : "a number above 0; start with 0.001",
  loss: among(...losses),
};

/** The options of a stack of dense layers. */
export const stackChecks: Readonly<Record<string, Check>> = {
  ...{ inputDim: positiveInteger, hidden: sizes, codeDim: positiveInteger },
  ...{ activation, codeActivation: activation, outputActivation: activation },
};

/** @throws UsageError naming the option, what it must be, and what it is */
export function checkModelOptions(
  caller: string,
  options: object,
  own: Readonly<Record<string, Check>>,
): void {
  const checks: Readonly<Record<string, Check>> = { ...own, ...common };
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) throw unknownOption(caller, name, Object.keys(checks));
    if (value === undefined) continue;
    const wanted = check(value);
    if (wanted) throw wrong(caller, name, wanted, value);
    if (check === sizes)
      for (const [at, units] of (value as readonly unknown[]).entries())
        if (positiveInteger(units)) throw wrong(caller, `${name}[${at}]`, "an integer of 1 or more", units);
  }
}

function wrong(caller: string, name: string, wanted: string, value: unknown): UsageError {
  const verb = wanted.startsWith("among") || wanted.startsWith("from") ? "" : "to be ";
  return new UsageError(`${caller}: expected ${name} ${verb}${wanted}; got ${String(value)}. Change it.`);
}
