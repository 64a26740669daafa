// A message from a kernel that keeps the bytes it came in. The server passes most messages on to a browser as
// they are, so the content (it may be megabytes) is parsed only when somebody reads it.
import { timingSafeEqual } from "node:crypto";
import { ProtocolError } from "../../core/errors.js";
import { type Message, type MessageHeader, sign } from "../protocol/wire.js";

/** The four JSON parts of a message, as bytes. */
export type MessageParts = [header: Buffer, parentHeader: Buffer, metadata: Buffer, content: Buffer];

const delimiter = Buffer.from("<IDS|MSG>");

/** A message whose signature was checked; its metadata and content are parsed when first read. */
export class KernelMessage implements Message {
  readonly header: MessageHeader;
  readonly parent_header: MessageHeader | Record<string, never>;
  private parsedMetadata: Record<string, unknown> | undefined;
  private parsedContent: Record<string, unknown> | undefined;

  constructor(
    readonly identities: Buffer[],
    readonly parts: MessageParts,
    readonly buffers: Buffer[],
  ) {
    this.header = parseObject(parts[0], "header") as unknown as MessageHeader;
    if (typeof this.header.msg_type !== "string" || typeof this.header.msg_id !== "string") {
      throw new ProtocolError("KernelMessage: expected a header with msg_type and msg_id.");
    }
    this.parent_header = parseObject(parts[1], "parent_header") as unknown as MessageHeader;
  }

  get metadata(): Record<string, unknown> {
    this.parsedMetadata ??= parseObject(this.parts[2], "metadata");
    return this.parsedMetadata;
  }

  get content(): Record<string, unknown> {
    this.parsedContent ??= parseObject(this.parts[3], "content");
    return this.parsedContent;
  }

  /** Bytes of all parts and buffers. */
  get size(): number {
    return [...this.parts, ...this.buffers].reduce((bytes, part) => bytes + part.length, 0);
  }
}

/**
 * The message in some frames from a kernel.
 * @throws ProtocolError if the delimiter or a part is missing or the signature (compared in constant time) is wrong
 */
export function readFrames(frames: readonly Buffer[], key: string, scheme?: string): KernelMessage {
  const at = frames.findIndex((frame) => frame.equals(delimiter));
  const [signature, ...rest] = frames.slice(at + 1);
  if (at < 0 || signature === undefined || rest.length < 4) {
    throw new ProtocolError(
      `readFrames: expected a delimiter, a signature and 4 parts; got ${frames.length} frames.`,
    );
  }
  const parts = rest.slice(0, 4) as MessageParts;
  const expected = Buffer.from(sign(parts, key, scheme));
  if (expected.length !== signature.length || !timingSafeEqual(expected, signature)) {
    throw new ProtocolError(
      "readFrames: the signature is wrong. Check that both ends read one connection file.",
    );
  }
  return new KernelMessage(frames.slice(0, at), parts, rest.slice(4));
}

/** Frames of a message whose parts are bytes already, signed. */
export function writeFrames(
  parts: MessageParts,
  buffers: readonly Buffer[],
  key: string,
  scheme?: string,
): Buffer[] {
  return [delimiter, Buffer.from(sign(parts, key, scheme)), ...parts, ...buffers];
}

/** A message's parts as bytes. */
export function partsOf(
  message: Pick<Message, "header" | "parent_header" | "metadata" | "content">,
): MessageParts {
  const { header, parent_header, metadata, content } = message;
  return [header, parent_header, metadata, content].map((part) =>
    Buffer.from(JSON.stringify(part)),
  ) as MessageParts;
}

function parseObject(part: Buffer, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(part.toString("utf8"));
  } catch (error) {
    throw new ProtocolError(`KernelMessage: the ${name} is not JSON.`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError(`KernelMessage: expected the ${name} to be a JSON object.`);
  }
  return value as Record<string, unknown>;
}
