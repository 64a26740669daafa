// Autoencoders and their kin from the literature, written as one writes them with TensorFlow.js: layers of one's own, what
// they need beside the data carried along in the output, losses that are whole formulas, an optimizer of one's own.
import * as tf from "@tensorflow/tfjs-core";
import {
  initializers,
  type LayersModel,
  layers,
  model as modelOf,
  type SymbolicTensor,
} from "@tensorflow/tfjs-layers";
import { beforeAll, expect, it } from "vitest";
import { onCpu } from "./engines-here.js";
import { seeded, uniform } from "./models.js";
import { compareTraining } from "./training-pairs.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type Loss = (truth: tf.Tensor, given: tf.Tensor) => tf.Tensor;
type Shape = (number | null)[];

interface Weight {
  shape: number[];
  start: ReturnType<typeof initializers.glorotUniform>;
}

/** A layer that computes what the function says, of its inputs and then of its weight, if it has one. */
class Formula extends layers.Layer {
  static className = "Formula";
  private read: (() => tf.Tensor) | undefined;
  constructor(
    private readonly formula: (inputs: tf.Tensor[]) => tf.Tensor,
    private readonly columns: number | undefined,
    private readonly weight: Weight | undefined,
  ) {
    super({});
  }
  override build(): void {
    if (this.weight) {
      const variable = this.addWeight("weight", this.weight.shape, "float32", this.weight.start);
      this.read = () => variable.read();
    }
    this.built = true;
  }
  override computeOutputShape(shapes: Shape | Shape[]): Shape {
    const [first] = [shapes].flat(Array.isArray(shapes[0]) ? 1 : 0) as [Shape];
    return this.columns === undefined ? first : [...first.slice(0, -1), this.columns];
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => this.formula([inputs, this.read?.() ?? []].flat()));
  }
}

/** @param columns  of the result, if they are not those of the first input */
function formula(
  inputs: SymbolicTensor[],
  compute: (...inputs: tf.Tensor[]) => tf.Tensor,
  columns?: number,
  weight?: Weight,
): SymbolicTensor {
  return new Formula((given) => compute(...given), columns, weight).apply(inputs) as SymbolicTensor;
}

function dense(x: SymbolicTensor, units: number, seed: number, activation = "linear"): SymbolicTensor {
  const layer = layers.dense({ units, activation: activation as "tanh", ...seeded(seed) });
  return layer.apply(x) as SymbolicTensor;
}

function compiled(
  inputs: SymbolicTensor | SymbolicTensor[],
  outputs: SymbolicTensor,
  loss: Loss | "meanSquaredError" = "meanSquaredError",
  optimizer: tf.Optimizer = tf.train.sgd(0.05),
): LayersModel {
  const model = modelOf({ inputs, outputs });
  model.compile({ optimizer, loss: loss as "meanSquaredError" });
  return model;
}

const columns = (x: tf.Tensor, from: number, size: number): tf.Tensor => tf.slice(x, [0, from], [-1, size]);
const meanSquare = (x: tf.Tensor): tf.Tensor => tf.mean(tf.square(x), -1);
/** Without a gradient. */
const stopped = (x: tf.Tensor): tf.Tensor =>
  tf.customGrad((given) => {
    const value = tf.clone(given as tf.Tensor);
    return { value, gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy) };
  })(x);

/** The nearest of a learnt set of codes, passed on with the gradient of what it stands for. */
function coded(x: tf.Tensor, codes: tf.Tensor): tf.Tensor {
  const products = tf.matMul(x, codes, false, true);
  const distances = tf.sub(tf.sum(tf.square(codes), 1), tf.mul(2, products));
  const nearest = stopped(tf.cast(tf.oneHot(tf.argMin(distances, 1), 12), "float32"));
  const code = tf.matMul(nearest, codes);
  return tf.concat(
    [tf.add(x, stopped(tf.sub(code, x))), tf.sub(stopped(x), code), tf.sub(x, stopped(code))],
    1,
  );
}

/** Student's t distribution around learnt centres. */
function assigned(x: tf.Tensor, centres: tf.Tensor): tf.Tensor {
  const distances = tf.sum(tf.square(tf.sub(tf.expandDims(x, 1), tf.expandDims(centres, 0))), 2);
  const near = tf.div(1, tf.add(1, distances));
  return tf.div(near, tf.sum(near, 1, true));
}

/** Decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2). */
class AdamW extends tf.Optimizer {
  static className = "AdamW";
  private readonly step = tf.variable(tf.scalar(0), false);
  private readonly moments = new Map<string, [tf.Variable, tf.Variable]>();
  override getClassName(): string {
    return "AdamW";
  }
  override applyGradients(gradients: tf.NamedTensorMap | { name: string; tensor: tf.Tensor }[]): void {
    const named = Array.isArray(gradients)
      ? gradients.map(({ name, tensor }) => [name, tensor] as const)
      : Object.entries(gradients);
    tf.tidy(() => {
      this.step.assign(tf.add(this.step, 1));
      for (const [name, gradient] of named) {
        const weight = tf.engine().registeredVariables[name] as tf.Variable;
        const zero = (): tf.Variable => tf.variable(tf.zerosLike(weight), false);
        const [m, v] = this.moments.get(name) ?? [zero(), zero()];
        this.moments.set(name, [m, v]);
        m.assign(tf.add(tf.mul(m, 0.9), tf.mul(gradient, 0.1)));
        v.assign(tf.add(tf.mul(v, 0.99), tf.mul(tf.square(gradient), 0.01)));
        const mean = tf.div(m, tf.sub(1, tf.pow(0.9, this.step)));
        const deviation = tf.sqrt(tf.div(v, tf.sub(1, tf.pow(0.99, this.step))));
        const change = tf.add(tf.div(mean, tf.add(deviation, 1e-3)), tf.mul(weight, 0.1));
        weight.assign(tf.sub(weight, tf.mul(change, 0.01)));
      }
    });
  }
  override getConfig(): { [key: string]: number } {
    return {};
  }
}

type Data = tf.Tensor | tf.Tensor[];
const models: [name: string, build: () => LayersModel, data: () => [x: Data, y: Data]][] = [
  [
    "VQ-VAE (van den Oord et al. 2017)",
    () => {
      const x = layers.input({ shape: [10] });
      const start = initializers.randomUniform({ minval: -1, maxval: 1, seed: 5 });
      const code = formula([dense(x, 4, 1)], coded, 12, { shape: [12, 4], start });
      const decoded = dense(
        formula([code], (all) => columns(all, 0, 4), 4),
        10,
        2,
      );
      const outputs = formula([decoded, code], (y, all) => tf.concat([y, columns(all, 4, 8)], 1), 18);
      return compiled(x, outputs, (y, all) =>
        tf.addN([
          meanSquare(tf.sub(columns(y, 0, 10), columns(all, 0, 10))),
          meanSquare(columns(all, 10, 4)),
          tf.mul(0.25, meanSquare(columns(all, 14, 4))),
        ]),
      );
    },
    () => [uniform(22, 10, 1), uniform(22, 18, 1)],
  ],
  [
    "RealNVP's coupling layers, by their likelihood (Dinh et al. 2017)",
    () => {
      const x = layers.input({ shape: [6] });
      const flowed = [1, 2, 3].reduce<{ z: SymbolicTensor; scales: SymbolicTensor[] }>(
        ({ z, scales }, at) => {
          const hidden = dense(
            formula([z], (all) => columns(all, 0, 3), 3),
            8,
            at,
            "tanh",
          );
          const [scale, shift] = [dense(hidden, 3, at + 3, "tanh"), dense(hidden, 3, at + 6)];
          const next = formula([z, scale, shift], (all, s, t) => {
            const second = tf.add(tf.mul(columns(all, 3, 3), tf.exp(s as tf.Tensor)), t as tf.Tensor);
            return tf.reverse(tf.concat([columns(all, 0, 3), second], 1), 1);
          });
          return { z: next, scales: [...scales, scale] };
        },
        { z: x, scales: [] },
      );
      const outputs = layers.concatenate().apply([flowed.z, ...flowed.scales]) as SymbolicTensor;
      const loss: Loss = (_, all) =>
        tf.sub(tf.mul(0.5, tf.sum(tf.square(columns(all, 0, 6)), 1)), tf.sum(columns(all, 6, 9), 1));
      return compiled(x, outputs, loss);
    },
    () => [uniform(22, 6, 1), uniform(22, 15, 2)],
  ],
  [
    "a mixture density network (Bishop 1994)",
    () => {
      const x = layers.input({ shape: [3] });
      return compiled(x, dense(dense(x, 12, 1, "tanh"), 15, 2), (y, all) => {
        const [share, mean, logDeviation] = tf.split(all, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
        const distance = tf.div(tf.sub(columns(y, 0, 1), mean), tf.exp(logDeviation));
        const logDensity = tf.sub(tf.mul(-0.5, tf.square(distance)), logDeviation);
        return tf.neg(tf.logSumExp(tf.add(tf.logSoftmax(share), logDensity), 1));
      });
    },
    () => [uniform(22, 3, 1), uniform(22, 15, 2)],
  ],
  [
    "SimCLR's contrastive loss (Chen et al. 2020)",
    () => {
      const x = layers.input({ shape: [8] });
      return compiled(x, dense(dense(x, 16, 1, "relu"), 5, 2), (_, all) => {
        const count = all.shape[0] as number;
        const unit = tf.div(all, tf.norm(all, 2, 1, true));
        const alike = tf.sub(tf.div(tf.matMul(unit, unit, false, true), 0.5), tf.mul(tf.eye(count), 1e4));
        const partner = tf.oneHot(tf.range(0, count, 1, "int32").reverse(), count);
        return tf.neg(tf.sum(tf.mul(tf.cast(partner, "float32"), tf.logSoftmax(alike)), 1));
      });
    },
    () => [uniform(22, 8, 1), uniform(22, 5, 2)],
  ],
  [
    "Barlow twins (Zbontar et al. 2021)",
    () => {
      const inputs = [layers.input({ shape: [8] }), layers.input({ shape: [8] })];
      const encoder = layers.dense({ units: 6, activation: "elu", ...seeded(1) });
      const both = inputs.map((input) => encoder.apply(input) as SymbolicTensor);
      return compiled(inputs, layers.concatenate().apply(both) as SymbolicTensor, (_, all) => {
        const [a, b] = tf.split(all, 2, 1).map((half) => {
          const { mean, variance } = tf.moments(half, 0, true);
          return tf.div(tf.sub(half, mean), tf.sqrt(tf.add(variance, 1e-3)));
        }) as [tf.Tensor, tf.Tensor];
        const correlation = tf.div(tf.matMul(a, b, true), all.shape[0] as number);
        const off = tf.square(tf.sub(correlation, tf.eye(6)));
        return tf.sum(tf.mul(off, tf.add(tf.mul(0.99, tf.eye(6)), 0.01)));
      });
    },
    () => [[uniform(22, 8, 1), uniform(22, 8, 2)], uniform(22, 12, 3)],
  ],
  [
    "deep embedded clustering (Xie et al. 2016)",
    () => {
      const x = layers.input({ shape: [6] });
      const start = initializers.randomNormal({ seed: 3 });
      const outputs = formula([dense(x, 2, 1, "tanh")], assigned, 3, { shape: [3, 2], start });
      return compiled(x, outputs, (_, q) => {
        const weighted = tf.div(tf.square(q), tf.sum(q, 0));
        const target = tf.div(weighted, tf.sum(weighted, 1, true));
        return tf.sum(tf.mul(target, tf.log(tf.div(target, q))), 1);
      });
    },
    () => [uniform(22, 6, 1), uniform(22, 3, 2)],
  ],
  [
    "a transformer's block (Vaswani et al. 2017), with GELU",
    () => {
      const x = layers.input({ shape: [6, 8] });
      const positions = tf.randomUniform([6, 8], -1, 1, "float32", 9);
      const placed = formula([x], (given) => tf.add(given, positions));
      const normal = layers.layerNormalization().apply(placed) as SymbolicTensor;
      const heads = [1, 2, 3].map((seed) => dense(normal, 8, seed));
      const attended = formula(heads, (...all) => {
        const [q, k, v] = all.map((part) => tf.transpose(tf.reshape(part, [-1, 6, 2, 4]), [0, 2, 1, 3])) as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        const weights = tf.softmax(tf.div(tf.matMul(q, k, false, true), 2));
        return tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), [-1, 6, 8]);
      });
      const between = layers.add().apply([placed, dense(attended, 8, 4)]) as SymbolicTensor;
      const wide = dense(layers.layerNormalization().apply(between) as SymbolicTensor, 16, 5);
      const gelu = formula([wide], (given) =>
        tf.mul(tf.mul(0.5, given), tf.add(1, tf.erf(tf.div(given, Math.SQRT2)))),
      );
      return compiled(x, layers.add().apply([between, dense(gelu, 8, 6)]) as SymbolicTensor);
    },
    () => {
      const x = tf.reshape(uniform(22, 48, 1), [22, 6, 8]);
      return [x, x];
    },
  ],
  [
    "a hypernetwork (Ha et al. 2017)",
    () => {
      const inputs = [layers.input({ shape: [4] }), layers.input({ shape: [3] })] as const;
      const outputs = formula([inputs[0], dense(inputs[1], 16, 1)], (x, weights) =>
        tf.squeeze(tf.matMul(tf.expandDims(x, 1), tf.reshape(weights as tf.Tensor, [-1, 4, 4])), [1]),
      );
      return compiled([...inputs], outputs);
    },
    () => [[uniform(22, 4, 1), uniform(22, 3, 2)], uniform(22, 4, 3)],
  ],
  [
    "AdamW, written as an optimizer of one's own",
    () => {
      const x = layers.input({ shape: [6] });
      return compiled(x, dense(dense(x, 5, 1, "selu"), 6, 2), "meanSquaredError", new AdamW());
    },
    () => [uniform(22, 6, 1), uniform(22, 6, 2)],
  ],
];

it.each(models)("%s", async (_, build, data) => {
  const [x, y] = data();
  const off = await compareTraining(build, [x, y], { epochs: 4, batchSize: 8 });
  expect(off.weights).toBeLessThan(onCpu ? 1e-5 : 1e-3);
  expect(off.losses).toBeLessThan(onCpu ? 1e-5 : 1e-3);
  tf.dispose([x, y]);
});
