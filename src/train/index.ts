export type { FitCallback, Logs } from "./callbacks.js";
export type { Dataset, Tensors } from "./data.js";
export { type BatchOptions, evaluate, predict, type Reconstructor, reconstructionError } from "./evaluate.js";
export { type FitResult, fit } from "./fit.js";
export type { History } from "./history.js";
export type { ClassWeight, ComputeOptions, FitOptions } from "./options.js";
