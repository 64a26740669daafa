// What surprises people who meet a tracer, each as a test of its own.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import {
  type Compiled,
  EngineError,
  grad,
  jit,
  type Nest,
  TraceError,
  UnsupportedOpError,
  valueAndGrad,
} from "../../src/jit/index.js";
import { engineNames, loadEngine } from "../../src/jit/session/engine.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const compiled: { dispose(): Promise<void> }[] = [];
/** `jit`, disposed of after the test. */
function make<A extends unknown[], R extends Nest>(fn: (...values: A) => R): Compiled<A, R> {
  const result = jit(fn);
  compiled.push(result);
  return result;
}
afterEach(async () => {
  await Promise.all(compiled.splice(0).map((each) => each.dispose()));
});

const values = async (tensor: Promise<tf.Tensor>): Promise<number[]> => Array.from((await tensor).dataSync());

it("a captured number is frozen at the first call", async () => {
  let factor = 2;
  const scale = make((x: tf.Tensor) => tf.mul(x, factor));
  expect(await values(scale(tf.scalar(10)))).toEqual([20]);
  factor = 3;
  expect(await values(scale(tf.scalar(10)))).toEqual([20]);
});

it("a number that is passed is not frozen", async () => {
  const scale = make((x: tf.Tensor, factor: number) => tf.mul(x, factor));
  expect(await values(scale(tf.scalar(10), 2))).toEqual([20]);
  expect(await values(scale(tf.scalar(10), 3))).toEqual([30]);
  expect(scale.programs).toBe(2);
});

it("a function that is compiled at nearly each call says so, once", async () => {
  const warned = vi.spyOn(console, "warn").mockReturnValue();
  const scale = make(function scale(x: tf.Tensor, factor: number) {
    return tf.mul(x, factor);
  });
  for (let factor = 0; factor < 20; factor++) (await scale(tf.scalar(10), factor)).dispose();
  expect(warned.mock.calls.flat()).toEqual([
    expect.stringMatching(/the function scale was compiled for the 16th time.*tf\.scalar\(n\)/),
  ]);
  warned.mockRestore();
});

it("a captured tensor is frozen, even where a variable was made from it and changed since", async () => {
  const start = tf.tensor1d([1, 2]);
  const variable = tf.variable(start);
  const both = make(() => tf.stack([start, variable]));
  expect(await values(both())).toEqual([1, 2, 1, 2]);
  variable.assign(tf.tensor1d([5, 6]));
  expect(await values(both())).toEqual([1, 2, 5, 6]);
  variable.dispose();
});

it("a captured variable is read anew at each call", async () => {
  const variable = tf.variable(tf.scalar(1));
  const read = make((x: tf.Tensor) => tf.add(x, variable));
  expect(await values(read(tf.scalar(1)))).toEqual([2]);
  variable.assign(tf.scalar(10));
  expect(await values(read(tf.scalar(1)))).toEqual([11]);
  variable.dispose();
});

it("an assignment happens at each call, in the order of the calls", async () => {
  const count = tf.variable(tf.scalar(0));
  const next = make(() => {
    count.assign(tf.add(count, 1));
    return tf.mul(count, 10);
  });
  expect(await Promise.all([values(next()), values(next()), values(next())])).toEqual([[10], [20], [30]]);
  expect(count.dataSync()[0]).toBe(3);
  count.dispose();
});

it("variables that share their data at the first call may part later", async () => {
  const data = tf.scalar(1);
  const [a, b] = [tf.variable(tf.scalar(0)), tf.variable(tf.scalar(0))];
  a.assign(data);
  b.assign(data);
  const both = make(() => tf.stack([a, b]));
  expect(await values(both())).toEqual([1, 1]);
  a.assign(tf.scalar(7));
  expect(await values(both())).toEqual([7, 1]);
  tf.dispose([a, b, data]);
});

it("one variable assigned to another is a copy", async () => {
  const [a, b] = [tf.variable(tf.scalar(3)), tf.variable(tf.scalar(4))];
  const swap = make(() => {
    const old = tf.clone(a);
    a.assign(b);
    b.assign(old);
    return tf.stack([a, b]);
  });
  expect(await values(swap())).toEqual([4, 3]);
  expect(await values(swap())).toEqual([3, 4]);
  expect([a.dataSync()[0], b.dataSync()[0]]).toEqual([3, 4]);
  tf.dispose([a, b]);
});

it("tracing alone changes no variable, also when it fails", async () => {
  const variable = tf.variable(tf.scalar(1));
  const fails = make(() => {
    variable.assign(tf.scalar(2));
    return tf.scalar(variable.dataSync()[0] as number).add(tf.tensor(variable.add(1).dataSync()));
  });
  const tensors = tf.memory().numTensors;
  await expect(fails()).rejects.toThrow();
  expect(variable.dataSync()[0]).toBe(1);
  expect(tf.getBackend()).toBe("cpu");
  const dynamic = make((x: tf.Tensor) => (x.dataSync()[0] ? x : variable));
  const one = tf.scalar(1);
  await expect(dynamic(one)).rejects.toThrow(TraceError);
  one.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
  variable.dispose();
});

it("another shape is another program, the same shape is not", async () => {
  let runs = 0;
  const twice = make((x: tf.Tensor) => {
    runs++;
    return tf.mul(x, 2);
  });
  expect(await values(twice(tf.tensor1d([1, 2])))).toEqual([2, 4]);
  const afterFirst = runs;
  expect(await values(twice(tf.tensor1d([3, 4])))).toEqual([6, 8]);
  expect(runs).toBe(afterFirst);
  expect(await values(twice(tf.tensor1d([1, 2, 3])))).toEqual([2, 4, 6]);
  expect(twice.programs).toBe(2);
});

it("numbers that JavaScript draws inside are refused, with the place", async () => {
  const noisy = make((x: tf.Tensor) =>
    tf.add(
      x,
      tf.rand([2], () => Math.random()),
    ),
  );
  await expect(noisy(tf.zeros([2]))).rejects.toThrow(
    /numbers \[2\] that change in rand at .*surprises\.test\.ts/,
  );
});

it("a distribution that is drawn by rejection is refused, with the place", async () => {
  const noisy = make((x: tf.Tensor) => tf.add(x, tf.randomGamma([2], 1)));
  await expect(noisy(tf.zeros([2]))).rejects.toThrow(
    /got randomGamma at .*surprises\.test\.ts.*randomNormal/,
  );
});

it("random numbers with a seed are the same at each plain call too, and so are allowed", async () => {
  const noise = (x: tf.Tensor): tf.Tensor => tf.add(x, tf.randomNormal([2], 0, 1, "float32", 7));
  expect(await values(make(noise)(tf.zeros([2])))).toEqual(Array.from(noise(tf.zeros([2])).dataSync()));
});

it("reading values inside is refused, with the function and the place", async () => {
  const reads = make((x: tf.Tensor) => ((x.dataSync()[0] as number) > 0 ? x : tf.neg(x)));
  const error = await reads(tf.scalar(1)).catch((each: unknown) => each);
  expect(error).toBeInstanceOf(TraceError);
  expect((error as TraceError).message).toMatch(
    /reads a tensor's values in dataSync at .*surprises\.test\.ts.*tf\.where/,
  );
});

it("reading a variable's value is refused, too, as it is another one at each call", async () => {
  const beta = tf.variable(tf.scalar(2));
  for (const read of [() => beta.dataSync()[0], () => beta.clone().arraySync(), () => beta.toString()]) {
    const error = await make((x: tf.Tensor) => tf.mul(x, Number(read())))(tf.scalar(1)).catch((each) => each);
    expect((error as Error).message).toMatch(/reads a tensor's values in \w+ at .*surprises\.test\.ts/);
  }
  const waits = make((x: tf.Tensor) => {
    void beta.data().then(() => undefined);
    return x;
  });
  await expect(waits(tf.scalar(1))).rejects.toThrow(/reads a tensor's values in data at/);
  expect(await values(make((x: tf.Tensor) => tf.mul(x, beta))(tf.scalar(3)))).toEqual([6]);
  expect([beta.dataSync()[0], Array.from(await beta.data())]).toEqual([2, [2]]); // outside as ever
  beta.dispose();
});

it("an async function is refused", async () => {
  const fn = (async (x: tf.Tensor) => tf.tensor(await x.array())) as unknown as (x: tf.Tensor) => tf.Tensor;
  const error = await make(fn)(tf.scalar(1)).catch((each: unknown) => each);
  expect((error as TraceError).message).toMatch(/got a Promise. Remove `async`/);
});

it("an operation without an ONNX form is refused, by its name and the line that called it", async () => {
  const distinct = make((x: tf.Tensor) => tf.unique(x).values);
  const error = await distinct(tf.tensor1d([1, 2])).catch((each: unknown) => each);
  expect(error).toBeInstanceOf(UnsupportedOpError);
  expect((error as UnsupportedOpError).message).toMatch(/got Unique in unique at .*surprises\.test\.ts/);
});

it("the line is named also from deep inside gradients and scopes", async () => {
  const deep = (x: tf.Tensor): tf.Tensor => tf.tidy(() => tf.tidy(() => tf.unique(x).values));
  const fn = make((x: tf.Tensor) => tf.tidy(() => tf.grad((y) => tf.tidy(() => tf.sum(deep(y))))(x)));
  await expect(fn(tf.tensor1d([1, 2]))).rejects.toThrow(/got Unique in unique at .*surprises\.test\.ts/);
});

it("a tensor that escapes from a trace has no values, and says so", async () => {
  let escaped: tf.Tensor | undefined;
  const leaks = make((x: tf.Tensor) => {
    escaped = tf.keep(tf.mul(x, 2));
    return x;
  });
  await leaks(tf.scalar(1));
  expect(() => escaped?.dataSync()).toThrow(/made while a function was compiled.*return it/);
  escaped?.dispose();
});

it("results and arguments are nests", async () => {
  const fn = make(({ a, b }: { a: tf.Tensor; b: tf.Tensor[] }) => ({
    sum: tf.addN([a, ...b]),
    parts: [a, ...b],
  }));
  const result = await fn({ a: tf.scalar(1), b: [tf.scalar(2), tf.scalar(3)] });
  expect(result.sum.dataSync()[0]).toBe(6);
  expect(result.parts.map((part) => part.dataSync()[0])).toEqual([1, 2, 3]);
});

it("a function that only assigns variables need not return anything", async () => {
  const total = tf.variable(tf.scalar(1));
  const add = jit((x: tf.Tensor) => {
    total.assign(tf.add(total, x));
  });
  expect(await add(tf.scalar(2))).toBeUndefined();
  await add(tf.scalar(3));
  expect(total.dataSync()[0]).toBe(6);
  await expect(jit(() => undefined)()).rejects.toThrow("returns tensors or assigns variables");
  total.dispose();
});

it.each<[string, (given: { w: tf.Tensor; list: tf.Tensor[] }) => void]>([
  ["a field", (given) => Object.assign(given, { w: tf.add(given.w, 1) })],
  ["a list", (given) => given.list.push(given.w)],
  ["a number", (given) => Object.assign(given, { count: 2 })],
])(
  "%s of the arguments that the function changes is refused, since the caller would not see it",
  async (_, change) => {
    const fn = jit((given: { w: tf.Tensor; list: tf.Tensor[] }) => {
      change(given);
      return tf.square(given.w);
    });
    await expect(fn({ w: tf.scalar(1), list: [] })).rejects.toThrow("changes a list or an object among them");
  },
);

it("an array of tensors where numbers are wanted is named as such", async () => {
  await expect(jit((x: tf.Tensor) => tf.relu([x] as unknown as tf.Tensor))(tf.ones([2]))).rejects.toThrow(
    /something else in relu at .*surprises.*tf\.stack/,
  );
});

it("arguments may be disposed of before the result is there", async () => {
  const twice = make((x: tf.Tensor) => tf.mul(x, 2));
  const x = tf.scalar(4);
  const result = twice(x);
  x.dispose();
  expect(await values(result)).toEqual([8]);
});

it("a training step of one's own runs compiled, the optimizer's slots included", async () => {
  const weight = tf.variable(tf.tensor1d([1, -1]));
  const plain = tf.variable(tf.tensor1d([1, -1]));
  const step = (optimizer: tf.Optimizer, w: tf.Variable) => (x: tf.Tensor) => {
    const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(tf.sub(tf.mul(w, x), 3))), [w]);
    optimizer.applyGradients(grads);
    return value;
  };
  const [eager, traced] = [tf.train.adam(0.1), tf.train.adam(0.1)];
  const [plainStep, compiledStep] = [step(eager, plain), make(step(traced, weight))];
  const x = tf.tensor1d([2, 3]);
  for (let at = 0; at < 20; at++) {
    const [expected] = tf.tidy(() => plainStep(x)).dataSync();
    expect((await values(compiledStep(x)))[0]).toBeCloseTo(expected as number, 4);
  }
  expect(tf.max(tf.abs(tf.sub(weight, plain))).dataSync()[0]).toBeLessThan(1e-5);
  tf.dispose([weight, plain]);
});

it("grad and valueAndGrad give every argument's gradient", async () => {
  const f = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.sum(tf.mul(tf.square(x), y));
  const [gradient, both] = [grad(f), valueAndGrad(f)];
  compiled.push(gradient, both);
  const [x, y] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
  expect((await gradient(x, y)).map((dx) => Array.from(dx.dataSync()))).toEqual([
    [6, 16],
    [1, 4],
  ]);
  const ofMatrix = grad((matrix: tf.Tensor2D) => tf.sum(tf.square(matrix)));
  compiled.push(ofMatrix);
  expect((await ofMatrix(tf.tensor2d([[3]])))[0].dataSync()[0]).toBe(6);
  const { value, grads } = await both(x, y);
  expect([value, ...grads].map((each) => Array.from(each.dataSync()))).toEqual([[19], [6, 16], [1, 4]]);
});

it("no tensor is left behind over 1,000 calls", async () => {
  const count = tf.variable(tf.scalar(0));
  const fn = make((x: tf.Tensor) => {
    count.assign(tf.add(count, 1));
    return { y: tf.mul(x, count) };
  });
  const x = tf.ones([3]);
  tf.dispose(await fn(x));
  const before = tf.memory();
  for (let call = 0; call < 1000; call++) tf.dispose(await fn(x));
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  expect(count.dataSync()[0]).toBe(1001);
  tf.dispose([x, count]);
});

it("refuses arguments and results that are no tensors, and calls after dispose", async () => {
  const odd = make((x: unknown) => x as tf.Tensor);
  await expect(odd(new Date())).rejects.toThrow(/got a Date/);
  await expect(odd(3)).rejects.toThrow(/returns tensors.*got number 3/);
  await odd.dispose();
  await expect(odd(tf.scalar(1))).rejects.toThrow(/disposed/);
});

it("the engine can be chosen, and a wrong name is refused", async () => {
  for (const name of engineNames) expect((await loadEngine(name)).name).toBe(name);
  await expect(loadEngine("onnx" as never)).rejects.toThrow(
    /expected engine onnxruntime-node or onnxruntime-web; got onnx/,
  );
  expect(new EngineError("x").code).toBe("ENGINE");
});

it("an argument that holds itself is refused", async () => {
  const nest: { w: tf.Tensor; self?: unknown } = { w: tf.scalar(1) };
  nest.self = nest;
  const fn = make((given: typeof nest) => tf.add(given.w, 1));
  await expect(fn(nest)).rejects.toThrow(/a nest that ends; got an object that holds itself/);
});

it("a result that is also kept says what it is when it is read outside", async () => {
  let kept: tf.Tensor | undefined;
  const fn = make((x: tf.Tensor) => {
    kept = tf.keep(tf.add(x, 1));
    return kept;
  });
  expect((await fn(tf.scalar(1))).dataSync()[0]).toBe(2);
  expect(() => kept?.dataSync()).toThrow(TraceError);
});

it("the place of the largest of nothing is 0, as in TensorFlow.js", async () => {
  const fn = make((x: tf.Tensor) => tf.argMax(x, 0));
  const found = await fn(tf.zeros([0, 3]));
  expect([found.dtype, ...found.dataSync()]).toEqual(["int32", 0, 0, 0]);
});

it("programs of functions that nobody has any more are freed", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const engine = await loadEngine();
  const open = engine.open.bind(engine);
  let released = 0;
  const opened = vi.spyOn(engine, "open").mockImplementation(async (...given) => {
    const session = await open(...given);
    const release = session.release.bind(session);
    return Object.assign(session, {
      release: () => {
        released++;
        return release();
      },
    });
  });
  const x = tf.scalar(1);
  const kept = jit((y: tf.Tensor) => tf.add(y, 1));
  for (let at = 0; at < 5; at++)
    for (const tensor of [await jit((y: tf.Tensor) => tf.mul(y, at))(x), await kept(x)]) tensor.dispose();
  await vi.waitFor(
    () => {
      collect();
      expect(released).toBeGreaterThanOrEqual(4); // the last one may still be on the stack
    },
    { timeout: 10_000 },
  );
  expect((await kept(x)).dataSync()[0]).toBe(2);
  expect([opened.mock.calls.length, released <= 5]).toEqual([6, true]);
  opened.mockRestore();
});
