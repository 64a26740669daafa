// Writes analysis.json, the golden numbers of latent-lab/analysis, from the reference run's reference.json:
//   node test/golden/extract-analysis.mjs PATH/reference.json
// The reference run is scripts/reference_classical.py, copied here unchanged (scikit-learn 1.2.1).
import { readFileSync, writeFileSync } from "node:fs";

const { classical } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const golden = {
  provenance: {
    how: "/usr/bin/python3 scripts/reference_classical.py, extracted by extract-analysis.mjs",
    versions: classical.versions,
    conventions: classical.conventions,
    seeds: "K-means: 50 starts from seed 0, and the best of 950; probes: none",
    tolerances: {
      pca: "absolute 1e-6",
      kmeans: "inertia 0.1 %; ARI, NMI, silhouette 0.01, as another start may reach another of nearly equal optima",
      probes: "2 of 360 rows; 8 where the classes can be separated and C = 1e6 leaves the optimum to the solver's stop",
    },
  },
  pca: classical.pca_digits_reconstruction_mse,
  explainedVarianceRatio: classical.explained_variance_ratio,
  componentsForVariance: classical.digits_components_for_variance,
  kmeans: classical.kmeans,
  probes: classical.probe_pca,
  probeRaw: classical.probe_raw64,
  trivial: classical.trivial,
};
writeFileSync(new URL("analysis.json", import.meta.url), `${JSON.stringify(golden, null, 2)}\n`);
