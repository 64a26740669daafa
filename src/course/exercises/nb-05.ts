// Notebook 05, training loops: a gradient, gradient descent, the rate at which it diverges, a loop over batches, memory.
import { memory, tensor2d } from "@tensorflow/tfjs-core";
import { type Exercise, expectThat } from "./exercise.js";
import { close, knownSplit, meanOf, randomTable } from "./known-data.js";
import { functionOf, kindOf, listIn, numberIn } from "./read-answer.js";
import { modelIn, outputsOf } from "./read-model.js";
import { errorOf, product, type Table } from "./tables.js";

export const notebook05 = {
  "05.1": {
    title: "A gradient",
    async check(answer) {
      const slope = functionOf<[number, number[]]>(answer, "slope");
      for (const [w, count, seed] of [
        [0.4, 7, 61],
        [-1.5, 20, 62],
        [2.2, 5, 63],
      ] as const) {
        const x = numbers(count, seed);
        const given = numberIn(await slope(w, [...x]), "`slope(w, x)`");
        const h = 1e-3;
        const wanted = (costAt(w + h, x) - costAt(w - h, x)) / (2 * h);
        const is = (value: number): boolean => close([given], [value], 1e-5);
        expectThat(!is(-wanted), "The sign is wrong: this is the slope downhill. A gradient points uphill.");
        expectThat(!is(wanted / 2), "Half of it: the derivative of a square brings a factor 2.");
        expectThat(
          !is(wanted * count),
          "That is the sum. The cost is a mean, so its slope is a mean as well.",
        );
        expectThat(!is(costAt(w, x)), "That is the cost itself, not its slope.");
        expectThat(
          is(wanted),
          `At w = ${w}, for ${count} numbers, the slope by finite differences is another one than yours, ${given.toPrecision(4)}.`,
        );
      }
      return "Agrees with finite differences for three lists.";
    },
  },
  "05.2": {
    title: "Gradient descent",
    async check(answer) {
      const descend = functionOf<[number, number[], number, number]>(answer, "descend");
      for (const [w, rate, steps, seed] of [
        [0, 0.5, 4, 64],
        [2.5, 1.3, 6, 65],
        [-1, 0.1, 3, 66],
        [0.3, 0.4, 1, 67],
      ] as const) {
        const x = numbers(9, seed);
        const given = listIn(await descend(w, [...x], rate, steps), "`descend(…)`");
        expectThat(
          given.length === steps + 1,
          `With ${steps} step${steps > 1 ? "s" : ""} the list should have ${steps + 1} weights, the start among them; it has ${given.length}.`,
        );
        expectThat(
          close([given[0] ?? Number.NaN], [w]),
          "The list should begin with the weight at the start.",
        );
        const wanted = path(w, x, rate, steps);
        expectThat(
          !close(given, path(w, x, -rate, steps)),
          "These steps go uphill. Subtract the gradient, do not add it.",
        );
        const first = (wanted[1] ?? 0) - w;
        const straight = wanted.map((_, step) => w + step * first);
        expectThat(
          steps === 1 || !close(given, straight),
          "All steps use the slope at the start. Compute it anew in each step.",
        );
        expectThat(
          close(given, wanted),
          `From w = ${w} with rate ${rate} the weights differ${close([given[1] ?? 0], [wanted[1] ?? 0]) ? " after the first step" : " from the first step on"}. A step is the rate times the slope.`,
        );
      }
      return "Right for four ways down.";
    },
  },
  "05.3": {
    title: "Where it diverges",
    async check(answer) {
      const largestRate = functionOf<[number[]]>(answer, "largestRate");
      for (const [count, seed, scale] of [
        [6, 68, 1],
        [30, 69, 3],
        [12, 70, 0.2],
      ] as const) {
        const x = numbers(count, seed, scale);
        const given = numberIn(await largestRate([...x]), "`largestRate(x)`");
        expectThat(given > 0, "A learning rate is above 0.");
        const factor = (rate: number): number =>
          Math.abs(1 - 2 * rate * meanOf(x.map((value) => value ** 2)));
        expectThat(
          factor(given * 1.02) > 1,
          `For ${count} numbers, gradient descent with a rate 2 % above yours still comes closer in each step.`,
        );
        expectThat(
          factor(given * 0.98) < 1,
          `For ${count} numbers, gradient descent with a rate 2 % below yours diverges already.`,
        );
      }
      return "Just below it, descent comes closer; just above it, it flies away. For three lists.";
    },
  },
  "05.4": {
    title: "The loop",
    async check(answer) {
      const train = functionOf<[unknown, { rate: number; epochs: number; seed: number }]>(
        answer,
        "trainByHand",
      );
      const digits = (await knownSplit("digits")).train.x.slice(0, 160);
      for (const [x, rate, columns] of [
        [digits, 1, 64],
        [randomTable(70, 5, 71, 1), 0.5, 5],
      ] as const) {
        const { losses, error } = await trained(train, x, { rate, epochs: 4, seed: 3 });
        const [first = 0, last = 0] = [losses[0], losses.at(-1)];
        const rows = `${x.length} rows of ${columns} numbers`;
        expectThat(first > 0, `The losses of ${rows} are 0. Add each batch's cost to its epoch's.`);
        expectThat(
          last < first * 0.97,
          `The loss of ${rows} does not fall: ${first.toPrecision(3)} → ${last.toPrecision(3)}. Is each step applied, and downhill?`,
        );
        expectThat(
          error < last * 1.1 && error > last * 0.5,
          `After the last epoch the model's error on ${rows} is ${error.toPrecision(3)}, but its loss ${last.toPrecision(3)}. Is the loss the mean over the batches, and this model the trained one?`,
        );
        const again = await trained(train, x, { rate, epochs: 4, seed: 3 });
        expectThat(
          again.losses.every((loss, epoch) => loss === losses[epoch]),
          "The same seed twice gives two curves. Use it for the weights and for the order of the rows.",
        );
        const other = await trained(train, x, { rate, epochs: 4, seed: 4 });
        expectThat(
          other.losses.some((loss, epoch) => loss !== losses[epoch]),
          "Another seed gives the same curve.",
        );
        const longer = await trained(train, x, { rate, epochs: 8, seed: 3 });
        const perStep = (longer.left - again.left) / (4 * Math.ceil(x.length / 32));
        expectThat(
          perStep <= 0,
          `${perStep >= 1 ? `About ${Math.round(perStep)} tensor${perStep >= 1.5 ? "s are" : " is"} left behind in each step` : "Tensors are left behind in each epoch"}. Who disposes of the cost and of the gradients?`,
        );
      }
      return "The loss falls, the same seed gives the same curve to the bit, and no tensor is left behind.";
    },
  },
  "05.5": {
    title: "No leak",
    async check(answer) {
      const meanCost = functionOf<[unknown, unknown]>(answer, "meanCost");
      for (const [rows, columns, seed] of [
        [5, 4, 72],
        [9, 6, 73],
      ] as const) {
        const [x, weights] = [
          randomTable(rows, columns, seed, 1),
          randomTable(columns, columns, seed + 10, 1),
        ];
        const [inputs, matrix] = [tensor2d(x), tensor2d(weights)];
        try {
          const before = memory().numTensors;
          const given = numberIn(await meanCost(inputs, matrix), "`meanCost(x, W)`");
          const more = memory().numTensors - before;
          expectThat(
            !inputs.isDisposed && !matrix.isDisposed,
            "It disposes of its inputs. They belong to the caller, who may need them again.",
          );
          expectThat(
            close([given], [errorOf(x, product(x, weights))], 1e-4),
            `The number is not the mean squared difference of x W and x, for ${rows} rows.`,
          );
          expectThat(more <= 0, `${more} tensor${more === 1 ? " is" : "s are"} left behind by one call.`);
        } finally {
          inputs.dispose();
          matrix.dispose();
        }
      }
      return "The right number, and no tensor left behind.";
    },
  },
} satisfies Record<string, Exercise>;

type Train = (x: unknown, options: { rate: number; epochs: number; seed: number }) => Promise<unknown>;

/** One training by the learner's loop. `left`: tensors more than before, without the model's. */
async function trained(
  train: Train,
  x: Table,
  options: { rate: number; epochs: number; seed: number },
): Promise<{ losses: number[]; error: number; left: number }> {
  const rows = tensor2d(x);
  const before = memory().numTensors;
  try {
    const given = ((await train(rows, options)) ?? {}) as { losses?: unknown; model?: unknown };
    expectThat(
      given.losses !== undefined && given.model !== undefined,
      `\`trainByHand\` should give an object with \`losses\` and \`model\`; it gives ${kindOf(given)}.`,
    );
    const losses = listIn(given.losses, "`losses`");
    expectThat(
      losses.length === options.epochs,
      `\`losses\` should have one number for each of ${options.epochs} epochs; it has ${losses.length}.`,
    );
    expectThat(!rows.isDisposed, "The loop disposes of `x`, which belongs to the caller.");
    const model = modelIn(given.model, "`model`");
    const error = errorOf(x, outputsOf(model, x, "`model`"));
    const owner = given.model as { dispose?: () => unknown };
    (typeof owner.dispose === "function" ? owner : model).dispose?.();
    return { losses, error, left: memory().numTensors - before };
  } finally {
    if (!rows.isDisposed) rows.dispose();
  }
}

function numbers(count: number, seed: number, scale = 1): number[] {
  return randomTable(1, count, seed, scale)[0] ?? [];
}

function costAt(w: number, x: readonly number[]): number {
  return meanOf(x.map((value) => (w * value - value) ** 2));
}

function path(w: number, x: readonly number[], rate: number, steps: number): number[] {
  const squares = meanOf(x.map((value) => value ** 2));
  const way = [w];
  for (let step = 0; step < steps; step++) {
    const at = way[step] ?? 0;
    way.push(at - rate * 2 * squares * (at - 1));
  }
  return way;
}
