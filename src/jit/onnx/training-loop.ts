// A training step as the body of an ONNX `Loop`, so that one run takes many steps:
//
//   for i in 0 … trip:                       rows of this step, from `order` [steps, batch]
//     x0 = X[order[i]];  x1 = Y[order[i]]
//     r0 = R[i]                              the step's random numbers, its learning rate
//     s0, s1, … = step(x0, x1, s0, s1, …)    what the step assigns goes round the loop
//     losses[i] = …                          the rest of its outputs is collected
//
// Small states that are updated alike go round as one vector (graph/pack-updates.ts); before the loop they are put
// together, in the body taken apart where the step reads them, and afterwards taken apart for good.
//
// What the step reads but never assigns (frozen weights) the body takes from the graph around it.
import { integerList } from "../graph/integers.js";
import { type Pack, packUpdates } from "../graph/pack-updates.js";
import { type Constant, type Program, sizeOf, type Value } from "../graph/program.js";
import { dropUnused } from "../graph/simplify.js";
import { lowerToGraph } from "./lower.js";
import type { OnnxGraph, OnnxNode, ValueInfo } from "./protobuf.js";

export interface TrainingStep {
  /** Inputs: `batches` of them, then the state, and others. Outputs: the numbers to collect, then the new state. */
  readonly program: Program;
  /** How many of the inputs are rows of data. */
  readonly batches: number;
  /** The inputs that are states which the step assigns; in the order of the outputs. */
  readonly carried: readonly Value[];
  /** The inputs that each step takes from a list of its own: random numbers, the learning rate. */
  readonly listed: readonly Value[];
}

/** Names of the loop's inputs and outputs. */
export const loopNames = {
  data: (at: number) => `data${at}`,
  order: "order",
  trip: "trip",
  condition: "condition",
  /** Of a state before and after; one that is not assigned has its name in the program. */
  before: (name: string) => `${name}_before`,
  after: (name: string) => `${name}_after`,
  /** Of an input with one value for each step. */
  each: (name: string) => `${name}_each`,
  collected: (at: number) => `collected${at}`,
} as const;

export function trainingLoop(step: TrainingStep): OnnxGraph {
  const { program, batches, carried, listed } = step;
  const { before, after, collected, data, each, order, trip, condition } = loopNames;
  const { program: packed, packs, alone } = packUpdates(program, carried);
  const body = dropUnused(packed);
  const states = [...alone, ...packs.map(({ value }) => value)];
  const results = program.outputs.slice(0, program.outputs.length - carried.length);
  const rows = program.inputs[0]?.shape[0] as number;
  const assigned = new Set(carried);
  const frozen = program.inputs.filter(
    (value, at) => at >= batches && !assigned.has(value) && !listed.includes(value),
  );
  const inputs: ValueInfo[] = [
    ...program.inputs.slice(0, batches).map(({ dtype, shape }, at) => ({
      ...{ name: data(at), dtype, shape: ["rows", ...shape.slice(1)] },
    })),
    { name: order, dtype: "int32", shape: ["steps", rows] },
    { name: trip, dtype: "int64", shape: [] },
    { name: condition, dtype: "bool", shape: [] },
    ...frozen,
    ...listed.map((value) => ({ ...value, name: each(value.name), shape: ["steps", ...value.shape] })),
    ...carried.map((value) => ({ ...value, name: before(value.name) })),
  ];
  const collections: ValueInfo[] = results.map(({ dtype, shape }, at) => ({
    ...{ name: collected(at), dtype, shape: ["steps", ...shape] },
  }));
  const outputs = [...carried.map((value) => ({ ...value, name: after(value.name) })), ...collections];
  const names = (name: (of: string) => string) => states.map((value) => name(value.name));
  const loop: OnnxNode = {
    ...{ op: "Loop", name: "training" },
    attributes: { body: bodyOf(step, body, { states, packs }) },
    inputs: [trip, condition, ...names(before)],
    outputs: [...names(after), ...collections.map(({ name }) => name)],
  };
  const [packing, unpacking] = [
    packs.map((pack) => together(pack, before)),
    packs.map((pack) => unpacked(pack, after)),
  ];
  const constants = [...packing, ...unpacking].flatMap((part) => part.constants);
  const nodes = [...packing.flatMap((part) => part.nodes), loop, ...unpacking.flatMap((part) => part.nodes)];
  return { ...{ name: "training", inputs, outputs, nodes }, constants: distinct(constants) };
}

function bodyOf(
  { program, batches, listed, carried }: TrainingStep,
  packed: Program,
  { states, packs }: { states: readonly Value[]; packs: readonly Pack[] },
): OnnxGraph {
  const results = program.outputs.slice(0, program.outputs.length - carried.length);
  const outputNames = [...results.map((_, at) => `number${at}`), ...states.map(({ name }) => `${name}_next`)];
  const step = lowerToGraph(packed, { name: "step", outputNames });
  const scalar = { shape: [] } as const;
  const gathers = program.inputs
    .slice(0, batches)
    .map(({ name }, at) => gather(loopNames.data(at), "at", name));
  const used = new Set(
    [...packed.nodes.flatMap(({ inputs }) => inputs), ...packed.outputs].map(({ name }) => name),
  );
  const apart = packs
    .filter(({ members }) => members.some(({ name }) => used.has(name)))
    .map((pack) => unpacked(pack, (name) => name));
  return {
    name: "step",
    inputs: [{ name: "i", dtype: "int64", ...scalar }, { name: "go", dtype: "bool", ...scalar }, ...states],
    outputs: [
      { name: "go_on", dtype: "bool", ...scalar },
      ...step.outputs.slice(results.length),
      ...step.outputs.slice(0, results.length),
    ],
    constants: distinct([...step.constants, ...apart.flatMap(({ constants }) => constants)]),
    nodes: [
      gather(loopNames.order, "i", "at"),
      ...gathers,
      ...listed.map(({ name }) => gather(loopNames.each(name), "i", name)),
      ...apart.flatMap(({ nodes }) => nodes),
      ...step.nodes,
      { op: "Identity", name: "Identity_go_on", inputs: ["go"], outputs: ["go_on"], attributes: {} },
    ],
  };
}

interface Part {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly Constant[];
}

/** The members as one vector; `name` tells what they and the vector are called there. */
function together({ value, members }: Pack, name: (of: string) => string): Part {
  const constants: Constant[] = [];
  const nodes: OnnxNode[] = [];
  const inputs = members.map((member) => {
    if (member.shape.length === 1) return name(member.name);
    const flat = `${name(member.name)}_flat`;
    const shape = integerList("list", [-1]);
    constants.push(shape);
    nodes.push(plain("Reshape", [name(member.name), shape.value.name], [flat]));
    return flat;
  });
  nodes.push(plain("Concat", inputs, [name(value.name)], { axis: 0 }));
  return { nodes, constants };
}

/** The vector taken apart. */
function unpacked({ value, members }: Pack, name: (of: string) => string): Part {
  const sizes = integerList(
    "list",
    members.map(({ shape }) => sizeOf(shape)),
  );
  const constants: Constant[] = [sizes];
  const outputs = members.map(({ name: member, shape }) =>
    shape.length === 1 ? name(member) : `${name(member)}_part`,
  );
  const nodes = [plain("Split", [name(value.name), sizes.value.name], outputs, { axis: 0 })];
  for (const [at, { name: member, shape }] of members.entries()) {
    if (shape.length === 1) continue;
    const wanted = integerList("list", shape);
    constants.push(wanted);
    nodes.push(plain("Reshape", [outputs[at] as string, wanted.value.name], [name(member)]));
  }
  return { nodes, constants };
}

function plain(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: OnnxNode["attributes"] = {},
): OnnxNode {
  return { op, name: `${op}_${outputs[0]}`, inputs, outputs, attributes };
}

function distinct(constants: readonly Constant[]): Constant[] {
  return [...new Map(constants.map((constant) => [constant.value.name, constant])).values()];
}

function gather(data: string, indices: string, output: string): OnnxNode {
  return plain("Gather", [data, indices], [output], { axis: 0 });
}
