// Writes autoencoders.json, the golden numbers of the trained models besides the stacked one, and training-runs.json, the
// recipe and result of every network that the reference trained, from the reference run's file:
//   node test/golden/extract-autoencoders.mjs PATH/reference.json
// The reference run itself is scripts/reference_ae.py; of greedy pretraining, reference_extra.py, it left its results only.
import { readFileSync, writeFileSync } from "node:fs";

const { classical, autoencoders, extra, how } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const linear = autoencoders.D_gates["GATE_linear_64_3_64_adam1e-2_50"];
const trivial = autoencoders.A_trivial_linear_shallow["trivial_linear_64_64_adam1e-2"];
const tanh = autoencoders.D_gates["GATE_stacked_tanh_adam1e-3_b32"];
const relu = autoencoders.D_gates["GATE_stacked_relu_hidden_linear_code_adam1e-3_b32"];
const linearCosine = autoencoders.A_trivial_linear_shallow["linear_64_3_64_adam1e-2_cosine"];
const stackedCosine = autoencoders.B_stacked["stacked_elu_adam3e-3_cosine_300"];
const recipe = ({ dims, activations, epochs, lr, test_mse, train_mse }) => ({ dims, activations, epochs, lr, test_mse, train_mse });
const golden = {
  provenance: {
    how,
    versions: { ...classical.versions, torch: autoencoders.D_gates.torch },
    seeds: "linear, tanh, relu: PyTorch seeds 0 to 19; trivial, greedy: 0 to 4; with cosine: 0 to 9",
    cosine: "the learning rate of epoch e of E is lr · (1 + cos(π e / E)) / 2, the same within an epoch (PyTorch's CosineAnnealingLR)",
    tolerances: {
      "linear, tanh, relu": "each run within mean ± 4 sd of the reference's test error; train error never below PCA's",
      greedy: "each run within mean ± 4 sd, before and after the training of the whole",
      "linear with cosine": "each run within the reference's range of test errors, widened by 4 sd; the largest angle below 4 times the reference's mean; train error never below PCA's",
      "stacked with cosine": "each run within mean ± 4 sd of the test error",
    },
  },
  ...{ linear: recipe(linear), trivial: recipe(trivial), tanh: recipe(tanh), relu: recipe(relu) },
  linearCosine: { ...recipe(linearCosine), angle: linearCosine.decoder_vs_pca_largest_angle_deg },
  stackedCosine: recipe(stackedCosine),
  binaryCrossentropy: extra.bce_floor,
  greedy: extra.greedy_layerwise_3x50_then_finetune_50,
};
writeFileSync(new URL("autoencoders.json", import.meta.url), `${JSON.stringify(golden, null, 2)}\n`);

const runs = Object.assign({}, ...Object.values(autoencoders));
const networks = Object.entries(runs).filter(([, run]) => run.dims);
const band = ({ mean, sd, min, max }) => ({ mean, sd, min, max });
const all = {
  provenance: {
    how,
    versions: { ...classical.versions, torch: autoencoders.D_gates.torch },
    recipe: `${autoencoders.D_gates.setup}; batches of 32; \`wd\` times the sum of squared kernels is added to the loss; sgdm: SGD with momentum 0.9`,
    tolerance: "a run of ours lies within the range of the reference's seeds, widened by 4 sd on both sides and 2 % of the mean",
  },
  runs: Object.fromEntries(
    networks.map(([name, { dims, activations, epochs, seeds, lr, decay, opt, loss, noise, wd, train_mse, test_mse }]) => [
      name,
      { dims, activations, epochs, seeds, lr, decay, opt, loss, noise, wd, train: band(train_mse), test: band(test_mse) },
    ]),
  ),
};
writeFileSync(new URL("training-runs.json", import.meta.url), `${JSON.stringify(all, null, 1)}\n`);
