export { type BarsOptions, bars } from "./bars.js";
export { type BoundaryOptions, decisionBoundary } from "./boundary.js";
export type { PointOptions } from "./classes.js";
export { type HistogramOptions, histogram, type SeedStripsOptions, seedStrips } from "./distributions.js";
export { scatterMatrix } from "./feature-scatter.js";
export type { Figure, FigureOptions, FigureParts } from "./figure.js";
export {
  type ConfusionOptions,
  confusion,
  correlation,
  type WeightHeatMapOptions,
  weightHeatMap,
} from "./heat-map.js";
export { type ImageGridOptions, imageGrid } from "./image-grid.js";
export { type ClusteringStep, type KMeansStepsOptions, kMeansSteps } from "./k-means-steps.js";
export {
  type ElbowData,
  type ErrorCurveOptions,
  elbow,
  errorCurve,
  type LinesOptions,
  lines,
  type RocLine,
  roc,
} from "./lines.js";
export { type LossCurveOptions, type LossHistory, lossCurve } from "./loss-curve.js";
export { palette } from "./palette.js";
export { componentImages, type LatentManifoldOptions, latentManifold, reconstructions } from "./pictures.js";
export { type SubspacePlanesOptions, subspacePlanes } from "./planes.js";
export { forProjector } from "./presentation.js";
export { type ScatterOptions, scatter } from "./scatter.js";
export { type Scatter3dOptions, scatter3d } from "./scatter3d.js";
export { scree } from "./scree.js";
export type { ShownFigure } from "./show.js";
export type { Images, Numbers, Rows } from "./values.js";
