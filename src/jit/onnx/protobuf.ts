// ONNX's messages on the wire: the dozen fields of onnx.proto3 that we use, by their numbers there, over protobufjs's
// writer, which knows varints and lengths. A generated library for all of ONNX would be 100 times this file.
// https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto3
import protobuf from "protobufjs/minimal.js";
import { bytesOf } from "../graph/builder.js";
import type { Attribute, Constant, DType } from "../graph/program.js";

type Message = protobuf.Writer;

/** A tensor's name and type; sizes that are known only at run time have a name. */
export interface ValueInfo {
  name: string;
  dtype: DType;
  shape: readonly (number | string)[];
}

export interface OnnxNode {
  op: string;
  name: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, Attribute | OnnxGraph>>;
}

/** A graph; as an attribute, the body of a `Loop`. */
export interface OnnxGraph {
  name: string;
  inputs: readonly ValueInfo[];
  outputs: readonly ValueInfo[];
  constants: readonly Constant[];
  nodes: readonly OnnxNode[];
}

/** The body of a `Loop`. */
export function bodyOf({ attributes: { body } }: OnnxNode): OnnxGraph | undefined {
  return typeof body === "object" && "nodes" in body ? body : undefined;
}

/** TensorProto.DataType */
const dataType: Readonly<Record<DType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };
/** AttributeProto.AttributeType */
const attributeType = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;

/** A whole file: IR version 8, opset 17. */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const opset = message((to) => to.uint32(varint(2)).int64(17));
  return message((to) => {
    to.uint32(varint(1)).int64(8);
    text(to, 2, "latent-lab");
    bytes(to, 7, encodeGraph(graph));
    bytes(to, 8, opset);
  });
}

function encodeGraph({ name, inputs, outputs, constants, nodes }: OnnxGraph): Uint8Array {
  return message((to) => {
    for (const node of nodes) bytes(to, 1, encodeNode(node));
    text(to, 2, name);
    for (const constant of constants) bytes(to, 5, encodeConstant(constant));
    for (const info of inputs) bytes(to, 11, encodeValueInfo(info));
    for (const info of outputs) bytes(to, 12, encodeValueInfo(info));
  });
}

function encodeNode({ op, name, inputs, outputs, attributes }: OnnxNode): Uint8Array {
  return message((to) => {
    for (const input of inputs) text(to, 1, input);
    for (const output of outputs) text(to, 2, output);
    text(to, 3, name);
    text(to, 4, op);
    for (const [key, value] of Object.entries(attributes)) bytes(to, 5, encodeAttribute(key, value));
  });
}

function encodeAttribute(name: string, value: Attribute | OnnxGraph): Uint8Array {
  return message((to) => {
    text(to, 1, name);
    let type: number = attributeType.int;
    if (typeof value === "number") to.uint32(varint(3)).int64(value);
    else if (typeof value === "string") {
      text(to, 4, value);
      type = attributeType.string;
    } else if ("float" in value) {
      to.uint32((2 << 3) | 5).float(value.float);
      type = attributeType.float;
    } else if ("nodes" in value) {
      bytes(to, 6, encodeGraph(value));
      type = attributeType.graph;
    } else {
      for (const integer of value) to.uint32(varint(8)).int64(integer);
      type = attributeType.ints;
    }
    to.uint32(varint(20)).int32(type);
  });
}

function encodeConstant({ value, data }: Constant): Uint8Array {
  return message((to) => {
    for (const size of value.shape) to.uint32(varint(1)).int64(size);
    to.uint32(varint(2)).int32(dataType[value.dtype]);
    text(to, 8, value.name);
    bytes(to, 9, bytesOf(data)); // little endian, as every processor that Node runs on
  });
}

function encodeValueInfo({ name, dtype, shape }: ValueInfo): Uint8Array {
  const dimensions = message((to) => {
    for (const size of shape)
      bytes(
        to,
        1,
        message((at) => {
          if (typeof size === "number") at.uint32(varint(1)).int64(size);
          else text(at, 2, size);
        }),
      );
  });
  const tensorType = message((to) => {
    to.uint32(varint(1)).int32(dataType[dtype]);
    bytes(to, 2, dimensions);
  });
  return message((to) => {
    text(to, 1, name);
    bytes(
      to,
      2,
      message((at) => bytes(at, 1, tensorType)),
    );
  });
}

function message(write: (to: Message) => void): Uint8Array {
  const to = protobuf.Writer.create();
  write(to);
  return to.finish();
}

/** The tag of a field that holds a number: its number and wire type 0. */
function varint(field: number): number {
  return field << 3;
}

function text(to: Message, field: number, value: string): void {
  to.uint32((field << 3) | 2).string(value);
}

function bytes(to: Message, field: number, value: Uint8Array): void {
  to.uint32((field << 3) | 2).bytes(value);
}
