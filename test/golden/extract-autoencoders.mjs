// Writes autoencoders.json, the golden numbers of the trained models besides the stacked one, from the reference run's file:
//   node test/golden/extract-autoencoders.mjs PATH/reference.json
// The reference run itself is scripts/reference_ae.py; of greedy pretraining, reference_extra.py, it left its results only.
import { readFileSync, writeFileSync } from "node:fs";

const { classical, autoencoders, extra, how } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const linear = autoencoders.D_gates["GATE_linear_64_3_64_adam1e-2_50"];
const trivial = autoencoders.A_trivial_linear_shallow["trivial_linear_64_64_adam1e-2"];
const tanh = autoencoders.D_gates["GATE_stacked_tanh_adam1e-3_b32"];
const relu = autoencoders.D_gates["GATE_stacked_relu_hidden_linear_code_adam1e-3_b32"];
const recipe = ({ dims, activations, epochs, lr, test_mse, train_mse }) => ({ dims, activations, epochs, lr, test_mse, train_mse });
const golden = {
  provenance: {
    how,
    versions: { ...classical.versions, torch: autoencoders.D_gates.torch },
    seeds: "linear, tanh, relu: PyTorch seeds 0 to 19; trivial, greedy: 0 to 4",
    tolerances: {
      "linear, tanh, relu": "each run within mean ± 4 sd of the reference's test error; train error never below PCA's",
      greedy: "mean of the runs within 3 sd",
    },
  },
  ...{ linear: recipe(linear), trivial: recipe(trivial), tanh: recipe(tanh), relu: recipe(relu) },
  binaryCrossentropy: extra.bce_floor,
  greedy: extra.greedy_layerwise_3x50_then_finetune_50,
};
writeFileSync(new URL("autoencoders.json", import.meta.url), `${JSON.stringify(golden, null, 2)}\n`);
