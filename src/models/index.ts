export { type Autoencoder, type StackedOptions, stacked } from "./stacked.js";
