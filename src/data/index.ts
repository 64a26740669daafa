export type { ImageRows, LabelledImages } from "./labelled-images.js";
export { type Datasets, load } from "./load.js";
