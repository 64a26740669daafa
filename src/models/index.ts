export type { Activation } from "./options.js";
export { type Autoencoder, type StackedOptions, stacked } from "./stacked.js";
