// Notebook 02, K-means: the two steps of Lloyd's algorithm, the whole of it, restarts, agreement, the number of clusters.
import type { tensor2d } from "@tensorflow/tfjs-core";
import { adjustedRandIndex, inertia } from "../../analysis/index.js";
import { random } from "../../core/random.js";
import { blobs } from "../../data/index.js";
import { type Answer, type Exercise, expectThat, NotYet } from "./exercise.js";
import { close, columnMeans, knownRows, randomTable, standardized } from "./known-data.js";
import { copied, functionOf, givenValue, labelsIn, listIn, numberIn, tableIn } from "./read-answer.js";

type Table = number[][];

/** Inertias that scikit-learn 1.2.1 reached, best of 50 starts (test/golden/analysis.json). */
const reference = { iris: 78.8514, wine: 1277.9285, digits: 4551.465 } as const;
const clusterCounts = { iris: 3, wine: 3, digits: 10 } as const;

export const notebook02 = {
  "02.1": {
    title: "The nearest centre",
    async check(answer) {
      const nearest = functionOf<[number[], Table]>(answer, "nearest");
      for (const [columns, k] of [
        [2, 3],
        [5, 8],
        [1, 4],
      ] as const) {
        const centers = randomTable(k, columns, 3 * columns);
        for (const point of randomTable(12, columns, 5 * columns)) {
          const given = numberIn(
            await nearest([...point], structuredClone(centers)),
            "`nearest(point, centers)`",
          );
          const squares = centers.map((center) => squaredDistance(point, center));
          const right = squares.indexOf(Math.min(...squares));
          expectThat(
            Number.isInteger(given) && given >= 0 && given < k,
            `\`nearest\` gives ${given}; with ${k} centres it should be a whole number from 0 to ${k - 1}, the place of a centre.`,
          );
          expectThat(
            given !== squares.indexOf(Math.max(...squares)),
            "`nearest` gives the centre that is farthest away.",
          );
          expectThat(
            given === right,
            `With ${columns} column${columns > 1 ? "s" : ""} and ${k} centres, \`nearest\` misses the nearest centre. Do all columns and all centres take part, and do differences count in both directions?`,
          );
        }
      }
      return "Right for 36 points in one, two and five dimensions.";
    },
  },
  "02.2": {
    title: "Centres move to the mean of their points",
    async check(answer) {
      const centersOf = functionOf<[Table, number[], Table]>(answer, "centersOf");
      const x = randomTable(40, 3, 21);
      const labels = x.map((_, at) => [0, 1, 1, 3][at % 4] ?? 0); // nobody is in cluster 2
      const old = randomTable(4, 3, 22);
      const wanted = meansOf(x, labels, old);
      const result = await centersOf(structuredClone(x), [...labels], structuredClone(old)).catch(
        (error: unknown) => {
          throw error;
        },
      );
      const rows = Array.isArray(result)
        ? (copied(result, "`centersOf(…)`") as unknown[])
        : tableIn(result, "`centersOf(…)`");
      expectThat(
        !rows.flat().some((value: unknown) => Number.isNaN(value)),
        "A centre is NaN. No point belongs to its cluster, and 0 / 0 is no number: let an empty cluster keep its old centre.",
      );
      const given = tableIn(result, "`centersOf(…)`", { rows: 4, columns: 3 });
      expectThat(
        close(given[2] ?? [], wanted[2] ?? []),
        "The cluster without points has moved. It should keep its old centre.",
      );
      const sums = wanted.map((row, cluster) =>
        row.map((value) => value * labels.filter((label) => label === cluster).length),
      );
      expectThat(
        !close(given[0] ?? [], sums[0] ?? []),
        "These are sums of points. Divide by how many there are in each cluster.",
      );
      expectThat(
        close(given.flat(), wanted.flat()),
        "Not every centre is the mean of the points of its own cluster.",
      );
      const other = randomTable(20, 2, 23);
      const two = other.map((_, at) => (at < 13 ? 1 : 0));
      const again = tableIn(await centersOf(other, two, randomTable(2, 2, 24)), "`centersOf(…)`", {
        rows: 2,
        columns: 2,
      });
      expectThat(
        close(again.flat(), meansOf(other, two, []).flat()),
        "Right for four clusters in three dimensions, but not for two in two.",
      );
      return "Each centre is the mean of its points; an empty cluster keeps its place.";
    },
  },
  "02.3": {
    title: "Lloyd's algorithm",
    async check(answer) {
      const lloyd = functionOf<[Table, Table]>(answer, "lloyd");
      const { x } = await knownRows("iris");
      for (const seed of [1, 2, 3]) {
        const stream = random(seed);
        const start = Array.from(stream.permutation(x.length).slice(0, 3), (at) => [...(x[at] ?? [])]);
        await oneRun(lloyd, x, start);
      }
      await oneRun(lloyd, randomTable(60, 2, 9), randomTable(5, 2, 10));
      return "From four starts: the inertia never rises, and at the end every centre is the mean of its points.";
    },
  },
  "02.4": {
    title: "The best of many starts",
    async check(answer) {
      const found: string[] = [];
      for (const name of ["iris", "wine", "digits"] as const) {
        const { x } = await knownRows(name);
        const rows = name === "wine" ? standardized(x) : x;
        const labels = labelsIn(givenValue(answer, name), `\`${name}\``, { length: x.length });
        const k = clusterCounts[name];
        expectThat(
          new Set(labels).size === k,
          `\`${name}\` should have ${k} clusters; it has ${new Set(labels).size}.`,
        );
        const reached = inertia(rows, labels);
        expectThat(
          reached <= reference[name] * 1.001,
          `\`${name}\` reaches the inertia ${reached.toFixed(2)}${name === "wine" ? " on standardized columns" : ""}; lower is possible. ${name === "wine" ? "Was it clustered on standardized columns, and f" : "F"}rom how many starts?`,
        );
        found.push(`${name} ${reached.toFixed(2)}`);
      }
      return `Inertia: ${found.join(", ")}.`;
    },
  },
  "02.6": {
    title: "Agreement that does not depend on names",
    async check(answer) {
      const randIndex = functionOf<[number[], number[]]>(answer, "randIndex");
      const stream = random(31);
      const labels = Array.from({ length: 24 }, () => stream.integer(3));
      const clusters = labels.map((label) => (stream.next() < 0.6 ? label : stream.integer(4)));
      const renamed = clusters.map((cluster) => (cluster + 2) % 4);
      const value = numberIn(await randIndex([...labels], [...clusters]), "`randIndex(…)`");
      const other = numberIn(await randIndex([...labels], [...renamed]), "`randIndex(…)`");
      expectThat(
        Math.abs(value - other) < 1e-9,
        "When the clusters get other names, your value changes. Ask of each pair of rows whether the two are together, not what their cluster is called.",
      );
      const perfect = numberIn(await randIndex([0, 0, 1, 1], [1, 1, 0, 0]), "`randIndex(…)`");
      expectThat(
        Math.abs(perfect - 1) < 1e-9,
        `For the same groups under other names it gives ${perfect}; full agreement is 1.`,
      );
      const wanted = pairAgreement(labels, clusters);
      expectThat(
        Math.abs(value - adjustedRandIndex(labels, clusters)) > 1e-9,
        "That is the adjusted Rand index, which corrects for chance. Here we want the share of pairs alone.",
      );
      expectThat(
        Math.abs(value - wanted) < 1e-6,
        `For 24 rows it gives ${value.toFixed(4)}. Each pair of two different rows counts once; both "together in both" and "apart in both" are agreement.`,
      );
      return "The share of pairs that agree, whatever the clusters are called.";
    },
  },
  "02.5": {
    title: "How many clusters?",
    async check(answer) {
      const chooseK = functionOf<[ReturnType<typeof tensor2d>]>(answer, "chooseK");
      for (const [centers, seed] of [
        [3, 4],
        [5, 1],
        [4, 6],
        [2, 8],
      ] as const) {
        const set = blobs({ samples: 240, centers: spreadCenters(centers, seed), clusterStd: 0.7, seed });
        try {
          const given = numberIn(await chooseK(set.features), "`chooseK(x)`");
          expectThat(
            given === centers,
            `For a set with ${centers} clouds \`chooseK\` gives ${given}. ${given < centers ? "Does it try enough values of k, and take the best one?" : "Inertia always falls with k, so its smallest value tells nothing: which measure has a maximum?"}`,
          );
        } finally {
          set.dispose();
        }
      }
      return "Right for sets of 2, 3, 4 and 5 clouds.";
    },
  },
} satisfies Record<string, Exercise>;

async function oneRun(
  lloyd: (x: Table, start: Table) => Promise<unknown>,
  x: Table,
  start: Table,
): Promise<void> {
  const result = (await lloyd(structuredClone(x), structuredClone(start))) as Answer;
  expectThat(typeof result === "object", "`lloyd` should give an object `{ centers, labels, inertias }`.");
  for (const name of ["centers", "labels", "inertias"])
    if (result[name] === undefined)
      throw new NotYet(
        `What \`lloyd\` gives has no \`${name}\`. It should be \`{ centers, labels, inertias }\`.`,
      );
  const labels = labelsIn(result.labels, "`labels`", { length: x.length, classes: start.length });
  const centers = tableIn(result.centers, "`centers`", {
    rows: start.length,
    columns: start[0]?.length ?? 0,
  });
  const inertias = listIn(result.inertias, "`inertias`");
  expectThat(inertias.length > 1, "`inertias` should have a value for each round.");
  const rise = inertias.findIndex((value, at) => at > 0 && value > (inertias[at - 1] ?? 0) * (1 + 1e-6));
  expectThat(
    rise < 0,
    `The inertia rises in round ${rise}. Neither step can raise it: is each point given to its nearest centre, and each centre the mean of its points?`,
  );
  const means = meansOf(x, labels, centers);
  expectThat(
    close(centers.flat(), means.flat(), 1e-3),
    "At the end, the centres are not the means of their points: go on until no point changes its cluster.",
  );
  const moved = x.some((row, at) => {
    const squares = centers.map((center) => squaredDistance(row, center));
    return (squares[labels[at] ?? 0] ?? 0) > Math.min(...squares) * (1 + 1e-5) + 1e-9;
  });
  expectThat(
    !moved,
    "At the end, some point has a nearer centre than its own: go on until no point changes its cluster.",
  );
  const wanted = x.reduce((sum, row, at) => sum + squaredDistance(row, centers[labels[at] ?? 0] ?? []), 0);
  expectThat(
    close([inertias.at(-1) ?? 0], [wanted], 1e-3),
    `The last of \`inertias\` is ${inertias.at(-1)?.toFixed(3)}; the sum of squared distances to your centres is ${wanted.toFixed(3)}.`,
  );
  expectThat(
    close(centers.flat(), reached(x, start).flat(), 1e-2),
    "The centres are no longer moving, but this is not where `start` leads. Do the rounds begin at `start`?",
  );
}

/** Where Lloyd's algorithm ends from a start. */
function reached(x: Table, start: Table): Table {
  let centers = start;
  for (let round = 0; round < 300; round++) {
    const labels = x.map((row) => {
      const squares = centers.map((center) => squaredDistance(row, center));
      return squares.indexOf(Math.min(...squares));
    });
    const next = meansOf(x, labels, centers);
    if (close(next.flat(), centers.flat(), 1e-12)) break;
    centers = next;
  }
  return centers;
}

function meansOf(x: Table, labels: readonly number[], old: Table): Table {
  const k = Math.max(old.length, ...labels.map((label) => label + 1));
  return Array.from({ length: k }, (_, cluster) => {
    const members = x.filter((_row, at) => labels[at] === cluster);
    return members.length > 0 ? columnMeans(members) : (old[cluster] ?? []);
  });
}

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + (value - (b[at] ?? 0)) ** 2, 0);
}

function pairAgreement(a: readonly number[], b: readonly number[]): number {
  let [agree, pairs] = [0, 0];
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < i; j++) {
      pairs++;
      if ((a[i] === a[j]) === (b[i] === b[j])) agree++;
    }
  return agree / pairs;
}

/** Centres on a ring, so that no two clouds touch. */
function spreadCenters(count: number, seed: number): Table {
  return Array.from({ length: count }, (_, at) => {
    const angle = (2 * Math.PI * (at + seed / 10)) / count;
    return [8 * Math.cos(angle), 8 * Math.sin(angle)];
  });
}
