// One step of gradient descent on a batch. If WebAssembly lacks a kernel that the gradient needs (convolutions'
// filters, for one), the plain JavaScript backend takes over, and the result says so.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { endTape } from "../core/engine-repair.js";
import { type GradientSettings, modelFunction } from "../jit/index.js";

/** Takes the steps of one `fit`. */
export interface Stepper {
  /** The loss and the metrics on a batch (inputs, targets, weights), before the weights change; it is not disposed of. */
  step(batch: readonly tf.Tensor[]): Promise<number[]>;
  /** Set when another backend took over: which, and for want of which kernel. */
  readonly notice: string | undefined;
  /** Returns to the backend that ran before. */
  end(): Promise<void>;
}

export function stepper(model: LayersModel, gradients?: GradientSettings): Stepper {
  const before = tf.getBackend();
  let notice: string | undefined;
  let first = true;
  const train = modelFunction(model, "train", gradients);
  const numbers = async (values: tf.Tensor[]): Promise<number[]> => {
    try {
      return await Promise.all(values.map(async (value) => (await value.data())[0] as number));
    } finally {
      tf.dispose(values);
    }
  };
  const step = (batch: readonly tf.Tensor[]): Promise<number[]> => numbers(train(batch));
  /** The first step, in a scope of its own: where it fails, tfjs-core would keep the loss that it computed. */
  const firstStep = (batch: readonly tf.Tensor[]): Promise<number[]> => {
    tf.engine().startScope("first step");
    let values: tf.Tensor[];
    try {
      values = train(batch).map((value) => tf.keep(value));
    } finally {
      tf.engine().endScope(); // before anything is awaited: in between, other code makes tensors of its own
    }
    return numbers(values);
  };
  return {
    async step(batch) {
      if (!first) return step(batch);
      first = false;
      // What the forward pass assigns, as moving averages: the backend may fail after it, and the batch come again.
      const weights = model.weights.map((weight) => tf.clone(weight.read()));
      try {
        return await firstStep(batch);
      } catch (error) {
        endTape(); // tfjs-core would keep what it saved for the backward pass
        const kernel = missingKernel(error);
        if (kernel === undefined || before === "cpu" || tf.findBackend("cpu") === null) throw error;
        for (const [at, weight] of model.weights.entries()) weight.write(weights[at] as tf.Tensor);
        notice = `The ${before} backend has no ${kernel}; training ran on cpu.`;
        await tf.setBackend("cpu"); // weights and batches move there when they are next read
        return step(batch);
      } finally {
        tf.dispose(weights);
      }
    },
    get notice() {
      return notice;
    },
    async end() {
      if (tf.getBackend() !== before) await tf.setBackend(before);
    },
  };
}

/** The kernel's name in tfjs-core's message "Kernel 'X' not registered for backend 'Y'". */
function missingKernel(error: unknown): string | undefined {
  return error instanceof Error
    ? /Kernel '(\w+)' not registered for backend/.exec(error.message)?.[1]
    : undefined;
}
