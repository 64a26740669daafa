// Checkpoints of what somebody wrote: optimizers and layers that keep variables in their own way. A training that is resumed
// in another model equals an uninterrupted one to the bit.
import * as tf from "@tensorflow/tfjs-core";
import { initializers, type LayersModel, layers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { earlyStopping, type FitOptions, fit as train } from "../../src/train/index.js";
import { eachInFolder, tinyData, weightsOf } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});
let folder: string;
eachInFolder((path) => {
  folder = path;
});

/** Momentum, whose variables `slot` finds or makes. */
abstract class Own extends tf.Optimizer {
  static className = "OwnMomentum";

  protected abstract slot(weight: tf.Variable, at: number): tf.Variable;

  override applyGradients(gradients: Parameters<tf.Optimizer["applyGradients"]>[0]): void {
    const given: [string, tf.Tensor][] = Array.isArray(gradients)
      ? gradients.map(({ name, tensor }) => [name, tensor])
      : Object.entries(gradients);
    for (const [at, [name, gradient]] of given.entries()) {
      const weight = tf.engine().registeredVariables[name] as tf.Variable;
      const slot = this.slot(weight, at);
      tf.tidy(() => {
        weight.assign(tf.sub(weight, tf.mul(0.05, slot)));
        slot.assign(tf.add(tf.mul(0.9, slot), gradient));
      });
    }
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}

const zeros = (weight: tf.Variable): tf.Variable => tf.tidy(() => tf.variable(tf.zeros(weight.shape), false));

class InObject extends Own {
  readonly slots: Record<string, tf.Variable> = {};
  protected slot(weight: tf.Variable): tf.Variable {
    this.slots[weight.name] ??= zeros(weight);
    return this.slots[weight.name] as tf.Variable;
  }
}

class ById extends Own {
  readonly slots: Record<number, { momentum: tf.Variable }> = {};
  protected slot(weight: tf.Variable): tf.Variable {
    this.slots[weight.id] ??= { momentum: zeros(weight) };
    return (this.slots[weight.id] as { momentum: tf.Variable }).momentum;
  }
}

class InMap extends Own {
  readonly slots = new Map<unknown, tf.Variable>();
  protected slot(weight: tf.Variable): tf.Variable {
    const known = this.slots.get(weight) ?? zeros(weight);
    this.slots.set(weight, known);
    return known;
  }
}

class InList extends Own {
  slots?: tf.Variable[];
  protected slot(weight: tf.Variable, at: number): tf.Variable {
    this.slots ??= [];
    this.slots[at] ??= zeros(weight);
    return this.slots[at];
  }
}

class InSlots extends Own {
  slots?: { originalName: string; variable: tf.Variable }[];
  protected slot(weight: tf.Variable, at: number): tf.Variable {
    this.slots ??= [];
    this.slots[at] ??= { originalName: `${weight.name}/m`, variable: zeros(weight) };
    return this.slots[at].variable;
  }
}

class OneForAll extends InObject {
  count?: tf.Variable;
  protected override slot(weight: tf.Variable): tf.Variable {
    this.count ??= tf.variable(tf.scalar(0), false);
    this.count.assign(tf.add(this.count, 1));
    return super.slot(weight);
  }
}

class Wrapping extends Own {
  readonly inner = tf.train.adam(0.05);
  protected slot(weight: tf.Variable): tf.Variable {
    return weight;
  }
  override applyGradients(gradients: Parameters<tf.Optimizer["applyGradients"]>[0]): void {
    this.inner.applyGradients(gradients as Parameters<tf.AdamOptimizer["applyGradients"]>[0]);
  }
}

class ByKeyOfItsOwn extends Own {
  readonly slots = new Map<object, tf.Variable>();
  readonly keys: object[] = [];
  protected slot(weight: tf.Variable, at: number): tf.Variable {
    this.keys[at] ??= Object.freeze({});
    const key = this.keys[at];
    const known = this.slots.get(key) ?? zeros(weight);
    this.slots.set(key, known);
    return known;
  }
}

/** Adds the mean of what it has seen, in a variable that the model's weights do not have. */
class Mean extends layers.Layer {
  static className = "OwnMean";
  mean?: tf.Variable;
  override call(inputs: tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = inputs[0] as tf.Tensor;
      this.mean ??= tf.variable(tf.scalar(0), false);
      this.mean.assign(tf.add(tf.mul(this.mean, 0.9), tf.mul(tf.mean(x), 0.1)));
      return tf.add(x, this.mean);
    });
  }
}

function modelWith(optimizer: tf.Optimizer, layer?: layers.Layer) {
  const model = sequential();
  const seeded = (seed: number) => ({ kernelInitializer: initializers.glorotUniform({ seed }) });
  model.add(layers.dense({ units: 3, inputShape: [2], activation: "tanh", ...seeded(1) }));
  if (layer) model.add(layer);
  model.add(layers.dense({ units: 2, ...seeded(2) }));
  model.compile({ optimizer, loss: "meanSquaredError" });
  return model;
}

const x = tinyData();
const options: FitOptions = { batchSize: 3, seed: 5, quiet: true };

it.each<[string, () => tf.Optimizer, (() => layers.Layer)?]>([
  ["an optimizer's object by the weights' names", () => new InObject()],
  ["an object by the weights' numbers", () => new ById()],
  ["a map by weights", () => new InMap()],
  ["a list that is made at the first step", () => new InList()],
  ["slots that are made at the first step", () => new InSlots()],
  ["a field that is made at the first step", () => new OneForAll()],
  ["an optimizer inside", () => new Wrapping()],
  ["a layer, not among its weights", () => tf.train.adam(0.05), () => new Mean()],
])("%s", async (_, optimizer, layer) => {
  const model = (): LayersModel => modelWith(optimizer(), layer?.());
  const [whole, cut, resumed] = [model(), model(), model()];
  await train(whole, x, x, { ...options, epochs: 6 });
  await train(cut, x, x, { ...options, epochs: 3, checkpoint: { folder } });
  expect(weightsOf(cut)).not.toEqual(weightsOf(whole));
  await train(resumed, x, x, { ...options, epochs: 6, checkpoint: { folder }, resume: true });
  expect(weightsOf(resumed)).toEqual(weightsOf(whole));
});

it("is refused where nobody would find it again", async () => {
  const training = train(modelWith(new ByKeyOfItsOwn()), x, x, {
    ...options,
    epochs: 1,
    checkpoint: { folder },
  });
  await expect(training).rejects.toThrow(UsageError);
  await expect(training).rejects.toThrow("got a map that has others. Use the weights' names.");
});

it("numbers that are none are kept, and early stopping knows them as such", async () => {
  const validation = (value: number) => [x, tf.fill(x.shape, value)] as [tf.Tensor, tf.Tensor];
  const of = (value: number): FitOptions => ({
    ...{ ...options, checkpoint: { folder }, validationData: validation(value) },
    callbacks: earlyStopping({ patience: 3 }),
  });
  await train(modelWith(tf.train.sgd(0.01)), x, x, { ...of(Number.NaN), epochs: 2 });
  const { stopped, history } = await train(modelWith(tf.train.sgd(0.01)), x, x, {
    ...{ ...of(0), epochs: 8, resume: true },
  });
  expect(history.val_loss?.slice(0, 2)).toEqual([Number.NaN, Number.NaN]);
  expect(history.val_loss?.slice(2).every(Number.isFinite)).toBe(true);
  expect(stopped).toBe("completed");
});
