// Notebook 13, your own data: three parts, a rule, a candidate measured over seeds, and the whole project.
import { type Answer, type Exercise, expectThat } from "./exercise.js";
import { meanOf } from "./known-data.js";
import { byRule, projectRows, sdOf, squaredError } from "./project-rows.js";
import { copied, functionOf, givenValue, kindOf, labelsIn, numberIn, tableIn } from "./read-answer.js";

/** Results for 13.2, from simple to complex, each with what a wrong rule would take. */
const results = {
  clear: { a: [0.5, 0.5, 0.5], b: [0.3, 0.31, 0.29], c: [0.1, 0.11, 0.12] },
  within: { a: [0.5], b: [0.105, 0.112, 0.119], c: [0.1, 0.11, 0.12], d: [0.2, 0.05, 0.29] },
  ownSpread: { a: [0.13, 0.3, 0.11], b: [0.13, 0.131, 0.132], c: [0.1, 0.101, 0.102] },
  denominator: { a: [0.112, 0.112], b: [0.09, 0.11] },
  simplest: { pca: [0.2], linear: [0.21, 0.22, 0.2], deep: [0.3, 0.19, 0.4] },
  twice: { a: [0.125], b: [0.2], c: [0.1, 0.11, 0.12] },
  single: { a: [0.3], b: [0.2], c: [0.25] },
  middle: { a: [0.4], b: [0.21, 0.22], c: [0.205, 0.225], d: [0.18, 0.24], e: [0.15, 0.31] },
} as const;

export const notebook13 = {
  "13.1": {
    title: "Three parts of the data",
    async check(answer) {
      const threeParts = functionOf<[number, number]>(answer, "threeParts");
      const partsOf = async (count: number, seed: number) => {
        const given = (await threeParts(count, seed)) as Answer;
        return (["train", "validation", "test"] as const).map((part) => {
          expectThat(given[part] !== undefined, `For ${count} rows there is no \`${part}\`.`);
          const what = `\`threeParts(${count}, ${seed}).${part}\``;
          const length = (given[part] as ArrayLike<number>).length ?? 0;
          return labelsIn(given[part], what, { length, classes: count });
        }) as [number[], number[], number[]];
      };
      for (const count of [100, 57, 333]) {
        const parts = await partsOf(count, 3);
        const all = parts.flat();
        const distinct = new Set(all).size;
        expectThat(all.length > 0, `For ${count} rows all three parts are empty.`);
        expectThat(
          distinct === all.length,
          `For ${count} rows, ${all.length - distinct} stand in two places. Each row belongs to one part only.`,
        );
        expectThat(all.length === count, `For ${count} rows, the parts hold ${all.length} together.`);
        for (const [at, share] of [0.6, 0.2, 0.2].entries())
          expectThat(
            Math.abs((parts[at]?.length ?? 0) - share * count) <= 1.5,
            `For ${count} rows the parts have ${parts.map(({ length }) => length).join(", ")}. We want 60 %, 20 % and 20 %.`,
          );
        // Of a random part of the rows, the mean row number is near the middle; of a cut, far from it.
        for (const part of parts) {
          const away = Math.abs(meanOf(part) - (count - 1) / 2) / (count / Math.sqrt(12 * part.length));
          const steps = part.slice(1).map((row, at) => row - (part[at] ?? 0));
          expectThat(
            away < 4.5 && new Set([...part].sort((a, b) => a - b).map((row, at) => row - at)).size > 2,
            "The parts are cut from the file in its order. A file is often sorted: draw the rows at random.",
          );
          expectThat(
            new Set(steps).size > 2,
            "The parts are regular: every second row or so. Draw them at random.",
          );
        }
      }
      const [once, twice, other] = [await partsOf(100, 5), await partsOf(100, 5), await partsOf(100, 6)].map(
        (parts) => parts.map((part) => [...part].sort((a, b) => a - b).join()).join(";"),
      );
      expectThat(
        once === twice,
        "The same seed gives other parts the second time. Make the generator inside the function.",
      );
      expectThat(once !== other, "Another seed gives the same parts. Is `seed` used?");
      return "Each row in one part, at random, and the same again for the same seed.";
    },
  },
  "13.2": {
    title: "A rule as code",
    async check(answer) {
      const choose = functionOf<[Record<string, number[]>]>(answer, "choose");
      for (const given of Object.values(results) as Readonly<Record<string, readonly number[]>>[]) {
        const copy = Object.fromEntries(Object.entries(given).map(([name, values]) => [name, [...values]]));
        const taken = await choose(copy);
        const rows = Object.entries(given);
        const names = rows.map(([name]) => name);
        expectThat(
          typeof taken === "string" && names.includes(taken),
          `\`choose\` should give one of the names ${names.join(", ")}; it gave ${kindOf(taken)}.`,
        );
        const wanted = byRule(given);
        if (taken === wanted) continue;
        const smallest = (of: (values: readonly number[]) => number): string =>
          rows.reduce((a, b) => (of(b[1]) < of(a[1]) ? b : a))[0];
        const shown = rows
          .map(([name, v]) => `${name}: ${meanOf(v).toFixed(4)} ± ${sdOf(v).toFixed(4)}`)
          .join(", ");
        const position = names.indexOf(taken) - names.indexOf(wanted);
        expectThat(
          !(taken === smallest((v) => Math.min(...v)) && taken !== smallest(meanOf)),
          `For ${shown} it took ${taken}, which has the smallest single error. Compare the means.`,
        );
        expectThat(
          taken !== smallest(meanOf),
          `For ${shown} it took ${taken}, the smallest mean. There is a simpler candidate within one standard deviation (with n − 1).`,
        );
        expectThat(
          position > 0,
          `For ${shown} it took ${taken}, which is above the limit: the smallest mean plus the standard deviation of that candidate (with n − 1).`,
        );
        expectThat(
          false,
          `For ${shown} it took ${taken}, but a simpler one is within the limit: the smallest mean plus the standard deviation of that candidate (with n − 1).`,
        );
      }
      return `Right for ${Object.keys(results).length} tables of results.`;
    },
  },
  "13.3": {
    title: "A candidate over five seeds",
    async check(answer) {
      const mine = givenValue(answer, "mine") as Answer;
      const x = tableIn(mine.validation, "`mine.validation`");
      const rebuilt = copied(givenValue(mine, "rebuilt"), "`mine.rebuilt`");
      expectThat(
        Array.isArray(rebuilt) && rebuilt.length >= 5,
        `\`mine.rebuilt\` should be a list of five reconstructions or more; it is ${kindOf(rebuilt)}.`,
      );
      const errors = rebuilt.map((part: unknown, at) => {
        const what = `\`mine.rebuilt[${at}]\``;
        return squaredError(x, tableIn(part, what, { rows: x.length, columns: x[0]?.length }));
      });
      expectThat(
        new Set(errors.map((error) => error.toPrecision(6))).size === errors.length,
        "Two seeds have exactly the same error. Does each run build a new model with its own seed?",
      );
      const center = (x[0] ?? []).map((_, column) => meanOf(x.map((row) => row[column] ?? 0)));
      const ofMean = squaredError(
        x,
        x.map(() => center),
      );
      expectThat(
        Math.min(...errors) > 1e-5 * ofMean,
        "A reconstruction equals its input: nothing was compressed.",
      );
      const poor = errors.findIndex((error) => error >= ofMean);
      expectThat(
        poor < 0,
        `Seed number ${poor} has the error ${errors[poor]?.toFixed(3)}; the mean row alone has ${ofMean.toFixed(3)}. Was the model trained, and are these the same rows in the same order?`,
      );
      const [mean, sd] = [numberIn(mine.mean, "`mine.mean`"), numberIn(mine.sd, "`mine.sd`")];
      const average = meanOf(errors);
      expectThat(
        Math.abs(mean - average) <= 1e-6 + 0.005 * average,
        `\`mine.mean\` is ${mean.toPrecision(4)}; it is not the mean of the ${errors.length} errors (mean squared errors over all entries).`,
      );
      const wanted = sdOf(errors);
      const population = wanted * Math.sqrt((errors.length - 1) / errors.length);
      expectThat(
        Math.abs(sd - wanted ** 2) > 0.05 * wanted ** 2,
        "`mine.sd` is the variance. Take its square root.",
      );
      expectThat(
        [wanted, population].some((each) => Math.abs(sd - each) <= 1e-7 + 0.02 * each),
        `\`mine.sd\` is ${sd.toPrecision(3)}; it is not the standard deviation of the errors.`,
      );
      return `${average.toFixed(4)} ± ${wanted.toFixed(4)} over ${errors.length} seeds.`;
    },
  },
  "13.4": {
    title: "The whole project",
    async check(answer) {
      const rows = await projectRows(givenValue(answer, "project") as Answer);
      const open = rows.filter(({ met }) => !met);
      const [first] = open;
      expectThat(
        first === undefined,
        `${open.length} of ${rows.length} rows are open. First: ${first?.title}. ${first?.reason}`,
      );
      return `All ${rows.length} rows of the rubric are met.`;
    },
  },
} satisfies Record<string, Exercise>;
