export { type Pca, type PcaOptions, type PcaSolver, pca } from "./pca.js";
