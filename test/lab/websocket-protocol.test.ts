// Kernel messages on a WebSocket: what is encoded is decoded again, and broken frames are refused.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../src/core/errors.js";
import {
  decodeDefault,
  decodeV1,
  encodeDefault,
  encodeV1,
} from "../../src/lab/server/kernels/websocket-protocol.js";

const json = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => Buffer.from(JSON.stringify(value)));
const message = fc.record({
  channel: fc.constantFrom("shell" as const, "control" as const, "stdin" as const),
  parts: fc.tuple(json, json, json, json),
  buffers: fc.array(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    { maxLength: 3 },
  ),
});

describe("the WebSocket protocols", () => {
  it("v1 passes every byte", () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(decodeV1(encodeV1(sent))).toEqual(sent);
      }),
    );
  });

  it("default passes every value, and buffers byte for byte", () => {
    fc.assert(
      fc.property(message, (sent) => {
        const encoded = encodeDefault(sent);
        const received = decodeDefault(Buffer.from(encoded), typeof encoded !== "string");
        const values = (parts: readonly Buffer[]) => parts.map((part) => JSON.parse(part.toString()));
        expect(values(received.parts)).toEqual(values(sent.parts));
        expect(received.buffers).toEqual(sent.buffers);
        expect(received.channel).toBe(sent.channel);
      }),
    );
  });

  it("refuse frames that are cut or mean nothing, with a ProtocolError and without allocating", () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.uint8Array({ maxLength: 64 }), (sent, cut, noise) => {
        const whole = encodeV1(sent);
        const part = whole.subarray(0, cut % whole.length);
        expect(() => decodeV1(part)).toThrow(ProtocolError);
        for (const frame of [part, Buffer.from(noise)]) {
          for (const decode of [() => decodeV1(frame), () => decodeDefault(frame, true)]) {
            try {
              decode();
            } catch (error) {
              expect(error).toBeInstanceOf(ProtocolError);
            }
          }
        }
      }),
    );
  });
});
