export {
  adjustedRandIndex,
  inertia,
  normalizedMutualInformation,
  type SilhouetteOptions,
  silhouette,
  silhouetteSamples,
} from "./clustering-metrics.js";
export { accuracy, confusionMatrix, matchLabels } from "./confusion.js";
export { type TsneOptions, tsne, type UmapOptions, umap } from "./embeddings.js";
export { type KMeans, type KMeansOptions, kMeans } from "./k-means.js";
export { interpolate, latentGrid, latentTraversal } from "./latent-space.js";
export type { KMeansStep } from "./lloyd.js";
export {
  type Classifier,
  type LogisticRegression,
  type LogisticRegressionOptions,
  logisticRegression,
} from "./logistic-regression.js";
export {
  type KNeighborsOptions,
  kNeighborsClassifier,
  type Neighbors,
  nearestNeighbors,
} from "./neighbors.js";
export { type Pca, type PcaOptions, type PcaSolver, pca } from "./pca.js";
export { type LabelledRows, type ProbeResult, probe } from "./probe.js";
export { type ReconstructionErrors, reconstructionErrors } from "./reconstruction.js";
export { auc, type RocCurve, rocCurve } from "./roc.js";
export { principalAngles } from "./subspaces.js";
export type { Numbers, Rows } from "./table.js";
