// A graph as an engine gets it: a file, and what the engine has to know about it.
import type { DeviceName, Executable } from "../session/engine.js";
import { bodyOf, encodeModel, type OnnxGraph } from "./protobuf.js";
import { narrowSplits, onlyOnCpu } from "./webgpu.js";

export function executable(graph: OnnxGraph, device: DeviceName): Executable {
  const nodes = nodesOf(graph);
  if (device !== "webgpu") return { file: encodeModel(graph), nodes, onCpu: [] };
  return { file: encodeModel(narrowSplits(graph)), nodes, onCpu: onlyOnCpu(graph) };
}

function nodesOf({ nodes }: OnnxGraph): number {
  const bodies = nodes.map(bodyOf).filter((body) => body !== undefined);
  return bodies.reduce((sum, body) => sum + nodesOf(body), nodes.length);
}
