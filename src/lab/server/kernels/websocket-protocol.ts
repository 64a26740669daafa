// Kernel messages on a WebSocket, in both of Jupyter's ways: `v1.kernel.websocket.jupyter.org`, whose parts are
// the very bytes of the wire protocol and pass through unparsed, and the default one (JSON, with buffers behind
// a table of offsets). Specification: jupyter-server, "WebSocket kernel wire protocols".
import { ProtocolError } from "../../../core/errors.js";
import {
  type KernelMessage,
  type MessageParts,
  newHeader,
  partsOf,
  type RequestChannel,
} from "../../../kernel/manager/index.js";
import type { Channel } from "../../../kernel/protocol/wire.js";

export const v1Protocol = "v1.kernel.websocket.jupyter.org";

/** A message with its parts as bytes. */
export interface PackedMessage {
  channel: Channel;
  parts: MessageParts;
  buffers: readonly Buffer[];
}

/** What a client may send. */
export interface ClientMessage extends PackedMessage {
  channel: RequestChannel;
}

/** A kernel's message as it is sent on. */
export function packed(channel: Channel, { parts, buffers }: KernelMessage): PackedMessage {
  return { channel, parts, buffers };
}

/** What the server itself says to a session on iopub. */
export function ownMessage(type: string, session: string, content: Record<string, unknown>): PackedMessage {
  const parts = partsOf({ header: newHeader(type, session), parent_header: {}, metadata: {}, content });
  return { channel: "iopub", parts, buffers: [] };
}

/** A frame of the v1 protocol: little-endian 64-bit offsets, then channel, four JSON parts, buffers. */
export function encodeV1({ channel, parts, buffers }: PackedMessage): Buffer {
  const pieces = [Buffer.from(channel), ...parts, ...buffers];
  const table = Buffer.alloc(8 * (pieces.length + 2));
  table.writeBigUInt64LE(BigInt(pieces.length + 1), 0);
  let offset = table.length;
  for (const [index, piece] of pieces.entries()) {
    table.writeBigUInt64LE(BigInt(offset), 8 * (index + 1));
    offset += piece.length;
  }
  table.writeBigUInt64LE(BigInt(offset), 8 * (pieces.length + 1));
  return Buffer.concat([table, ...pieces], offset);
}

/** @throws ProtocolError if offsets, channel or number of parts make no sense */
export function decodeV1(frame: Buffer): ClientMessage {
  const count = Number(readCount(frame, 8, () => frame.readBigUInt64LE(0)));
  const offsets = Array.from({ length: count }, (_, index) => Number(frame.readBigUInt64LE(8 * (index + 1))));
  const pieces = slices(frame, offsets);
  const [channel, header, parent, metadata, content, ...buffers] = pieces;
  if (!channel || !header || !parent || !metadata || !content) {
    throw new ProtocolError(`decodeV1: expected a channel and 4 parts; got ${pieces.length} pieces.`);
  }
  return { channel: requestChannel(channel.toString()), parts: [header, parent, metadata, content], buffers };
}

/** The default protocol: text without buffers, else big-endian 32-bit offsets, JSON, buffers. */
export function encodeDefault({ channel, parts, buffers }: PackedMessage): string | Buffer {
  const [header, parent, metadata, content] = parts;
  const json = `{"channel":${JSON.stringify(channel)},"header":${header},"parent_header":${parent},"metadata":${metadata},"content":${content},"buffers":[]}`;
  if (buffers.length === 0) return json;
  const pieces = [Buffer.from(json), ...buffers];
  const table = Buffer.alloc(4 * (pieces.length + 1));
  table.writeUInt32BE(pieces.length, 0);
  let offset = table.length;
  for (const [index, piece] of pieces.entries()) {
    table.writeUInt32BE(offset, 4 * (index + 1));
    offset += piece.length;
  }
  return Buffer.concat([table, ...pieces], offset);
}

/** @throws ProtocolError if it is no message */
export function decodeDefault(frame: Buffer, isBinary: boolean): ClientMessage {
  if (!isBinary) return fromJson(frame, []);
  const count = readCount(frame, 4, () => frame.readUInt32BE(0));
  const offsets = Array.from({ length: Number(count) }, (_, index) => frame.readUInt32BE(4 * (index + 1)));
  const [json, ...buffers] = slices(frame, [...offsets, frame.length]);
  if (json === undefined) throw new ProtocolError("decodeDefault: expected a JSON part; got none.");
  return fromJson(json, buffers);
}

function fromJson(json: Buffer, buffers: Buffer[]): ClientMessage {
  let message: Record<string, unknown> | null;
  try {
    message = JSON.parse(json.toString("utf8"));
  } catch (error) {
    throw new ProtocolError("decodeDefault: the message is not JSON.", { cause: error });
  }
  if (typeof message !== "object" || message === null)
    throw new ProtocolError("decodeDefault: expected an object.");
  const part = (name: string) => Buffer.from(JSON.stringify(message[name] ?? {}));
  const parts: MessageParts = [part("header"), part("parent_header"), part("metadata"), part("content")];
  return { channel: requestChannel(message.channel ?? "shell"), parts, buffers };
}

/** The number of offsets, which must fit into the frame: a wrong one must not make us allocate. */
function readCount(frame: Buffer, width: number, read: () => number | bigint): number | bigint {
  const count = frame.length < width ? -1 : read();
  if (count >= 1 && BigInt(count) * BigInt(width) + BigInt(width) <= BigInt(frame.length)) return count;
  throw new ProtocolError(`websocket: expected a table of offsets; got ${frame.length} bytes.`);
}

function slices(frame: Buffer, offsets: readonly number[]): Buffer[] {
  return offsets.slice(0, -1).map((start, index) => {
    const end = offsets[index + 1] ?? frame.length;
    if (start <= end && end <= frame.length) return frame.subarray(start, end);
    throw new ProtocolError("websocket: an offset lies outside the frame.");
  });
}

function requestChannel(name: unknown): RequestChannel {
  if (name === "shell" || name === "control" || name === "stdin") return name;
  throw new ProtocolError(
    `websocket: expected the channel shell, control or stdin; got ${JSON.stringify(name)}.`,
  );
}
