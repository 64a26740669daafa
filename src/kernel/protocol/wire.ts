// The Jupyter wire protocol 5.4 as frames: identities, delimiter, HMAC signature, four JSON parts, buffers.
// Pure functions over Buffers; sockets are somebody else's.
// Specification: jupyter-client, "Messaging in Jupyter", section "The Wire Protocol".
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { ProtocolError } from "../../core/errors.js";

/** The channels that a client sees (the heartbeat carries no messages). */
export type Channel = "shell" | "control" | "stdin" | "iopub";

export interface MessageHeader {
  msg_id: string;
  session: string;
  username: string;
  /** ISO 8601. */
  date: string;
  msg_type: string;
  version: string;
  /** JEP 91: the subshell that a request is meant for. */
  subshell_id?: string | null;
}

export interface Message {
  /** ROUTER identities (or the topic on iopub), before the delimiter. */
  identities: Buffer[];
  header: MessageHeader;
  parent_header: MessageHeader | Record<string, never>;
  metadata: Record<string, unknown>;
  content: Record<string, unknown>;
  buffers: Buffer[];
}

/** What a connection file holds. */
export interface ConnectionInfo {
  transport: "tcp" | "ipc";
  ip: string;
  shell_port: number;
  control_port: number;
  stdin_port: number;
  iopub_port: number;
  hb_port: number;
  /** HMAC key; empty means unsigned, which only a test should use. */
  key: string;
  signature_scheme: string;
  kernel_name?: string;
}

export const protocolVersion = "5.4";
const delimiter = Buffer.from("<IDS|MSG>");

/** A header with a fresh id and the present time. */
export function newHeader(msgType: string, session: string, username = "latent-lab"): MessageHeader {
  return {
    msg_id: randomUUID(),
    session,
    username,
    date: new Date().toISOString(),
    msg_type: msgType,
    version: protocolVersion,
  };
}

/** Hex HMAC of the four JSON parts, or "" without a key. @throws ProtocolError for an unknown scheme */
export function sign(parts: readonly Buffer[], key: string, scheme = "hmac-sha256"): string {
  if (key === "") return "";
  if (!/^hmac-[a-z0-9-]+$/.test(scheme)) {
    throw new ProtocolError(`sign: expected a scheme such as "hmac-sha256"; got ${JSON.stringify(scheme)}.`);
  }
  const hmac = hmacOf(scheme.slice("hmac-".length), key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

function hmacOf(digest: string, key: string): ReturnType<typeof createHmac> {
  try {
    return createHmac(digest, key);
  } catch (cause) {
    throw new ProtocolError(`sign: expected a digest that Node knows; got "${digest}". Use "hmac-sha256".`, {
      cause,
    });
  }
}

/** Frames of a message, ready to send. */
export function encode(message: Message, key: string, scheme?: string): Buffer[] {
  return [...message.identities, ...signFrames(partsOf(message), message.buffers, key, scheme)];
}

/** A message's parts as bytes. */
export function partsOf({
  header,
  parent_header,
  metadata,
  content,
}: Omit<Message, "identities" | "buffers">): MessageParts {
  return [header, parent_header, metadata, content].map((part) =>
    Buffer.from(JSON.stringify(part)),
  ) as MessageParts;
}

/** The four JSON parts of a message, as bytes. */
export type MessageParts = [header: Buffer, parentHeader: Buffer, metadata: Buffer, content: Buffer];

/** A message whose signature was checked, not parsed yet. */
export interface CheckedFrames {
  /** Names a message better than its id: clients of one session may count alike. */
  signature: string;
  identities: Buffer[];
  parts: MessageParts;
  buffers: Buffer[];
}

/**
 * Takes frames apart.
 * @throws ProtocolError if the delimiter or a part is missing, or the signature is wrong (compared in
 * constant time)
 */
export function checkFrames(frames: readonly Buffer[], key: string, scheme?: string): CheckedFrames {
  const at = frames.findIndex((frame) => frame.equals(delimiter));
  if (at < 0) throw new ProtocolError("message: expected the delimiter <IDS|MSG>; got none.");
  const [signature, ...rest] = frames.slice(at + 1);
  if (signature === undefined || rest.length < 4) {
    throw new ProtocolError(
      `message: expected a signature and 4 parts; got ${frames.length - at - 1} frames.`,
    );
  }
  const parts = rest.slice(0, 4) as MessageParts;
  const expected = Buffer.from(sign(parts, key, scheme));
  if (expected.length !== signature.length || !timingSafeEqual(expected, signature)) {
    throw new ProtocolError(
      "message: the signature is wrong. Check that both ends read one connection file.",
    );
  }
  const identities = frames.slice(0, at);
  return { signature: signature.toString("latin1"), identities, parts, buffers: rest.slice(4) };
}

/** Frames of parts that are bytes already, signed; identities go before them. */
export function signFrames(
  parts: MessageParts,
  buffers: readonly Buffer[],
  key: string,
  scheme?: string,
): Buffer[] {
  return [delimiter, Buffer.from(sign(parts, key, scheme)), ...parts, ...buffers];
}

/** The message in frames that were checked. @throws ProtocolError if a part is not a JSON object */
export function parseFrames({ identities, parts, buffers }: CheckedFrames): Message {
  return {
    identities,
    header: parseHeader(parts[0]),
    parent_header: parsePart(parts[1], "parent_header") as unknown as MessageHeader,
    metadata: parsePart(parts[2], "metadata"),
    content: parsePart(parts[3], "content"),
    buffers,
  };
}

/** @throws ProtocolError if it has no type or no id */
export function parseHeader(part: Buffer): MessageHeader {
  const header = parsePart(part, "header");
  if (typeof header.msg_type !== "string" || typeof header.msg_id !== "string") {
    throw new ProtocolError("message: expected a header with msg_type and msg_id.");
  }
  return header as unknown as MessageHeader;
}

/** @throws ProtocolError if it is not a JSON object */
export function parsePart(part: Buffer, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(part.toString("utf8"));
  } catch (error) {
    throw new ProtocolError(`message: the ${name} is not JSON.`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError(`message: expected the ${name} to be a JSON object.`);
  }
  return value as Record<string, unknown>;
}
