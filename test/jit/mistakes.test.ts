// What a person gets who made a mistake inside a compiled function, or used an operation with operands that ONNX Runtime
// does not take: an error that names the operation and the line, and never one of ours or of ONNX Runtime's.
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { ShapeError, UsageError } from "../../src/core/errors.js";
import { jit, TraceError, UnsupportedOpError } from "../../src/jit/index.js";
import { engineNames } from "../../src/jit/session/engine.js";
import { predict, fit as train } from "../../src/train/index.js";
import { embedding } from "./models.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type Operation = (...x: tf.Tensor[]) => tf.Tensor;

const matrix = (rows: number, columns: number): tf.Tensor => tf.ones([rows, columns]);
const integers = (values: number[]): tf.Tensor => tf.tensor1d(values, "int32");
const thrownBy = async (fn: Operation, ...x: tf.Tensor[]): Promise<Error> => {
  const compiled = jit(fn);
  try {
    return await compiled(...x).then(
      () => expect.fail("no error"),
      (error: Error) => error,
    );
  } finally {
    await compiled.dispose();
  }
};

describe("operands that do not go together", () => {
  const conditions: [name: string, fn: Operation, why: RegExp][] = [
    ["matMul", (x) => tf.matMul(x, x), /inner shapes \(4\) and \(3\)/],
    ["add", (x) => tf.add(x, tf.ones([5])), /could not be broadcast .* 3,4 and 5/],
    ["concat", (x) => tf.concat([x, matrix(2, 5)]), /\(2,5\) does not match/],
    ["stack", (x) => tf.stack([x, matrix(2, 5)]), /matching shapes/],
    ["reshape", (x) => tf.reshape(x, [5, 5]), /Size\(12\) must match/],
    ["slice", (x) => tf.slice(x, [0, 2], [3, 4]), /would overflow/],
    ["split", (x) => tf.split(x, 3, 1)[0] as tf.Tensor, /evenly divide/],
    ["sum", (x) => tf.sum(x, 5), /axis 5/],
    ["argMax", (x) => tf.argMax(x, 5), /axis 5/],
    ["reverse", (x) => tf.reverse(x, 5), /axis 5/],
    ["gather", (x) => tf.gather(x, integers([0]), 4), /axis 4/],
    ["unsortedSegmentSum", (x) => tf.unsortedSegmentSum(x, tf.tensor1d([0, 1], "int32"), 2), /broadcast/],
    ["einsum", (x) => tf.einsum("ij,jk->ik", x, matrix(3, 2)), /Expected dimension 4/],
  ];
  it.each(conditions)("%s says what TensorFlow.js says, and where", async (name, fn, why) => {
    const error = await thrownBy(fn, matrix(3, 4));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error.message).toMatch(new RegExp(`\\[3,4\\].* in ${name} at .*mistakes\\.test\\.ts:\\d+:\\d+: `));
    expect(error.message).toMatch(why);
  });

  it.each<[string, Operation, string]>([
    [
      "conv2d",
      (x) => tf.conv2d(tf.reshape<tf.Rank.R4>(x, [1, 3, 4, 1]), tf.ones([4, 4, 1, 1]), 1, "valid"),
      "do not fit",
    ],
    ["pad", (x) => tf.pad(x, [[1, 1]]), "paddings"],
    ["transpose", (x) => tf.transpose(x, [0, 0]), "float32[3,4]"],
  ])("%s, where TensorFlow.js computes something, is refused", async (name, fn, what) => {
    const error = await thrownBy(fn, matrix(3, 4));
    expect(error).toBeInstanceOf(UnsupportedOpError);
    expect(error.message).toMatch(new RegExp(` in ${name} at .*mistakes\\.test\\.ts`));
    expect(error.message).toContain(what);
  });

  it.each<[string, Operation, RegExp]>([
    ["dot", (x) => tf.dot(x, tf.ones([5])), /inner dimensions .* 4 and 5/],
    ["tile", (x) => tf.tile(x, [2]), /rank of input 2 must match length of reps 2/],
    ["topk", (x) => tf.topk(x, 9).values, /<= the last dimension \(4\) but got 9/],
    ["add", (x) => tf.add(x, "a" as unknown as tf.Tensor), /must be numeric tensor, but got string/],
    ["meanSquaredError", (x) => tf.losses.meanSquaredError(x, matrix(2, 2)), /Shapes 3,4 and 2,2 must match/],
  ])("%s, which no kernel is asked for, does so too", async (name, fn, why) => {
    const error = await thrownBy(fn, matrix(3, 4));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(new RegExp(` in ${name} at .*mistakes\\.test\\.ts:\\d+:\\d+: `));
    expect(error.message).toMatch(why);
    expect(error.cause).toMatchObject({ message: expect.stringMatching(why) });
  });

  it("stack of several dtypes says so, and what they are", async () => {
    const error = await thrownBy((x) => tf.stack([x, tf.cast(x, "int32")]), matrix(2, 1));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(
      /float32\[2,1\] and int32\[2,1\] in stack at .*mistakes\.test\.ts:\d+:\d+: /,
    );
    expect(error.message).toMatch(/All tensors passed to stack must have matching dtypes/);
  });

  it("errors of the function's own are thrown as they are", async () => {
    const mine = new RangeError("mine");
    const throwing = (): tf.Tensor => {
      throw mine;
    };
    expect(await thrownBy(throwing)).toBe(mine);
  });

  it("leaves the backend and the number of tensors as they were", async () => {
    const x = matrix(3, 4);
    const before = tf.memory().numTensors;
    await thrownBy((a) => tf.matMul(a, a), x);
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.getBackend()).toBe("cpu");
  });
});

describe("every operation with every dtype", () => {
  const x = {
    int32: tf.tensor2d([0, 3, 1, 4, 2, 0], [2, 3], "int32"),
    bool: tf.tensor2d([1, 0, 1, 0, 0, 1], [2, 3], "bool"),
    float32: tf.tensor2d([-1.5, 0.25, 1, 2, -0.5, 0.75], [2, 3]),
  };
  const y = {
    int32: tf.tensor2d([1, 2, 3, 1, 2, 3], [2, 3], "int32"),
    bool: tf.tensor2d([1, 1, 1, 1, 1, 1], [2, 3], "bool"),
    float32: tf.tensor2d([0.5, 2, -1, 1, 3, 0.25], [2, 3]),
  };
  const of = (names: string): [string, Operation][] =>
    names.split(" ").map((name) => [name, (tf as unknown as Record<string, Operation>)[name] as Operation]);
  const one: [string, Operation][] = [
    ...of(
      "abs neg sign square exp expm1 log1p ceil floor round relu relu6 elu selu leakyRelu sigmoid tanh step",
    ),
    ...of(
      "isNaN isFinite isInf reciprocal sin cos softplus erf logicalNot onesLike zerosLike sqrt rsqrt log",
    ),
    ...of(
      "transpose softmax logSumExp sum mean max min prod argMax argMin cumsum cumprod reverse any all diag",
    ),
    ["tile", (a) => tf.tile(a, [2, 2])],
    [
      "pad",
      (a) =>
        tf.pad(a as tf.Tensor2D, [
          [1, 0],
          [0, 1],
        ]),
    ], // prettier-ignore
    [
      "mirrorPad",
      (a) =>
        tf.mirrorPad(
          a,
          [
            [1, 0],
            [0, 1],
          ],
          "reflect",
        ),
    ], // prettier-ignore
    ["gather", (a) => tf.gather(a, [1, 0], 1)],
    ["gatherND", (a) => tf.gatherND(a, tf.tensor2d([[1, 2]], [1, 2], "int32"))],
    ["slice", (a) => tf.slice(a, [0, 1], [2, 2])],
    ["stridedSlice", (a) => tf.stridedSlice(a, [0, 2], [2, 0], [1, -1])],
    ["concat", (a) => tf.concat([a, a], 1)],
    ["stack", (a) => tf.stack([a, a])],
    ["unstack", (a) => tf.unstack(a)[1] as tf.Tensor],
    ["split", (a) => tf.split(a, 3, 1)[2] as tf.Tensor],
    ["where", (a) => tf.where(x.bool, a, a)],
    ["topk", (a) => tf.topk(a, 2).values],
    ["scatterND", (a) => tf.scatterND(tf.tensor2d([[1], [0]], [2, 1], "int32"), a, [4, 3])],
    [
      "tensorScatterUpdate",
      (a) => tf.tensorScatterUpdate(a, tf.tensor2d([[1]], [1, 1], "int32"), tf.slice(a, [0, 0], [1, 3])),
    ],
    ["clipByValue", (a) => tf.clipByValue(a, 1, 2)],
    ["oneHot", (a) => tf.oneHot(tf.cast(a, "int32"), 3)],
    ["unsortedSegmentSum", (a) => tf.unsortedSegmentSum(a, tf.tensor1d([1, 1], "int32"), 2)],
    [
      "bincount",
      (a) => tf.bincount(tf.reshape(tf.cast(tf.abs(a), "int32"), [-1]) as tf.Tensor1D, tf.tensor1d([]), 2),
    ],
    ["einsum", (a) => tf.einsum("ij,kj->ik", a, a)],
    ["addN", (a) => tf.addN([a, a])],
    ["matMul", (a) => tf.matMul(a, a, true)],
    ["castI", (a) => tf.cast(a, "int32")],
    ["castB", (a) => tf.cast(a, "bool")],
    ["moments", (a) => tf.moments(a).variance],
    ["norm", (a) => tf.norm(a)],
    ["maxPool", (a) => tf.maxPool(tf.reshape(a, [1, 2, 3, 1]) as tf.Tensor4D, 2, 1, "same")],
    [
      "resizeNearestNeighbor",
      (a) => tf.image.resizeNearestNeighbor(tf.reshape(a, [1, 2, 3, 1]) as tf.Tensor4D, [3, 3]),
    ],
  ]; // prettier-ignore
  const two = of(
    "add sub mul div floorDiv pow maximum minimum squaredDifference equal notEqual less lessEqual greater greaterEqual logicalAnd logicalOr logicalXor atan2 divNoNan prelu",
  );
  const dtypes = ["int32", "bool", "float32"] as const;
  const cases = [
    ...one.flatMap(([name, fn]) => dtypes.map((a) => [name, a, fn, [x[a]]] as const)),
    ...two.flatMap(([name, fn]) =>
      dtypes.flatMap((a) => dtypes.map((b) => [name, `${a} and ${b}`, fn, [x[a], y[b]]] as const)),
    ),
  ];

  it.each(cases)(
    "%s of %s is TensorFlow.js's, or is refused with the line",
    async (_, _dtypes, fn, operands) => {
      let expected: tf.Tensor;
      try {
        expected = fn(...operands);
      } catch {
        return; // nor does TensorFlow.js take it
      }
      const compiled = jit((...given: tf.Tensor[]) => fn(...given));
      try {
        const actual = await compiled(...operands);
        expect([actual.dtype, actual.shape]).toEqual([expected.dtype, expected.shape]);
        const values = Array.from(actual.dataSync());
        for (const [at, value] of expected.dataSync().entries())
          if (!Object.is(values[at], value)) expect(values[at]).toBeCloseTo(value, 4);
      } catch (error) {
        if (!(error instanceof UnsupportedOpError)) throw error;
        expect(error.message).toMatch(/ at .*mistakes\.test\.ts:\d+/);
      } finally {
        await compiled.dispose();
      }
    },
  );
});

it.each<[string, Operation, string]>([
  ["reshape", (x) => tf.reshape(x, [1.5, 8]), "Reshape"],
  ["cumprod", (x) => tf.cumprod(x, 3), "Cumprod"],
  ["sum", (x) => tf.sum(x, [0, 0]), "Sum"],
  [
    "conv2d",
    (x) => tf.conv2d(tf.reshape<tf.Rank.R4>(x, [1, 3, 4, 1]), tf.ones([1, 1, 1, 1]), 1.5, "same"),
    "Conv2D",
  ],
  [
    "conv2dTranspose",
    (x) =>
      tf.conv2dTranspose(
        tf.reshape<tf.Rank.R4>(x, [1, 3, 4, 1]),
        tf.ones([3, 3, 2, 1]),
        [1, 9, 9, 2],
        2,
        "same",
      ),
    "Conv2DBackpropInput",
  ],
])("%s of sizes that cannot be is refused with the line", async (name, fn, kernel) => {
  const error = await thrownBy(fn, matrix(3, 4));
  expect(error.message).toMatch(new RegExp(`^jit: .* in ${name} at .*mistakes\\.test\\.ts`));
  if (error instanceof UnsupportedOpError) expect(error.kernel).toBe(kernel);
});

it("rows of different lengths are named", async () => {
  const error = await thrownBy((x) => tf.add(x, tf.tensor([[1, 2], [3]] as number[][])), matrix(2, 2));
  expect(error).toBeInstanceOf(ShapeError);
  expect(error.message).toMatch(/as \[2,2\] has; got 3 in \w+ at .*mistakes\.test\.ts/);
});

it("tensors of several dtypes are concatenated as TensorFlow.js does", async () => {
  const both = jit((x: tf.Tensor, y: tf.Tensor) => tf.concat([x, y]));
  const joined = await both(tf.tensor1d([0.5]), integers([2]));
  expect([joined.dtype, ...joined.dataSync()]).toEqual(["float32", 0.5, 2]);
});

it("more threads than any machine has are refused", async () => {
  expect(() => jit(tf.square, { threads: 2000 })).toThrow(/threads to be an integer from 1 to/);
});

it("numbers that are none become 0 as integers", async () => {
  const x = tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1.7, 2.5]);
  const compiled = jit((a: tf.Tensor) => [
    tf.cast(a, "int32"),
    tf.floorDiv(tf.cast(a, "int32"), tf.scalar(0, "int32")),
  ]);
  const [cast, quotient] = await compiled(x);
  expect(Array.from(cast?.dataSync() ?? [])).toEqual([0, 0, 0, -1, 2]);
  expect(Array.from(quotient?.dataSync() ?? [])).toEqual([0, 0, 0, 0, 0]);
  await compiled.dispose();
});

describe.each(engineNames)("indices outside of a tensor, with %s", (engine) => {
  const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
  const error = async (fn: Operation, ...x: tf.Tensor[]): Promise<Error> => {
    const compiled = jit(fn, { engine });
    const thrown = await compiled(...x).catch((each: Error) => each);
    await compiled.dispose();
    return thrown as Error;
  };

  it.each([-1, 3, -4, 7])("gather says that it got %s", async (index) => {
    const thrown = await error((x, at) => tf.gather(x, at), table, integers([0, index]));
    expect(thrown).toBeInstanceOf(UsageError);
    expect(thrown.message).toMatch(
      new RegExp(
        `expected indices from 0 to 2; got ${index} in gather at .*mistakes\\.test\\.ts:\\d+:\\d+ \\(of tf`,
      ),
    );
  });

  it("gatherND, scatterND and tensorScatterUpdate count no index from the end", async () => {
    const wanted: [Operation, tf.Tensor][] = [
      [(x, at) => tf.gatherND(x, at), tf.tensor2d([0, -1], [1, 2], "int32")],
      [(x, at) => tf.scatterND(at, x, [3, 2]), tf.tensor2d([0, -1, 1], [3, 1], "int32")],
      [(x, at) => tf.tensorScatterUpdate(x, at, tf.ones([1, 2])), tf.tensor2d([-1], [1, 1], "int32")],
    ];
    for (const [fn, indices] of wanted) {
      const thrown = await error(fn, table, indices);
      expect(thrown).toBeInstanceOf(UsageError);
      expect(thrown.message).toMatch(/expected indices .* at .*mistakes\.test\.ts/);
    }
  });

  it("constant ones are found when the function is recorded, with the line", async () => {
    const thrown = await error((x) => tf.gather(x, [0, 3]), table);
    expect(thrown).toBeInstanceOf(UsageError);
    expect(thrown.message).toMatch(/got 3 in gather at .*mistakes\.test\.ts/);
  });

  it.each([7, -1])("an embedding that gets %s ends training, and the model can go on", async (index) => {
    const model = embedding();
    const weights = (): number[] => Array.from(model.getWeights()[0]?.dataSync() ?? []);
    const before = weights();
    const y = tf.zeros([2, 1]);
    await expect(
      train(model, tf.tensor2d([0, 1, index, 1, 2, 3], [2, 3]), y, { quiet: true, engine }),
    ).rejects.toThrow(
      new RegExp(
        `indices from 0 to 4; got ${index} in gather \\(of the variable embedding_\\w+/embeddings\\)`,
      ),
    );
    expect(weights()).toEqual(before);
    await expect(predict(model, tf.tensor2d([0, 1, index], [1, 3]), { engine })).rejects.toThrow(
      "expected indices",
    );
    const { engine: used } = await train(model, tf.tensor2d([0, 1, 4, 1, 2, 3], [2, 3]), y, {
      quiet: true,
      engine,
    });
    expect(used).toBe(engine);
    expect(weights()).not.toEqual(before);
  });
});

it.each(engineNames)(
  "a program that does not fit into memory says so, and the next one runs, with %s",
  async (engine) => {
    const products = jit((x: tf.Tensor2D) => tf.sum(tf.matMul(x, x, false, true)), { engine });
    await expect(products(tf.ones([1e6, 1]))).rejects.toThrow(/fits into memory.*smaller batchSize/);
    expect((await products(tf.ones([2, 1]))).dataSync()[0]).toBe(4);
    await products.dispose();
  },
);

it("bincount leaves out what is beyond its size", async () => {
  const compiled = jit((x: tf.Tensor) => tf.bincount(x as tf.Tensor1D, tf.tensor1d([]), 3));
  expect(Array.from((await compiled(integers([0, 1, 1, 5]))).dataSync())).toEqual([1, 2, 0]);
  await compiled.dispose();
});

it("says what is no function, and what returns nothing", async () => {
  expect(() => jit(3 as unknown as Operation)).toThrow(/expected a function of tensors; got number/);
  await expect(jit(() => [])()).rejects.toThrow(TraceError);
  const generator = function* (): Generator {} as unknown as Operation;
  await expect(jit(generator)()).rejects.toThrow(/got a Generator/);
});

it("names the line of a tensor that was disposed of, and of a dtype that is none", async () => {
  const gone = matrix(3, 4);
  gone.dispose();
  const disposed = await thrownBy((x) => tf.add(x, gone), matrix(3, 4));
  const lost = await thrownBy(
    (x) => {
      const own = tf.ones([3, 4]);
      own.dispose();
      return tf.add(x, own);
    },
    matrix(3, 4),
  );
  const text = await thrownBy(() => tf.cast(tf.tensor1d(["a"]), "float32"));
  for (const error of [disposed, lost, text])
    expect(error.message).toMatch(/ at .*mistakes\.test\.ts:\d+:\d+/);
});

it("names the line where a function does something else the second time", async () => {
  let calls = 0;
  const changing = await thrownBy((x) => tf.square((calls++ % 2 === 0 ? tf.exp : tf.log)(x)), matrix(3, 4));
  expect(changing).toBeInstanceOf(TraceError);
  expect(changing.message).toMatch(
    /got other operations at another one in (exp|log) at .*mistakes\.test\.ts:\d+:\d+\./,
  );
  const shorter = await thrownBy((x) => (calls++ % 2 === 0 ? tf.exp(tf.log(x)) : tf.log(x)), matrix(3, 4));
  expect(shorter.message).toMatch(/got other operations at another one in exp at /);
});
