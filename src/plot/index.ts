export { type BarsOptions, bars } from "./bars.js";
export type { Figure } from "./figure.js";
export { type ImageGridOptions, imageGrid } from "./image-grid.js";
export { type LossCurveOptions, type LossHistory, lossCurve } from "./loss-curve.js";
export { palette } from "./palette.js";
export { type Scatter3dOptions, scatter3d } from "./scatter3d.js";
export type { Images, Numbers, Rows } from "./values.js";
