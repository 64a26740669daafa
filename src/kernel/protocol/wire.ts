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
  const hmac = createHmac(scheme.slice("hmac-".length), key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/** Frames of a message, ready to send. */
export function encode(message: Message, key: string, scheme?: string): Buffer[] {
  const parts = [message.header, message.parent_header, message.metadata, message.content].map((part) =>
    Buffer.from(JSON.stringify(part)),
  );
  const signature = Buffer.from(sign(parts, key, scheme));
  return [...message.identities, delimiter, signature, ...parts, ...message.buffers];
}

/**
 * The message in some frames.
 * @throws ProtocolError if the delimiter or a part is missing, the signature is wrong (compared in constant
 * time), or a part is not a JSON object
 */
export function decode(frames: readonly Buffer[], key: string, scheme?: string): Message {
  const at = frames.findIndex((frame) => frame.equals(delimiter));
  if (at < 0) throw new ProtocolError("decode: expected the delimiter <IDS|MSG>; got none.");
  const signature = frames[at + 1];
  const parts = frames.slice(at + 2, at + 6);
  if (signature === undefined || parts.length < 4) {
    throw new ProtocolError(
      `decode: expected a signature and 4 parts; got ${frames.length - at - 1} frames.`,
    );
  }
  const expected = Buffer.from(sign(parts, key, scheme));
  if (expected.length !== signature.length || !timingSafeEqual(expected, signature)) {
    throw new ProtocolError("decode: the signature is wrong. Check that both ends read one connection file.");
  }
  const [header, parent, metadata, content] = parts.map(parseObject);
  if (typeof header?.msg_type !== "string" || typeof header.msg_id !== "string") {
    throw new ProtocolError("decode: expected a header with msg_type and msg_id.");
  }
  return {
    identities: frames.slice(0, at),
    header: header as unknown as MessageHeader,
    parent_header: (parent ?? {}) as unknown as MessageHeader,
    metadata: metadata ?? {},
    content: content ?? {},
    buffers: frames.slice(at + 6),
  };
}

/** The signature in some frames, which names a message better than its id: clients of one session may count alike. */
export function signatureOf(frames: readonly Buffer[]): string {
  return frames[frames.findIndex((frame) => frame.equals(delimiter)) + 1]?.toString("latin1") ?? "";
}

function parseObject(part: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(part.toString("utf8"));
  } catch (error) {
    throw new ProtocolError("decode: a part is not JSON.", { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("decode: expected each part to be a JSON object.");
  }
  return value as Record<string, unknown>;
}
