// Notebook 06, the undercomplete autoencoder: its parameters, the three models of it, training to PCA's error and plane,
// and the three factors of the sprites.
import { tensor2d } from "@tensorflow/tfjs-core";
import { type Pca, pca, principalAngles } from "../../analysis/index.js";
import { sprites } from "../../data/index.js";
import { type Exercise, expectThat } from "./exercise.js";
import { close, knownSplit, largestGap, randomTable } from "./known-data.js";
import { functionOf, givenValue, kindOf, numberIn, tableIn } from "./read-answer.js";
import { modelIn, modelOf, outputsOf } from "./read-model.js";
import { errorOf, type Rows, type Table } from "./tables.js";

export const notebook06 = {
  "06.1": {
    title: "How many parameters?",
    async check(answer) {
      const parameters = functionOf<[number, number]>(answer, "parameters");
      for (const [inputs, codes] of [
        [64, 3],
        [784, 32],
        [5, 2],
      ] as const) {
        const given = numberIn(await parameters(inputs, codes), "`parameters(…)`");
        const [weights, wanted] = [inputs * codes, 2 * inputs * codes + codes + inputs];
        const sizes = `For ${inputs} inputs and ${codes} codes`;
        expectThat(given !== 2 * weights, `${sizes} these are the weights. Each neuron has a bias as well.`);
        expectThat(given !== weights + codes, `${sizes} this is the encoder alone.`);
        expectThat(given !== weights + inputs, `${sizes} this is the decoder alone.`);
        expectThat(
          given !== wanted + inputs,
          `${sizes} you count biases of the inputs. Inputs are given; they have none.`,
        );
        expectThat(given === wanted, `${sizes} it gives ${given}. Count weights and biases of two layers.`);
      }
      return "Right for three sizes.";
    },
  },
  "06.2": {
    title: "Three models over the same layers",
    check(answer) {
      const { encoder, decoder, whole } = parts(answer, "sandwich");
      const x = randomTable(9, 64, 81, 1);
      const codes = outputsOf(encoder, x, "`encoder`");
      expectThat(
        codes[0]?.length === 3,
        `\`encoder\` should give 3 numbers a row; it gives ${codes[0]?.length}.`,
      );
      const decoded = outputsOf(decoder, codes, "`decoder`");
      expectThat(
        decoded[0]?.length === 64,
        `\`decoder\` should give 64 numbers a row; it gives ${decoded[0]?.length}.`,
      );
      const output = outputsOf(whole, x, "`autoencoder`");
      expectThat(
        output[0]?.length === 64,
        `\`autoencoder\` should give 64 numbers a row; it gives ${output[0]?.length}.`,
      );
      expectThat(
        largestGap(output[0] ?? [], output[1] ?? []) > 1e-6,
        "`autoencoder` gives the same for each picture.",
      );
      expectThat(
        close(output.flat(), decoded.flat(), 1e-4),
        "`autoencoder` gives something else than `decoder` after `encoder`: they do not share their layers. Apply the *same* layer twice; do not make two of them.",
      );
      return "Encoder, decoder and autoencoder share their layers: 64 → 3 → 64.";
    },
  },
  "06.3": {
    title: "Trained to PCA's error",
    async check(answer) {
      const model = modelOf(answer, "bottleneck");
      const { train, test } = await knownSplit("digits");
      const [onTrain, onTest] = [train.x, test.x].map((x) => outputsOf(model, x, "`bottleneck`")) as [
        Table,
        Table,
      ];
      expectThat(
        onTest[0]?.length === 64,
        `\`bottleneck\` should give 64 numbers a row; it gives ${onTest[0]?.length}.`,
      );
      const [trainError, testError] = [errorOf(train.x, onTrain), errorOf(test.x, onTest)];
      expectThat(
        errorOf(onTest, fitted(onTest, 3).reconstructed) < 1e-6,
        `The reconstructions do not lie in a flat space of three dimensions (held-out error ${testError.toFixed(4)}): more than three numbers pass, or something in the network bends.`,
      );
      expectThat(
        testError <= 0.0445,
        `The held-out error is ${testError.toFixed(4)}; at most 0.0445 is asked for.${testError > 0.05 ? " Is it trained on the digits?" : " Not all three neurons have found their use yet."}`,
      );
      const bound = errorOf(train.x, fitted(train.x, 3).reconstructed);
      expectThat(
        trainError > bound - 1e-6,
        `On the training rows the error is ${trainError.toFixed(6)}, below PCA's, which is impossible with three linear codes.`,
      );
      return `Held-out error ${testError.toFixed(5)}; on the training rows ${trainError.toFixed(5)}, above PCA's ${bound.toFixed(5)}.`;
    },
  },
  "06.4": {
    title: "The decoder's plane",
    async check(answer) {
      const directions = tableIn(givenValue(answer, "directions"), "`directions`");
      const [rows, columns] = [directions.length, directions[0]?.length ?? 0];
      expectThat(
        columns === 64,
        `Each direction should have 64 numbers, one for each pixel; \`directions\` has the shape [${rows}, ${columns}].${columns === 3 ? " Are these the encoder's weights?" : ""}`,
      );
      expectThat(rows === 3, `Three directions are asked for; there are ${rows}.`);
      const { components } = fitted((await knownSplit("digits")).train.x, 3).pca;
      const angles = principalAngles(components, directions);
      const angle = Math.max(...angles);
      expectThat(angles.length === 3, "These directions span less than three dimensions.");
      expectThat(
        angle > 1e-3,
        "This is PCA's plane itself, to the last digit. Take the directions from the network.",
      );
      expectThat(
        angle < 3,
        `The largest angle to PCA's plane is ${angle.toFixed(1)}°; below 3° is asked for.${angle < 20 ? " Train longer, or let the rate fall." : ""}`,
      );
      return `The decoder's plane is ${angle.toFixed(2)}° away from PCA's.`;
    },
  },
  "06.5": {
    title: "Three neurons for three factors",
    check(answer) {
      const { encoder, decoder } = parts(answer, "spriteModel");
      const drawn = sprites({ samples: 200, seed: 90210 });
      const x = drawn.features.arraySync();
      drawn.dispose();
      const codes = outputsOf(encoder, x, "`encoder`");
      expectThat(codes[0]?.length === 3, `The code should have 3 numbers; it has ${codes[0]?.length}.`);
      const output = outputsOf(decoder, codes, "`decoder`");
      expectThat(
        output[0]?.length === 256,
        `\`decoder\` should give 256 pixels; it gives ${output[0]?.length}.`,
      );
      const error = errorOf(x, output);
      const why =
        error > 0.015
          ? "A linear network gets no further than this. Can yours bend?"
          : error > 0.004
            ? "About one factor is missing."
            : "Nearly: train longer, or on more sprites.";
      expectThat(
        error <= 0.002,
        `On new sprites the error is ${error.toFixed(4)}; at most 0.002 is asked for. ${why}`,
      );
      return `Error ${error.toFixed(5)} on 200 sprites that it has never seen, through 3 numbers.`;
    },
  },
} satisfies Record<string, Exercise>;

/** Encoder, decoder and, if there is one, the autoencoder of an object with these. @throws NotYet */
function parts(
  answer: Parameters<typeof givenValue>[0],
  name: string,
): Record<"encoder" | "decoder" | "whole", ReturnType<typeof modelIn>> {
  const given = givenValue(answer, name) as Partial<Record<"encoder" | "decoder" | "autoencoder", unknown>>;
  expectThat(
    given.encoder !== undefined && given.decoder !== undefined,
    `\`${name}\` should be an object with the models \`encoder\` and \`decoder\`; it is ${kindOf(given)}.`,
  );
  const [encoder, decoder] = [modelIn(given.encoder, "`encoder`"), modelIn(given.decoder, "`decoder`")];
  return { encoder, decoder, whole: modelIn(given.autoencoder ?? given.decoder, "`autoencoder`") };
}

/** PCA of rows, and what it makes of them. */
function fitted(x: Rows, components: number): { pca: Pca; reconstructed: Table } {
  const table = tensor2d(x.map((row) => [...row]));
  const result = pca(table, { components, solver: "full" });
  const output = result.reconstruct(table);
  const reconstructed = output.arraySync();
  table.dispose();
  output.dispose();
  return { pca: result, reconstructed };
}
