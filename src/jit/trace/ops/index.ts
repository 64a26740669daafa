// All kernels of the trace backend, a table a family. docs/ops.md lists them; a test keeps that list true.
import type { KernelTable } from "../kernel.js";
import { activations } from "./activations.js";
import { arithmetic, comparison } from "./arithmetic.js";
import { combinations } from "./combine.js";
import { convolution } from "./convolution.js";
import { depthwise } from "./depthwise.js";
import { fills } from "./fills.js";
import { matmul } from "./matmul.js";
import { normalization } from "./normalization.js";
import { ordering } from "./order.js";
import { pooling } from "./pooling.js";
import { rearrangements } from "./rearrange.js";
import { reductions } from "./reductions.js";
import { resizing } from "./resize.js";
import { samples } from "./samples.js";
import { scattering } from "./scatter.js";
import { space } from "./space.js";
import { unaryFunctions } from "./unary.js";

export const families: Readonly<Record<string, KernelTable>> = {
  ...{ arithmetic, comparison, unary: unaryFunctions, activations, reductions },
  ...{ matmul, convolution, depthwise, pooling, rearrangements, combinations, fills },
  ...{ normalization, resizing, samples, scattering, ordering, space },
};

export const allKernels: KernelTable = Object.assign({}, ...Object.values(families)) as KernelTable;
