// What TypeScript knows of compiled functions; the type check reads it, nothing is computed.
import * as tf from "@tensorflow/tfjs-core";
import { expectTypeOf, it } from "vitest";
import { grad, jit, valueAndGrad } from "../../src/jit/index.js";

interface Parameters {
  readonly w: tf.Tensor2D;
  readonly layers: { b: tf.Tensor1D }[];
}

it("arguments and results have the function's types, also those of interfaces", () => {
  const step = jit((parameters: Parameters, rate: number): Parameters => {
    return { ...parameters, w: tf.mul(parameters.w, rate) };
  });
  expectTypeOf(step).parameters.toEqualTypeOf<[Parameters, number]>();
  expectTypeOf(step).returns.resolves.toEqualTypeOf<Parameters>();
  const pair = jit((x: tf.Tensor) => [x, { y: x }] as const);
  expectTypeOf(pair).returns.resolves.toEqualTypeOf<readonly [tf.Tensor, { readonly y: tf.Tensor }]>();
  const assigning = jit((x: tf.Tensor) => {
    x.dispose();
  });
  expectTypeOf(assigning).returns.resolves.toEqualTypeOf<void>();
});

it("arguments without a type are tensors", () => {
  const sum = jit((x, y) => tf.add(x, y));
  expectTypeOf(sum).parameter(0).toEqualTypeOf<tf.Tensor>();
  expectTypeOf(sum).returns.resolves.toEqualTypeOf<tf.Tensor>();
  const halves = jit((x) => ({ left: x, rest: [x, x] }));
  expectTypeOf(halves).returns.resolves.toEqualTypeOf<{ left: tf.Tensor; rest: tf.Tensor[] }>();
  const gradient = grad((x) => tf.sum(tf.square(x)));
  expectTypeOf(gradient).parameter(0).toEqualTypeOf<tf.Tensor>();
});

it("a result that is no nest of tensors is none for TypeScript either", () => {
  // @ts-expect-error a number
  jit((x: tf.Tensor) => x.size);
  // @ts-expect-error an async function
  jit(async (x: tf.Tensor) => x);
  // @ts-expect-error a number in an object
  jit((x: tf.Tensor) => ({ x, size: x.size }));
  // @ts-expect-error a function in an object
  jit((x: tf.Tensor) => ({ x, get: () => x }));
});

it("functions of any type may be compiled within generic ones", () => {
  const compiled = <T extends tf.Tensor>(fn: (x: T) => T) => jit(fn);
  expectTypeOf(compiled((x: tf.Tensor1D) => x)).returns.resolves.toEqualTypeOf<tf.Tensor1D>();
});

it("gradients have their arguments' types, as many", () => {
  const gradient = grad((x: tf.Tensor2D, y: tf.Tensor1D) => tf.sum(tf.add(x, y)));
  expectTypeOf(gradient).parameters.toEqualTypeOf<[x: tf.Tensor2D, y: tf.Tensor1D]>();
  expectTypeOf(gradient).returns.resolves.toEqualTypeOf<[x: tf.Tensor2D, y: tf.Tensor1D]>();
  const both = valueAndGrad((x: tf.Tensor2D) => tf.sum(x));
  expectTypeOf(both).returns.resolves.toEqualTypeOf<{ value: tf.Tensor; grads: [x: tf.Tensor2D] }>();
});

it("a compiled function that is compiled once more keeps its types", () => {
  const again = jit(grad((x: tf.Tensor2D, y: tf.Tensor1D) => tf.sum(tf.add(x, y))));
  expectTypeOf(again).parameters.toEqualTypeOf<[x: tf.Tensor2D, y: tf.Tensor1D]>();
  expectTypeOf(again).returns.resolves.toEqualTypeOf<[x: tf.Tensor2D, y: tf.Tensor1D]>();
  const gradient = grad(jit((x: tf.Tensor2D) => tf.sum(x)));
  expectTypeOf(gradient).returns.resolves.toEqualTypeOf<[x: tf.Tensor2D]>();
  // @ts-expect-error two tensors have no gradient
  grad(jit((x: tf.Tensor) => [x, x]));
});
