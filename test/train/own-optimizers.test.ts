// Optimizers of somebody's own that count, in `fit`, compiled and not: what a compiled step cannot go on with is noticed.
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { fit as train } from "../../src/train/index.js";
import { expectAlike, given, losses, net, x, y } from "./alike.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("an optimizer that adds four batches' gradients up", () => {
  /** @param due  counts a step, and says whether it is the fourth one */
  function adding(name: string, due: (optimizer: Adding) => boolean): tf.Optimizer {
    const Named = class extends Adding {
      static override className = name;
      isDue(): boolean {
        return due(this);
      }
    };
    return new Named(0.1);
  }

  abstract class Adding extends tf.SGDOptimizer {
    counted = { steps: 0 };
    private readonly sums: Record<string, tf.Variable> = {};
    abstract isDue(): boolean;
    override applyGradients(gradients: unknown): void {
      tf.tidy(() => {
        for (const { name, tensor } of gradients as { name: string; tensor: tf.Tensor }[]) {
          this.sums[name] ??= tf.variable(tf.zerosLike(tensor), false);
          const sum = this.sums[name] as tf.Variable;
          sum.assign(tf.add(sum, tensor));
        }
        if (!this.isDue()) return;
        const all = Object.entries(this.sums);
        super.applyGradients(all.map(([name, sum]) => ({ name, tensor: tf.div(sum, 4) })));
        for (const [, sum] of all) sum.assign(tf.zerosLike(sum));
      });
    }
  }

  it.each([
    ["by a field of an object", (optimizer: Adding) => ++optimizer.counted.steps % 4 === 0],
    [
      "by its iterations",
      (optimizer: Adding) => {
        const { iterations } = optimizer as unknown as { iterations: number };
        if (iterations % 4 === 3) return true;
        (optimizer as unknown as { incrementIterations(): void }).incrementIterations();
        return false;
      },
    ],
  ])("%s trains as in TensorFlow.js, which a line says", async (how, due) => {
    await expectAlike(async (compile) => {
      const model = net({ optimizer: adding(`Adding ${how} ${compile}`, due) });
      const { history, notice } = await train(model, x, y, { ...given, epochs: 6, compile });
      if (compile) expect(notice).toContain("do the same at each step");
      return history.loss as number[];
    });
  });
});

/** Zhang et al. 2019: each fifth step goes back half the way to where the weights were. */
class Lookahead extends tf.AdamOptimizer {
  static override className = "Lookahead";
  private readonly slow: Record<string, tf.Variable> = {};
  private readonly steps = tf.variable(tf.scalar(0), false);

  override applyGradients(gradients: { name: string; tensor: tf.Tensor }[]): void {
    tf.tidy(() => {
      const names = gradients.map(({ name }) => name);
      const weights = names.map((name) => tf.engine().registeredVariables[name] as tf.Variable);
      for (const weight of weights) this.slow[weight.name] ??= tf.variable(weight.clone(), false);
      super.applyGradients(gradients);
      this.steps.assign(tf.add(this.steps, 1));
      const due = tf.equal(tf.mod(this.steps, 5), 0);
      for (const weight of weights) {
        const slow = this.slow[weight.name] as tf.Variable;
        slow.assign(tf.where(due, tf.div(tf.add(slow, weight), 2), slow));
        weight.assign(tf.where(due, slow, weight));
      }
    });
  }
}

it("an optimizer that copies the weights at its first step is compiled", () =>
  expectAlike(async (compile) => {
    const model = net({ optimizer: new Lookahead(0.01, 0.9, 0.999) });
    const { history, notice } = await train(model, x, y, { ...given, epochs: 6, compile });
    expect(notice).toBeUndefined();
    return history.loss as number[];
  }));

describe("an optimizer with iterations of its own", () => {
  class Warming extends tf.SGDOptimizer {
    static override className = "Warming";
    override incrementIterations(): void {
      super.incrementIterations();
      const { iterations } = this as unknown as { iterations: number };
      this.setLearningRate(0.01 * Math.min(1, iterations / 10));
    }
  }

  class Counting extends tf.SGDOptimizer {
    static override className = "Counting";
    constructor(rate: number) {
      super(rate);
      Object.defineProperty(this, "iterations", {
        value: 5,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    override applyGradients(gradients: never): void {
      (this as unknown as { iterations: number }).iterations++;
      super.applyGradients(gradients);
    }
  }

  it("may overwrite incrementIterations in its class", () =>
    expectAlike((compile) => losses(net({ optimizer: new Warming(0.001) }), { compile })));

  it("or on the object, where the function stays", () =>
    expectAlike(async (compile) => {
      const optimizer = tf.train.sgd(0.001);
      const own = optimizer as unknown as { iterations: number; incrementIterations(): void };
      const increment = own.incrementIterations.bind(optimizer);
      const mine = (): void => {
        increment();
        optimizer.setLearningRate(0.1 * 0.9 ** own.iterations);
      };
      own.incrementIterations = mine;
      const history = await losses(net({ optimizer }), { compile });
      expect(own.incrementIterations).toBe(mine);
      return history;
    }));

  it("or have a field of that name", () =>
    expectAlike(async (compile) => {
      const optimizer = new Counting(0.1);
      const history = await losses(net({ optimizer }), { compile });
      return [...history, (optimizer as unknown as { iterations: number }).iterations];
    }));
});
