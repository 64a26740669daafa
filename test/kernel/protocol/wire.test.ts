import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../../src/core/errors.js";
import {
  checkFrames,
  encode,
  type Message,
  newHeader,
  parseFrames,
  sign,
} from "../../../src/kernel/protocol/wire.js";

const decode = (frames: Buffer[], key: string): Message => parseFrames(checkFrames(frames, key));

const message = (content: Record<string, unknown>, buffers: Buffer[] = []): Message => ({
  identities: [Buffer.from([1, 2])],
  header: newHeader("execute_request", "session"),
  parent_header: {},
  metadata: {},
  content,
  buffers,
});

describe("frames", () => {
  it("come back as they were sent, whatever the content and the buffers", () => {
    const json = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue());
    const buffers = fc.array(fc.uint8Array().map((bytes) => Buffer.from(bytes)));
    fc.assert(
      fc.property(json, buffers, (content, binary) => {
        const sent = message(JSON.parse(JSON.stringify(content)), binary);
        expect(decode(encode(sent, "key"), "key")).toEqual(sent);
      }),
    );
  });

  it("signed with another key are refused", () => {
    expect(() => decode(encode(message({}), "key"), "other")).toThrow(ProtocolError);
  });

  it("any changed bit is refused", () => {
    const frames = encode(message({ code: "1" }), "key");
    for (let part = 2; part < 7; part++) {
      const changed = frames.map((frame) => Buffer.from(frame));
      const victim = changed[part] as Buffer;
      victim[0] = (victim[0] ?? 0) ^ 1;
      expect(() => decode(changed, "key")).toThrow(ProtocolError);
    }
  });

  it("the signature is the HMAC of RFC 4231, test case 2", () => {
    expect(sign([Buffer.from("what do ya want "), Buffer.from("for nothing?")], "Jefe")).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
  });

  it("an unknown scheme is named", () => {
    expect(() => sign([], "key", "rot13")).toThrow(/hmac-sha256/);
    expect(() => sign([], "key", "hmac-nonsense")).toThrow(ProtocolError);
  });
});
