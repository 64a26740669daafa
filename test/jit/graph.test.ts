// Programs as data: what the printer shows, what the checker refuses, what the passes leave.
import { describe, expect, it } from "vitest";
import { useSmallOperands } from "../../src/jit/graph/broadcasts.js";
import { type Builder, builder } from "../../src/jit/graph/builder.js";
import { checkProgram } from "../../src/jit/graph/check.js";
import { multiplyColumnSums } from "../../src/jit/graph/column-sums.js";
import { moveFactorsIntoGemms } from "../../src/jit/graph/gemm-factors.js";
import { packUpdates } from "../../src/jit/graph/pack-updates.js";
import { useParts } from "../../src/jit/graph/parts.js";
import { printProgram } from "../../src/jit/graph/print.js";
import type { Program, Value } from "../../src/jit/graph/program.js";
import { moveReshapes } from "../../src/jit/graph/reshapes.js";
import { joinScalarFactors } from "../../src/jit/graph/scalar-factors.js";
import { dropUnused, mergeEqualNodes, turnSquaredDifferences } from "../../src/jit/graph/simplify.js";
import { simplifyThresholds } from "../../src/jit/graph/thresholds.js";
import { moveTransposes } from "../../src/jit/graph/transposes.js";

/** relu(x + x) · 2, with a node that nothing uses and one that is there twice. */
function sample(graph: Builder = builder()): Program {
  const x = graph.input("x0", [2, 3], "float32");
  const sum = graph.node("Add", [x, x], x);
  const again = graph.node("Add", [x, x], x);
  graph.node("LeakyRelu", [again], x, { alpha: { float: 0.5 } });
  const positive = graph.node("Relu", [again], x);
  const scaled = graph.node("Mul", [positive, graph.scalar(2)], x);
  return graph.program([scaled, sum]);
}

it("prints one line an input, a constant and a node", () => {
  expect(printProgram(sample())).toBe(
    [
      "input x0 : float32[2,3]",
      "const c0 : float32[] = 2",
      "v0 = Add(x0, x0) : float32[2,3]",
      "v1 = Add(x0, x0) : float32[2,3]",
      "v2 = LeakyRelu(v1) {alpha: 0.5f} : float32[2,3]",
      "v3 = Relu(v1) : float32[2,3]",
      "v4 = Mul(v3, c0) : float32[2,3]",
      "return v4, v0",
    ].join("\n"),
  );
});

it("merges equal nodes and drops what nothing uses", () => {
  const { nodes, outputs } = dropUnused(mergeEqualNodes(sample()));
  expect(nodes.map(({ op }) => op)).toEqual(["Add", "Relu", "Mul"]);
  expect(outputs.map(({ name }) => name)).toEqual(["v4", "v0"]);
});

it("moves what works element by element before reshapes, and removes these where they cancel", () => {
  const graph = builder();
  const x = graph.input("x0", [2, 3], "float32");
  const shape = (value: Value, to: number[]): Value =>
    graph.node("Reshape", [value, graph.integers(to)], { shape: to, dtype: "float32" });
  const stacked = shape(x, [1, 2, 3]);
  const doubled = graph.node("Mul", [graph.node("Elu", [stacked], stacked), graph.scalar(2)], stacked);
  const program = graph.program([
    shape(doubled, [2, 3]),
    graph.node("Transpose", [doubled], { shape: [3, 2, 1], dtype: "float32" }, { perm: [2, 1, 0] }),
  ]);
  const { nodes, outputs } = checkProgram(dropUnused(moveReshapes(program)), "test");
  expect(nodes.map(({ op }) => op)).toEqual(["Elu", "Mul", "Reshape", "Transpose"]);
  expect(outputs.map(({ shape }) => shape)).toEqual([
    [2, 3],
    [3, 2, 1],
  ]);
});

it("stores equal small constants once", () => {
  const graph = builder();
  expect(graph.scalar(1)).toBe(graph.scalar(1));
  expect(graph.scalar(1)).not.toBe(graph.scalar(1, "int32"));
  expect(graph.integers([1])).not.toBe(graph.integers([1, 1]));
});

it("the checker accepts a program of the builder's", () => {
  expect(() => checkProgram(sample(), "test")).not.toThrow();
});

const mistakes: [name: string, build: (graph: Builder) => Program, message: RegExp][] = [
  [
    "a value of another program",
    (graph) =>
      graph.program([
        builder().node("Relu", [graph.input("x0", [1], "float32")], { shape: [1], dtype: "float32" }),
      ]),
    /used before it is defined/,
  ],
  [
    "two inputs of one name",
    (graph) => {
      graph.input("x0", [1], "float32");
      graph.input("x0", [1], "float32");
      return graph.program([]);
    },
    /defined twice/,
  ],
  [
    "mixed dtypes",
    (graph) => {
      const x = graph.input("x0", [1], "float32");
      return graph.program([graph.node("Add", [x, graph.scalar(1, "int32")], x)]);
    },
    /v0 = Add\(x0, c0\).*mixes dtypes/,
  ],
  [
    "a shape that operands do not broadcast to",
    (graph) => {
      const x = graph.input("x0", [2, 1], "float32");
      return graph.program([graph.node("Add", [x, x], { shape: [2, 2], dtype: "float32" })]);
    },
    /does not broadcast/,
  ],
  [
    "a reshape that loses elements",
    (graph) => {
      const x = graph.input("x0", [4], "float32");
      return graph.program([
        graph.node("Reshape", [x, graph.integers([3])], { shape: [3], dtype: "float32" }),
      ]);
    },
    /number of elements/,
  ],
];

it.each(mistakes)("the checker notices %s", (_name, build, message) => {
  const check = (): Program => checkProgram(build(builder()), "test");
  expect(check).toThrow(message);
  expect(check).toThrow(/^internal: after test/);
});

it("a constant must have as many elements as its shape says", () => {
  expect(() => builder().constant(Float32Array.of(1), [2], "float32")).toThrow(
    /internal: a constant \[2\] has 1/,
  );
});

/** [2, 3, 4, 5] in another order of axes, channels first and last. */
const first = [0, 3, 1, 2];
const last = [0, 2, 3, 1];
const turn = (graph: Builder, x: Value, perm: number[]): Value =>
  graph.node("Transpose", [x], { shape: perm.map((at) => x.shape[at] as number), dtype: x.dtype }, { perm });
const ops = (program: Program): string[] => program.nodes.map(({ op }) => op);

it("transposes between two convolutions cancel through bias, activation, reductions, padding and concatenation", () => {
  const graph = builder();
  const x = graph.input("x0", [2, 5, 3, 4], "float32"); // as a convolution leaves it
  const bias = graph.input("x1", [5], "float32");
  const image = turn(graph, x, last);
  const active = graph.node("Relu", [graph.node("Add", [image, bias], image)], image);
  const mean = graph.node(
    "ReduceSum",
    [active, graph.integers([0, 1, 2])],
    { shape: [5], dtype: "float32" },
    { keepdims: 0 },
  );
  const both = graph.node(
    "Concat",
    [active, active],
    { shape: [2, 3, 4, 10], dtype: "float32" },
    { axis: 3 },
  );
  const pads = graph.integers([0, 1, 2, 0, 0, 0, 0, 0]);
  const padded = graph.node("Pad", [both, pads, graph.scalar(0)], { shape: [2, 4, 6, 10], dtype: "float32" });
  const program = graph.program([turn(graph, padded, first), mean]);
  const after = checkProgram(dropUnused(moveTransposes(program)), "test");
  expect(ops(after)).toEqual(["Reshape", "Add", "Relu", "ReduceSum", "Concat", "Pad"]);
  expect(after.outputs.map(({ shape }) => shape)).toEqual([[2, 10, 4, 6], [5]]);
  expect(after.nodes.find(({ op }) => op === "Concat")?.attributes.axis).toBe(1);
});

it("a transpose stays where an operator minds the order, and is made once", () => {
  const graph = builder();
  const image = turn(graph, graph.input("x0", [2, 5, 3, 4], "float32"), last);
  const like = { shape: [2, 60], dtype: "float32" } as const;
  const flat = graph.node("Reshape", [image, graph.integers(like.shape)], like);
  const soft = graph.node("Softmax", [image], image, { axis: -1 });
  const after = moveTransposes(graph.program([flat, soft]));
  expect(ops(after)).toEqual(["Transpose", "Reshape", "Softmax"]);
});

it("what gradients spread out is used small, and products with one and sums with zero go", () => {
  const graph = builder();
  const x = graph.input("x0", [2, 3], "float32");
  const loss = graph.input("x1", [1, 1], "float32");
  const ones = graph.constant(new Float32Array(6).fill(1), [2, 3], "float32");
  const spread = graph.node("Mul", [loss, ones], x);
  const scaled = graph.node("Mul", [spread, x], x);
  const program = graph.program([graph.node("Add", [scaled, graph.scalar(0)], x)]);
  const after = checkProgram(dropUnused(mergeEqualNodes(useSmallOperands(program))), "test");
  expect(ops(after)).toEqual(["Mul"]);
  expect(after.nodes[0]?.inputs.map(({ name }) => name)).toEqual(["x1", "x0"]);
});

it("numbers that were spread out and computed with become one number", () => {
  const graph = builder();
  const x = graph.input("x0", [2, 3], "float32");
  const size = graph.integers([2, 3]);
  const spread = graph.node("Expand", [graph.scalar(1), size], x);
  const share = graph.node("Div", [spread, graph.scalar(4)], x);
  const program = graph.program([graph.node("Mul", [share, x], x)]);
  const after = checkProgram(dropUnused(useSmallOperands(program)), "test");
  expect(ops(after)).toEqual(["Mul"]);
  expect(after.constants.map(({ data }) => [...data])).toEqual([[0.25]]);
});

it("numbers are multiplied with one another, not with a tensor each; what is used elsewhere stays", () => {
  const graph = builder();
  const [x, y] = [graph.input("x0", [2, 3], "float32"), graph.input("x1", [2, 3], "float32")];
  const [s, t] = [graph.input("x2", [], "float32"), graph.input("x3", [], "float32")];
  const gradient = graph.node("Mul", [x, graph.scalar(0.25)], x);
  const twice = graph.node("Add", [gradient, gradient], x);
  const scaled = graph.node("Div", [twice, t], x);
  const update = graph.node("Mul", [graph.node("Div", [scaled, y], x), s], x);
  const after = (outputs: Value[]): string[] =>
    ops(checkProgram(dropUnused(joinScalarFactors(graph.program(outputs))), "test"));
  expect(after([update])).toEqual(["Mul", "Div", "Div", "Mul"]);
  expect(after([update, scaled, gradient])).toEqual(["Mul", "Add", "Div", "Div", "Mul"]);
});

it("constant factors become one, unless float32 cannot hold their product", () => {
  const products = (...factors: number[]): number[][] => {
    const graph = builder();
    const x = graph.input("x0", [2], "float32");
    const all = factors.reduce((value, factor) => graph.node("Mul", [graph.scalar(factor), value], x), x);
    const { constants } = checkProgram(dropUnused(joinScalarFactors(graph.program([all]))), "test");
    return constants.map(({ data }) => [...data].map(Number));
  };
  expect(products(0.5, 4, 0.25)).toEqual([[0.5]]);
  expect(products(2 ** 70, 2 ** 71)).toEqual([[2 ** 70], [2 ** 71]]);
  expect(products(0, 2)).toEqual([[0], [2]]);
});

it("a squared difference is that of its gradient, which has it the other way round", () => {
  const graph = builder();
  const [x, y] = [graph.input("x0", [2], "float32"), graph.input("x1", [2], "float32")];
  const difference = graph.node("Sub", [x, y], x);
  const turned = graph.node("Sub", [y, x], x);
  const outputs = [graph.node("Mul", [difference, difference], x), graph.node("Mul", [turned, x], x)];
  const after = (more: Value[]): string[] =>
    ops(checkProgram(mergeEqualNodes(turnSquaredDifferences(graph.program([...outputs, ...more]))), "test"));
  expect(after([])).toEqual(["Sub", "Mul", "Mul"]);
  expect(after([difference])).toEqual(["Sub", "Sub", "Mul", "Mul"]); // its sign matters
});

it("a slice that is a part of what was put together is that part", () => {
  const graph = builder();
  const [a, b] = [graph.input("x0", [4, 3], "float32"), graph.input("x1", [4, 2], "float32")];
  const whole = graph.node("Concat", [a, b], { shape: [4, 5], dtype: "float32" }, { axis: 1 });
  const slice = (start: number, end: number): Value => {
    const bounds = [[start], [end], [1], [1]].map((list) => graph.integers(list));
    return graph.node("Slice", [whole, ...bounds], { shape: [4, end - start], dtype: "float32" });
  };
  const program = graph.program([slice(0, 3), slice(3, 5), slice(2, 4)]);
  const { outputs, nodes } = checkProgram(mergeEqualNodes(useParts(program)), "test");
  expect(outputs.slice(0, 2)).toEqual([a, b]);
  expect(nodes.map(({ op }) => op)).toEqual(["Concat", "Slice"]);
});

it("a rectifier's gradient is multiplied with 0 or 1, as the rectifier's result says", () => {
  const graph = builder();
  const [x, dy] = [graph.input("x0", [4], "float32"), graph.input("x1", [4], "float32")];
  const relu = graph.node("Relu", [x], x);
  const bool = { shape: [4], dtype: "bool" as const };
  const positive = graph.node("Greater", [x, graph.scalar(0)], bool);
  const one = graph.node("Where", [positive, graph.scalar(1), graph.scalar(0)], x);
  const step = graph.node("Where", [graph.node("IsNaN", [x], bool), x, one], x);
  const program = graph.program([graph.node("Mul", [dy, step], x)]);
  const multiplied = checkProgram(dropUnused(simplifyThresholds(program)), "test");
  expect(ops(multiplied)).toEqual(["Relu", "Greater", "Cast", "Mul"]);
  expect(multiplied.nodes[1]?.inputs[0]).toBe(relu);
});

it("divides once in Adam's update, by the root of v and a scaled epsilon", () => {
  const graph = builder();
  const [m, v] = [graph.input("m", [2, 3], "float32"), graph.input("v", [2, 3], "float32")];
  const [t, power] = [graph.input("t", [], "float32"), graph.input("power", [], "float32")];
  const u = graph.node("Sub", [graph.scalar(1), power], power);
  const deviation = graph.node("Sqrt", [graph.node("Div", [v, u], v)], v);
  const divisor = graph.node("Add", [deviation, graph.scalar(1e-7)], v);
  const ratio = graph.node("Div", [graph.node("Div", [m, t], m), divisor], m);
  const update = graph.node("Mul", [graph.scalar(-0.001), ratio], m);
  const whole = graph.program([update]);
  const onTensors = (powers: string[]): string[] => {
    const { nodes } = checkProgram(dropUnused(joinScalarFactors(whole, new Set(powers))), "test");
    return nodes.filter(({ output }) => output.shape.length > 0).map(({ op }) => op);
  };
  expect(onTensors(["power"])).toEqual(["Sqrt", "Add", "Div", "Mul"]);
  expect(onTensors([])).toEqual(["Div", "Sqrt", "Add", "Div", "Mul"]); // v / u may have the roots that v has not
});

it("sums columns by a product with ones, other axes as before", () => {
  const graph = builder();
  const x = graph.input("x0", [4, 3], "float32");
  const columns: Value = { name: "", shape: [3], dtype: "float32" };
  const rows: Value = { name: "", shape: [4], dtype: "float32" };
  const sums = [
    graph.node("ReduceSum", [x, graph.integers([0])], columns, { keepdims: 0 }),
    graph.node("ReduceSum", [x, graph.integers([1])], rows, { keepdims: 0 }),
  ];
  const { nodes } = checkProgram(multiplyColumnSums(graph.program(sums)), "test");
  expect(nodes.map(({ op }) => op)).toEqual(["MatMul", "ReduceSum"]);
});

it("moves a constant factor through products of elements into Gemms and behind sums of columns", () => {
  const graph = builder();
  const [x, y] = [graph.input("x0", [4, 3], "float32"), graph.input("x1", [4, 3], "float32")];
  const w = graph.input("x2", [2, 3], "float32");
  const scaled = graph.node("Mul", [graph.scalar(0.5), x], x);
  const product = graph.node("Mul", [scaled, y], x);
  const gemm = graph.node("Gemm", [product, w], { shape: [4, 2], dtype: "float32" }, { transB: 1 });
  const sum = graph.node(
    ...(["ReduceSum", [product, graph.integers([0])], { shape: [3], dtype: "float32" }] as const),
    { keepdims: 0 },
  );
  const through = (outputs: Value[]): string[] => {
    const program = dropUnused(multiplyColumnSums(graph.program(outputs)));
    return printProgram(checkProgram(moveFactorsIntoGemms(program), "test"))
      .split("\n")
      .filter((line) => line.startsWith("v"))
      .map((line) => line.replace(/ :.*/, ""));
  };
  expect(through([gemm, sum])).toEqual([
    "v1 = Mul(x0, x1)",
    "v2 = Gemm(v1, x2) {transB: 1, alpha: 0.5f}",
    "v3_plain = MatMul(ones_4, v1)",
    "v3 = Mul(v3_plain, v3_scale)",
  ]);
  // Who asks for the product itself gets it, with the factor.
  expect(through([gemm, product])).toEqual([
    "v0 = Mul(c0, x0)",
    "v1 = Mul(v0, x1)",
    "v2 = Gemm(v1, x2) {transB: 1}",
  ]);
});

describe("Adam's moments of a gradient", () => {
  /** The moments .5 · m + .5 · g and .5 · v + .125 · g². */
  const moments = (g: (graph: ReturnType<typeof builder>) => Value) => {
    const graph = builder();
    const gradient = g(graph);
    const [m, v] = [graph.input("m", gradient.shape, "float32"), graph.input("v", gradient.shape, "float32")];
    const times = (x: Value, number: number) => graph.node("Mul", [x, graph.scalar(number)], x);
    const square = graph.node("Mul", [gradient, gradient], gradient);
    const sums = [
      graph.node("Add", [times(m, 0.5), times(gradient, 0.5)], m),
      graph.node("Add", [times(v, 0.5), times(square, 0.125)], v),
    ];
    return checkProgram(dropUnused(moveFactorsIntoGemms(graph.program(sums))), "test");
  };
  const numbers = ({ constants }: Program) => constants.map(({ data }) => data[0]);

  it("take the first one's factor into the product that gives it, and correct the second's", () => {
    const program = moments((graph) => {
      const [x, y] = ["x0", "x1"].map((name) => graph.input(name, [2, 20], "float32")) as [Value, Value];
      return graph.node("Gemm", [x, y], { shape: [20, 20], dtype: "float32" }, { transA: 1 });
    });
    expect(ops(program).toSorted()).toEqual(["Add", "Add", "Gemm", "Mul", "Mul", "Mul", "Mul"]);
    const gemm = program.nodes.find(({ op }) => op === "Gemm");
    expect(gemm?.attributes).toEqual({ transA: 1, alpha: { float: 0.5 } });
    expect(numbers(program)).toEqual([0.5, 0.5]); // of m and v, and .125 / .5² of h²
  });

  it("are computed alike where something else gives the gradient, so that both can be packed", () => {
    const program = moments((graph) => {
      const x = graph.input("x0", [20], "float32");
      return graph.node("Neg", [x], x);
    });
    const [negative, ...others] = program.nodes;
    const [scaled, ...more] = others.filter(({ inputs }) => inputs[0] === negative?.output);
    expect(more).toEqual([]); // nothing else needs the gradient itself
    const square = others.find(({ op, inputs }) => op === "Mul" && inputs[0] === inputs[1]);
    expect(square?.inputs[0]).toBe(scaled?.output);
  });
});

it("updates small states at once that are updated alike, however their gradients are computed", () => {
  const graph = builder();
  const [a, b, c, g] = ["a", "b", "c", "g"].map((name) => graph.input(name, [2], "float32")) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const [decay, share] = [graph.scalar(0.9), graph.scalar(0.1)];
  const moment = (state: Value, gradient: Value): Value =>
    graph.node("Add", [graph.node("Mul", [state, decay], g), graph.node("Mul", [gradient, share], g)], g);
  const [abs, tripled] = [graph.node("Abs", [g], g), graph.node("Mul", [g, graph.scalar(3)], g)];
  const updates = [moment(a, abs), moment(b, tripled), graph.node("Neg", [g], g)];
  const { program, packs, alone } = packUpdates(graph.program(updates), [a, b, c]);
  expect(packs.map(({ members }) => members)).toEqual([[a, b]]);
  expect(alone).toEqual([c]); // its new value does not come from it
  const lines = printProgram(dropUnused(checkProgram(program, "the test"))).split("\n");
  expect(lines.filter((line) => line.includes("[4]") && line.includes("="))).toEqual([
    "packed0 = Mul(p0, c0) : float32[4]",
    "packed1 = Concat(v0, v1) {axis: 0} : float32[4]",
    "packed2 = Mul(packed1, c1) : float32[4]",
    "packed3 = Add(packed0, packed2) : float32[4]",
  ]);
});
