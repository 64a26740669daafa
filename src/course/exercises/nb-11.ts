// Notebook 11, convolutional and variational: the reparameterization, the KL term, an ELBO of one's own, samples.
import { kNeighborsClassifier, nearestNeighbors } from "../../analysis/index.js";
import { type Exercise, expectThat, NotYet } from "./exercise.js";
import { close, knownSplit, meanOf, randomTable } from "./known-data.js";
import { functionOf, givenValue, listIn, numberIn, tableIn } from "./read-answer.js";

type Table = number[][];

/** What the exercise asks of the ELBO, in nats; a VAE with two numbers reaches about −25. */
const wantedElbo = -23.5;

export const notebook11 = {
  "11.1": {
    title: "The reparameterization trick",
    async check(answer) {
      const sampleCode = functionOf<[number[], number[], number[]]>(answer, "sampleCode");
      for (const [size, seed] of [
        [2, 111],
        [5, 112],
        [1, 113],
      ] as const) {
        const [mean, logVariance, noise] = randomTable(3, size, seed, 4).map((row) =>
          row.map((value) => value - 2.1),
        ) as [number[], number[], number[]];
        const given = listIn(
          await sampleCode([...mean], [...logVariance], [...noise]),
          "`sampleCode(…)`",
          size,
        );
        const by = (sigma: (log: number) => number): number[] =>
          mean.map((mu, at) => mu + sigma(logVariance[at] ?? 0) * (noise[at] ?? 0));
        const wanted = by((log) => Math.exp(log / 2));
        expectThat(!close(given, mean), "It gives the mean. A code is drawn: where does the noise come in?");
        expectThat(
          !close(given, by(Math.exp)),
          "The noise is multiplied by the variance σ². It should be the standard deviation σ.",
        );
        expectThat(
          !close(
            given,
            by((log) => log),
          ),
          "The noise is multiplied by log σ² itself. It should be σ.",
        );
        expectThat(
          close(given, wanted),
          `For codes of ${size} numbers it is not μ + σ ε. Is every number's own σ used, with the given noise?`,
        );
      }
      return "μ + σ ε for three sizes of codes.";
    },
  },
  "11.2": {
    title: "The KL term",
    async check(answer) {
      const klTerm = functionOf<[number[], number[]]>(answer, "klTerm");
      const same = numberIn(await klTerm([0, 0], [0, 0]), "`klTerm(…)`");
      expectThat(
        Math.abs(same) < 1e-6,
        `For the mean 0 and log σ² = 0 it gives ${same.toFixed(3)}. The two distributions are the same there.`,
      );
      for (const [size, seed] of [
        [1, 114],
        [2, 115],
        [6, 116],
      ] as const) {
        const [mean, logVariance] = randomTable(2, size, seed, 3).map((row) =>
          row.map((value) => value - 1.6),
        ) as [number[], number[]];
        const given = numberIn(await klTerm([...mean], [...logVariance]), "`klTerm(…)`");
        const wanted = klOf(mean, logVariance);
        const gap = (factor: number): boolean => Math.abs(given - factor * wanted) < 1e-4 * Math.abs(wanted);
        expectThat(!gap(-1), "The sign is wrong: a divergence is never below 0.");
        expectThat(!gap(2), "It is twice what it should be. Look for the ½.");
        expectThat(
          size === 1 || !gap(1 / size),
          "It is the mean over the code's numbers. It should be the sum.",
        );
        expectThat(
          gap(1),
          `For a code of ${size} ${size === 1 ? "number" : "numbers"} it gives ${given.toFixed(3)}, which is not right. What is given is log σ²; where does the formula want σ², and where its logarithm?`,
        );
      }
      return "Right for three sizes of codes, and 0 for the prior itself.";
    },
  },
  "11.3": {
    title: "A better ELBO",
    async check(answer) {
      const { test } = await knownSplit("digits");
      const mine = givenValue(answer, "mine") as Record<string, unknown>;
      for (const name of ["mean", "logVariance", "rebuilt", "elbo"])
        if (mine[name] === undefined || mine[name] === null)
          throw new NotYet(`\`mine.${name}\` is missing. Fill in the exercise cell and run it.`);
      const rows = test.x.length;
      const rebuilt = tableIn(mine.rebuilt, "`mine.rebuilt`", { rows, columns: 64 });
      const mean = tableIn(mine.mean, "`mine.mean`", { rows });
      const columns = mean[0]?.length ?? 0;
      const logVariance = tableIn(mine.logVariance, "`mine.logVariance`", { rows, columns });
      const elbo = numberIn(mine.elbo, "`mine.elbo`");
      expectThat(
        rebuilt.every((row) => row.every((value) => value >= 0 && value <= 1)),
        "`mine.rebuilt` has values outside 0 to 1, which have no cross-entropy. Use a sigmoid output.",
      );
      const kl = meanOf(mean.map((row, at) => klOf(row, logVariance[at] ?? [])));
      const reconstruction = meanOf(test.x.map((row, at) => crossEntropy(row, rebuilt[at] ?? [])));
      const found = -reconstruction - kl;
      expectThat(
        reconstruction > 14.5,
        "The reconstructions are too good to be true: did the pictures themselves get in?",
      );
      expectThat(
        kl > 0.5,
        `The KL term is ${kl.toFixed(3)} nats: the codes say nothing about the pictures. Is the posterior collapsed?`,
      );
      expectThat(Math.abs(elbo + found) > 0.2, "`mine.elbo` has the wrong sign. The ELBO is negative here.");
      expectThat(
        Math.abs(elbo - (-reconstruction / 64 - kl)) > 0.2,
        "`mine.elbo` has the cross-entropy's mean over the pixels. It should be their sum.",
      );
      expectThat(
        Math.abs(elbo - found) < 0.2,
        `\`mine.elbo\` is ${elbo.toFixed(2)}; it does not follow from your arrays, whose KL term is ${kl.toFixed(2)} nats. Both terms are sums within a row, and means over the rows.`,
      );
      expectThat(
        found > wantedElbo,
        `The ELBO is ${found.toFixed(2)} nats: ${reconstruction.toFixed(2)} for the reconstruction, ${kl.toFixed(2)} for the code. Which of the two could a change of the model make smaller?`,
      );
      return `ELBO ${found.toFixed(2)} nats: ${reconstruction.toFixed(2)} for the reconstruction, ${kl.toFixed(2)} for the code.`;
    },
  },
  "11.4": {
    title: "Samples of one's own",
    async check(answer) {
      const { train, test } = await knownSplit("digits");
      const samples = tableIn(givenValue(answer, "samples"), "`samples`", { rows: 100, columns: 64 });
      expectThat(
        samples.every((row) => row.every((value) => value >= 0 && value <= 1)),
        "`samples` has values outside 0 to 1. Pixels are the decoder's output, not codes.",
      );
      expectThat(
        new Set(samples.map((row) => row.map((value) => value.toFixed(3)).join())).size > 90,
        "Many of the pictures are the same. Draw a code for each; and does the decoder use it?",
      );
      const known = [...train.x, ...test.x];
      const distances = nearestNeighbors(samples, known, { k: 1 }).distances.map(([first]) => first ?? 0);
      expectThat(
        distances.filter((distance) => distance < 0.6).length < 20,
        "Many of the pictures are real digits, or nearly so. A sample comes from a random code.",
      );
      const near = meanOf(distances);
      expectThat(
        near < 1.8,
        `The nearest real digit is ${near.toFixed(2)} away on average; for real ones it is about 1.2. Were the codes drawn from the prior, and is the decoder trained?`,
      );
      const kinds = new Set(kNeighborsClassifier(train.x, train.labels).predict(samples)).size;
      expectThat(
        kinds >= 5,
        `A classifier finds only ${kinds} kinds of digits. Do the codes cover the whole prior, and does the decoder use them?`,
      );
      return `${kinds} kinds of digits; the nearest real one is ${near.toFixed(2)} away on average.`;
    },
  },
} satisfies Record<string, Exercise>;

/** KL(N(μ, σ²) ‖ N(0, 1)) in nats: ½ Σ (μ² + σ² − log σ² − 1). */
function klOf(mean: readonly number[], logVariance: readonly number[]): number {
  return mean.reduce((sum, mu, at) => {
    const log = logVariance[at] ?? 0;
    return sum + (mu ** 2 + Math.exp(log) - log - 1) / 2;
  }, 0);
}

/** The binary cross-entropy of a picture, summed over its pixels, in nats. */
function crossEntropy(x: Table[number], rebuilt: Table[number]): number {
  return x.reduce((sum, value, at) => {
    const y = Math.min(1 - 1e-7, Math.max(1e-7, rebuilt[at] ?? 0));
    return sum - value * Math.log(y) - (1 - value) * Math.log(1 - y);
  }, 0);
}
