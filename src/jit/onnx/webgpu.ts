// What ONNX Runtime's WebGPU provider refuses or computes wrongly. Found by running some 3,300 of the 9,300 different nodes
// that our tests have, of each operator, on it and on the CPU (version 1.30, on Vulkan); `npm run test:webgpu` runs tests there.
import { integerList } from "../graph/integers.js";
import { bodyOf, type OnnxGraph, type OnnxNode } from "./protobuf.js";

/** The names of the nodes that the CPU must compute, or better does, also in the bodies of loops. */
export function onlyOnCpu({ nodes, inputs, constants }: OnnxGraph): string[] {
  const constant = new Set(constants.map(({ value }) => value.name));
  const inside = new Set([
    ...constant,
    ...inputs.map(({ name }) => name),
    ...nodes.flatMap(({ outputs }) => outputs),
  ]);
  return nodes.flatMap((node) => {
    const body = bodyOf(node);
    if (body) return onlyOnCpu(body);
    return isRefused(node, constant) || forgetsPadding(node) || picks(node, inside) ? [node.name] : [];
  });
}

/** Picks a step's rows from all data, so that they go to the device and not all data at each run. */
function picks({ op, inputs }: OnnxNode, inside: ReadonlySet<string>): boolean {
  return op === "Gather" && !inside.has(inputs[0] as string);
}

function isRefused({ op, inputs, outputs, attributes }: OnnxNode, constants: ReadonlySet<string>): boolean {
  const { kernel_shape: kernel, group = 1 } = attributes;
  const volumes = Array.isArray(kernel) && kernel.length === 3;
  switch (op) {
    case "MaxPool":
      return outputs.length > 1; // the places of the largest elements
    case "ConvTranspose":
      return volumes;
    case "Conv":
      return volumes && group !== 1;
    case "Pow":
      return !constants.has(inputs[1] as string); // where both operands are spread out
    default:
      return false;
  }
}

/** Filters of a single pixel are a matrix product to it. */
function forgetsPadding({ op, attributes: { kernel_shape: kernel, pads } }: OnnxNode): boolean {
  if (op !== "Conv" || !Array.isArray(kernel) || !Array.isArray(pads)) return false;
  return kernel.every((size) => size === 1) && pads.some((size) => size !== 0);
}

/** WebGPU promises a shader eight tensors: one that is taken apart, and its parts. */
const mostParts = 7;

/** Splits into many parts become splits of splits, also in the bodies of loops. */
export function narrowSplits(graph: OnnxGraph): OnnxGraph {
  const constants = new Map(graph.constants.map((constant) => [constant.value.name, constant]));
  const sizesOf = (name: string): number[] => Array.from(constants.get(name)?.data as BigInt64Array, Number);
  const listed = (sizes: readonly number[]): string => {
    const list = integerList("parts", sizes);
    constants.set(list.value.name, list);
    return list.value.name;
  };
  const narrowed = (node: OnnxNode): OnnxNode[] => {
    const { outputs } = node;
    if (outputs.length <= mostParts) return [node];
    const [whole, sizesName] = node.inputs as [string, string];
    const each = Math.ceil(outputs.length / mostParts);
    const sizes = groupsOf(sizesOf(sizesName), each);
    const parts = groupsOf(outputs, each).map((part, at) => ({
      ...{ name: part.length === 1 ? (part[0] as string) : `${part[0]}_to_${part.at(-1)}`, outputs: part },
      sizes: sizes[at] as number[],
    }));
    const totals = sizes.map((part) => part.reduce((sum, size) => sum + size));
    const outer = { ...node, inputs: [whole, listed(totals)], outputs: parts.map(({ name }) => name) };
    const inner = parts
      .filter((part) => part.outputs.length > 1)
      .map((part) => ({
        ...{ ...node, name: `Split_${part.name}`, outputs: part.outputs },
        inputs: [part.name, listed(part.sizes)],
      }));
    return [outer, ...inner.flatMap(narrowed)];
  };
  const nodes = graph.nodes.flatMap((node) => {
    const body = bodyOf(node);
    if (body) return { ...node, attributes: { ...node.attributes, body: narrowSplits(body) } };
    return node.op === "Split" ? narrowed(node) : node;
  });
  return { ...graph, nodes, constants: [...constants.values()] };
}

function groupsOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.slice(at * size, (at + 1) * size),
  );
}
