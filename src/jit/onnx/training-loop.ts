// A training step as the body of an ONNX `Loop`, so that one run takes many steps:
//
//   for i in 0 … trip:                       rows of this step, from `order` [steps, batch]
//     x0 = X[order[i]];  x1 = Y[order[i]]
//     r0 = R[i]                              the step's random numbers
//     s0, s1, … = step(x0, x1, s0, s1, …)    what the step assigns goes round the loop
//     losses[i] = …                          the rest of its outputs is collected
//
// What the step reads but never assigns (frozen weights) the body takes from the graph around it.
import type { Draw, Program, Value } from "../graph/program.js";
import { lowerToGraph } from "./lower.js";
import { encodeModel, type OnnxGraph, type OnnxNode, type ValueInfo } from "./protobuf.js";

export interface TrainingStep {
  /** Inputs: `batches` of them, then the state, and others. Outputs: the numbers to collect, then the new state. */
  readonly program: Program;
  /** How many of the inputs are rows of data. */
  readonly batches: number;
  /** For each state that is assigned, its position among the program's inputs; in the order of the outputs. */
  readonly carried: readonly number[];
  /** The inputs that each step takes from a list of its own. */
  readonly draws: readonly Draw[];
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

export function lowerTrainingLoop(step: TrainingStep): Uint8Array {
  const { program, batches, carried, draws } = step;
  const { before, after, collected, data, each, order, trip, condition } = loopNames;
  const states = carried.map((at) => program.inputs[at] as Value);
  const numbers = program.outputs.slice(0, program.outputs.length - states.length);
  const rows = program.inputs[0]?.shape[0] as number;
  const drawn = new Set(draws.map(({ value }) => value.name));
  const frozen = program.inputs.filter(
    ({ name }, at) => at >= batches && !carried.includes(at) && !drawn.has(name),
  );
  const inputs: ValueInfo[] = [
    ...program.inputs.slice(0, batches).map(({ dtype, shape }, at) => ({
      ...{ name: data(at), dtype, shape: ["rows", ...shape.slice(1)] },
    })),
    { name: order, dtype: "int32", shape: ["steps", rows] },
    { name: trip, dtype: "int64", shape: [] },
    { name: condition, dtype: "bool", shape: [] },
    ...frozen,
    ...draws.map(({ value }) => ({ ...value, name: each(value.name), shape: ["steps", ...value.shape] })),
    ...states.map((value) => ({ ...value, name: before(value.name) })),
  ];
  const outputs: ValueInfo[] = [
    ...states.map((value) => ({ ...value, name: after(value.name) })),
    ...numbers.map(({ dtype, shape }, at) => ({ name: collected(at), dtype, shape: ["steps", ...shape] })),
  ];
  const loop: OnnxNode = {
    ...{ op: "Loop", name: "training", attributes: { body: body(step, states, numbers) } },
    inputs: [trip, condition, ...states.map(({ name }) => before(name))],
    outputs: outputs.map(({ name }) => name),
  };
  return encodeModel({ name: "training", inputs, outputs, constants: [], nodes: [loop] });
}

function body(
  { program, batches, draws }: TrainingStep,
  states: readonly Value[],
  numbers: readonly Value[],
): OnnxGraph {
  const outputNames = [...numbers.map((_, at) => `number${at}`), ...states.map(({ name }) => `${name}_next`)];
  const step = lowerToGraph(program, { name: "step", outputNames });
  const collected = step.outputs.slice(0, numbers.length);
  const scalar = { shape: [] } as const;
  const gathers = program.inputs
    .slice(0, batches)
    .map(({ name }, at) => gather(loopNames.data(at), "at", name));
  return {
    name: "step",
    inputs: [{ name: "i", dtype: "int64", ...scalar }, { name: "go", dtype: "bool", ...scalar }, ...states],
    outputs: [
      { name: "go_on", dtype: "bool", ...scalar },
      ...step.outputs.slice(numbers.length),
      ...collected,
    ],
    constants: step.constants,
    nodes: [
      gather(loopNames.order, "i", "at"),
      ...gathers,
      ...draws.map(({ value: { name } }) => gather(loopNames.each(name), "i", name)),
      ...step.nodes,
      { op: "Identity", name: "Identity_go_on", inputs: ["go"], outputs: ["go_on"], attributes: {} },
    ],
  };
}

function gather(data: string, indices: string, output: string): OnnxNode {
  return {
    op: "Gather",
    name: `Gather_${output}`,
    inputs: [data, indices],
    outputs: [output],
    attributes: { axis: 0 },
  };
}
