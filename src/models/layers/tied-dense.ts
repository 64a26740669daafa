// One matrix for both directions: a layer that is applied twice, to inputs of width N, which it encodes with W, and to codes of
// width K, which it decodes with Wᵀ. As one layer it is counted once, trained once and saved once.
import * as tf from "@tensorflow/tfjs-core";
import { initializers, layers } from "@tensorflow/tfjs-layers";
import "../../core/tensorflow.js";
import { ShapeError } from "../../core/errors.js";
import type { Activation } from "../options.js";

type Weight = ReturnType<layers.Layer["addWeight"]>;
type Applied = ReturnType<typeof layers.activation>;

type Config = ConstructorParameters<typeof layers.Layer>[0] & {
  inputDim: number;
  units: number;
  activation: Activation;
  outputActivation: Activation;
  seed?: number | null;
};

/**
 * Encodes x [batch, inputDim] as s(xW + b), and decodes h [batch, units] as t(hWᵀ + c); which of the two, the width says.
 * Weights: W [inputDim, units], b [units], c [inputDim].
 * @see Vincent et al. 2010, section 2.2; Hinton & Salakhutdinov 2006
 */
export class TiedDense extends layers.Layer {
  static className = "LatentLabTiedDense";
  readonly inputDim: number;
  readonly units: number;
  readonly activation: Activation;
  readonly outputActivation: Activation;
  readonly seed: number | null;
  readonly #encoding: Applied;
  readonly #decoding: Applied;
  #kernel: Weight | undefined;
  #bias: Weight | undefined;
  #outputBias: Weight | undefined;

  /** @throws ShapeError if both widths are the same */
  constructor(config: Config) {
    super(config);
    const { inputDim, units, activation, outputActivation, seed } = config;
    if (inputDim === units)
      throw new ShapeError(
        `TiedDense: expected units other than inputDim, since the width says which way to go; got ${units} for both. Change units.`,
      );
    this.inputDim = inputDim;
    this.units = units;
    this.activation = activation;
    this.outputActivation = outputActivation;
    this.seed = seed ?? null;
    this.#encoding = layers.activation({ activation });
    this.#decoding = layers.activation({ activation: outputActivation });
  }

  override build(): void {
    const start = initializers.glorotUniform(this.seed === null ? {} : { seed: this.seed });
    this.#kernel = this.addWeight("kernel", [this.inputDim, this.units], "float32", start);
    this.#bias = this.addWeight("bias", [this.units], "float32", initializers.zeros());
    this.#outputBias = this.addWeight("output_bias", [this.inputDim], "float32", initializers.zeros());
    this.built = true;
  }

  /** @throws ShapeError if the width is neither of the two */
  override computeOutputShape(inputShape: number[]): number[] {
    return [...inputShape.slice(0, -1), this.#encodes(inputShape) ? this.units : this.inputDim];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor2D];
    const encodes = this.#encodes(x.shape);
    const kernel = this.#kernel?.read() as tf.Tensor2D;
    const bias = (encodes ? this.#bias : this.#outputBias)?.read() as tf.Tensor1D;
    const after = encodes ? this.#encoding : this.#decoding;
    return tf.tidy(() => after.call(tf.add(tf.matMul(x, kernel, false, !encodes), bias), {}) as tf.Tensor);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { inputDim, units, activation, outputActivation, seed } = this;
    return { ...super.getConfig(), inputDim, units, activation, outputActivation, seed };
  }

  #encodes(shape: readonly number[]): boolean {
    const width = shape.at(-1);
    if (width === this.inputDim) return true;
    if (width === this.units) return false;
    throw new ShapeError(
      `TiedDense: expected a width of ${this.inputDim}, to encode, or ${this.units}, to decode; got [${shape}]. Reshape it.`,
    );
  }
}

tf.serialization.registerClass(TiedDense);
