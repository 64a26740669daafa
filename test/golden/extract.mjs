// Writes digits.json, the golden numbers of the tests on digits, from the reference run's reference.json:
//   node test/golden/extract.mjs PATH/reference.json
// The reference run itself is scripts/reference_classical.py and scripts/reference_ae.py, copied here unchanged.
import { readFileSync, writeFileSync } from "node:fs";

const { classical, autoencoders, how } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const gate = autoencoders.D_gates["GATE_stacked_elu_adam1e-3_b32"];
const golden = {
  provenance: {
    how,
    versions: { ...classical.versions, torch: autoencoders.D_gates.torch },
    conventions: classical.conventions,
    seeds: "PCA: none needed; stacked: PyTorch seeds 0 to 19",
    tolerances: {
      pca: "absolute 1e-6: our tensors are float32, the reference float64",
      explainedVarianceRatio: "absolute 1e-4",
      stacked: "one run at most .0371; mean of 3 seeds or more from .0318 to .0357 (the reference's mean ± 2 sd, rounded)",
    },
  },
  pca: {
    testMse: classical.pca_digits_reconstruction_mse.test360,
    trainMse: classical.pca_digits_reconstruction_mse.train1437,
    explainedVarianceRatioTrain: classical.explained_variance_ratio.digits_train_over16,
  },
  facts: classical.digits_facts,
  stacked: { dims: gate.dims, activations: gate.activations, epochs: gate.epochs, lr: gate.lr, test_mse: gate.test_mse },
};
writeFileSync(new URL("digits.json", import.meta.url), `${JSON.stringify(golden, null, 2)}\n`);
