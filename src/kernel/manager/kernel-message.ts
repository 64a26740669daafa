// A message from a kernel that keeps the bytes it came in. The server passes most messages on to a browser as
// they are, so the content (it may be megabytes) is parsed only when somebody reads it.
import {
  type CheckedFrames,
  type Message,
  type MessageHeader,
  type MessageParts,
  parseHeader,
  parsePart,
} from "../protocol/wire.js";

/** A message whose signature was checked; its metadata and content are parsed when first read. */
export class KernelMessage implements Message {
  readonly identities: Buffer[];
  readonly parts: MessageParts;
  readonly buffers: Buffer[];
  readonly header: MessageHeader;
  readonly parent_header: MessageHeader | Record<string, never>;
  private parsedMetadata: Record<string, unknown> | undefined;
  private parsedContent: Record<string, unknown> | undefined;

  /** @throws ProtocolError if a header cannot be read */
  constructor({ identities, parts, buffers }: Omit<CheckedFrames, "signature">) {
    this.identities = identities;
    this.parts = parts;
    this.buffers = buffers;
    this.header = parseHeader(parts[0]);
    this.parent_header = parsePart(parts[1], "parent_header") as unknown as MessageHeader;
  }

  get metadata(): Record<string, unknown> {
    this.parsedMetadata ??= parsePart(this.parts[2], "metadata");
    return this.parsedMetadata;
  }

  get content(): Record<string, unknown> {
    this.parsedContent ??= parsePart(this.parts[3], "content");
    return this.parsedContent;
  }

  /** Bytes of all parts and buffers. */
  get size(): number {
    return [...this.parts, ...this.buffers].reduce((bytes, part) => bytes + part.length, 0);
  }
}
