// What TypeScript takes as data; the type check reads it, nothing is computed.
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type * as tfjs from "@tensorflow/tfjs-node";
import { expectTypeOf, it } from "vitest";
import type { evaluate, fit, predict } from "../../src/train/index.js";

const some = <T>(): T => undefined as T;
const model = some<LayersModel>();
const batches = some<tfjs.data.Dataset<tfjs.TensorContainer>>();
const pairs = some<tfjs.data.Dataset<{ xs: tfjs.Tensor; ys: tfjs.Tensor }>>();
const x = some<tfjs.Tensor2D>();

it("datasets of tf.data are what fit and evaluate take", () => {
  expectTypeOf<typeof fit>().toBeCallableWith(model, batches, { epochs: 1, validationData: pairs });
  expectTypeOf<typeof fit>().toBeCallableWith(model, pairs);
  expectTypeOf<typeof evaluate>().toBeCallableWith(model, pairs);
});

it("tensors alone, in lists and by name, also those of a whole TensorFlow.js", () => {
  expectTypeOf<typeof fit>().toBeCallableWith(model, x, x, { epochs: 1 });
  expectTypeOf<typeof fit>().toBeCallableWith(model, [x, x], { out: x });
  expectTypeOf<typeof predict>().toBeCallableWith(model, x);
});
