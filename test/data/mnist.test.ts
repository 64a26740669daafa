// IDX files made here, and a server of our own that fails midway, serves something else, or is not there: MNIST itself
// is never fetched by a test.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DatasetError, UsageError } from "../../src/core/errors.js";
import { cached, type RemoteFile } from "../../src/data/download.js";
import { download, readIdx } from "../../src/data/index.js";
import { imagesOfFiles } from "../../src/data/mnist.js";

function idx(type: number, shape: readonly number[], body: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, type, shape.length]);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, body]);
}

const pictures = (rows: number) =>
  idx(
    8,
    [rows, 2, 3],
    Uint8Array.from({ length: rows * 6 }, (_, at) => at * 5),
  );
const classes = (rows: number) =>
  idx(
    8,
    [rows],
    Uint8Array.from({ length: rows }, (_, at) => at % 3),
  );

describe("readIdx", () => {
  it("reads shape and numbers, plain and compressed", () => {
    for (const bytes of [pictures(4), gzipSync(pictures(4))]) {
      const { shape, data } = readIdx(bytes);
      expect([shape, data[23]]).toEqual([[4, 2, 3], 115]);
    }
  });

  it("reads every type, most significant byte first", () => {
    const float = Buffer.alloc(8);
    float.writeFloatBE(1.5, 0);
    float.writeFloatBE(-2, 4);
    expect([...readIdx(idx(13, [2], float)).data]).toEqual([1.5, -2]);
    expect([...readIdx(idx(11, [2], Uint8Array.of(1, 0, 255, 255))).data]).toEqual([256, -1]);
    expect([...readIdx(idx(12, [1], Uint8Array.of(0, 1, 0, 0))).data]).toEqual([65536]);
    expect([...readIdx(idx(9, [1], Uint8Array.of(255))).data]).toEqual([-1]);
    const double = Buffer.alloc(8);
    double.writeDoubleBE(Math.PI);
    expect([...readIdx(idx(14, [1], double)).data]).toEqual([Math.PI]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["nothing", Buffer.alloc(0), /got nothing/],
    ["a web page", Buffer.from("<html>"), /00 00.*got 3c 68 74 6d/],
    ["an unknown type", Uint8Array.of(0, 0, 7, 1), /got 00 00 07 01/],
    ["half a header", pictures(4).subarray(0, 9), /header of 16 bytes; got 9/],
    ["too few bytes", pictures(4).subarray(0, 30), /expected 40 bytes.*\[4,2,3\]; got 30.*cut short/],
    ["too many bytes", Buffer.concat([pictures(4), Buffer.of(0)]), /bytes too many/],
    ["half a gzip file", gzipSync(pictures(4)).subarray(0, 20), /whole gzip/],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readIdx(bytes)).toThrow(message);
    expect(() => readIdx(bytes)).toThrow(DatasetError);
  });
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "latent-lab-mnist-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a set of four files", () => {
  const source = {
    about: { licence: "", source: "", citation: "" },
    classNames: ["a", "b", "c"],
    of: "small",
  };
  const put = (train: number, test: number, labels = train) => {
    writeFileSync(join(folder, "train-images-idx3-ubyte.gz"), gzipSync(pictures(train)));
    writeFileSync(join(folder, "train-labels-idx1-ubyte.gz"), gzipSync(classes(labels)));
    writeFileSync(join(folder, "t10k-images-idx3-ubyte.gz"), gzipSync(pictures(test)));
    writeFileSync(join(folder, "t10k-labels-idx1-ubyte.gz"), gzipSync(classes(test)));
  };

  it("becomes pictures in [0, 1] with the files' own split", () => {
    put(5, 3);
    const before = tf.memory().numTensors;
    const set = imagesOfFiles(folder, source);
    expect([set.images.shape, set.labels.shape]).toEqual([[8, 2, 3], [8]]);
    expect(set.features.dataSync()[1]).toBeCloseTo(5 / 255, 6);
    const { train, test, dispose } = set.split();
    expect([train.features.shape, test.images.shape]).toEqual([
      [5, 6],
      [3, 2, 3],
    ]);
    expect(Array.from(test.labels.dataSync())).toEqual([0, 1, 2]);
    dispose();
    set.dispose();
    const part = imagesOfFiles(folder, { ...source, trainRows: 2, testRows: 1 });
    expect(Array.from(part.labels.dataSync())).toEqual([0, 1, 0]);
    part.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => imagesOfFiles(folder, { ...source, trainRows: 6 })).toThrow(UsageError);
  });

  it("is refused when pictures and labels differ in number", () => {
    put(5, 3, 4);
    expect(() => imagesOfFiles(folder, source)).toThrow(/as many labels; got \[5,2,3\] and \[4\]/);
  });
});

describe("download", () => {
  const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251));
  const sha256 = createHash("sha256").update(content).digest("hex");
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const requests: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers.range);
    answer(request, response);
  });
  let base: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    requests.length = 0;
  });
  const file = (...paths: string[]): RemoteFile => ({
    ...{ name: "file.gz", urls: paths.map((path) => base + path), sha256, size: content.length },
  });

  const ranged = (request: IncomingMessage, response: ServerResponse): void => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (from > 0)
      response.writeHead(206, { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` });
    response.end(content.subarray(from));
  };

  it("fetches once, with progress, and then takes the file from the cache", async () => {
    answer = ranged;
    const bytes: number[] = [];
    const path = await cached(file("a"), { folder, onProgress: (_, count) => bytes.push(count) });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(bytes.at(-1)).toBe(content.length);
    expect(await cached(file("a"), { folder })).toBe(path);
    expect(requests).toHaveLength(1);
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  it("goes on where a connection broke", async () => {
    answer = (request, response) => {
      if (request.headers.range) return ranged(request, response);
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 100_000));
      cut = () => response.destroy();
    };
    let cut: (() => void) | undefined;
    const path = await cached(file("a"), { folder, onProgress: () => cut?.() });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(requests[0]).toBeUndefined();
    expect(requests[1]).toMatch(/^bytes=\d+-$/);
  });

  it("begins anew where the server cannot go on, and where the half file was another one", async () => {
    answer = (_, response) => response.end(content);
    writeFileSync(join(folder, "file.gz.part"), content.subarray(0, 1000));
    expect(readFileSync(await cached(file("a"), { folder })).equals(content)).toBe(true);
    rmSync(join(folder, "file.gz"));
    answer = ranged;
    writeFileSync(join(folder, "file.gz.part"), Buffer.alloc(1000));
    expect(readFileSync(await cached(file("a"), { folder })).equals(content)).toBe(true);
    expect(requests.slice(1)).toEqual(["bytes=1000-", undefined]);
  });

  it("replaces a damaged file in the cache", async () => {
    answer = ranged;
    writeFileSync(join(folder, "file.gz"), "damaged");
    expect(readFileSync(await cached(file("a"), { folder })).equals(content)).toBe(true);
  });

  it("takes the next address after an error or a wrong checksum", async () => {
    answer = (request, response) => {
      if (request.url === "/missing") response.writeHead(404).end();
      else if (request.url === "/other") response.end(Buffer.alloc(content.length));
      else ranged(request, response);
    };
    const path = await cached(file("missing", "other", "right"), { folder });
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it("keeps nothing wrong, and says what was tried and what to do without a network", async () => {
    answer = (request, response) =>
      request.url === "/missing" ? response.writeHead(503).end() : response.end(Buffer.alloc(content.length));
    const failing = cached(
      { ...file("missing", "other"), urls: [`${base}missing`, `${base}other`, "http://127.0.0.1:9/none"] },
      { folder },
    );
    await expect(failing).rejects.toThrow(DatasetError);
    await expect(failing).rejects.toThrow(
      /missing: HTTP 503.*other: expected sha256.*none: .*Without a network, put/s,
    );
    expect(existsSync(join(folder, "file.gz"))).toBe(false);
    expect(existsSync(join(folder, "file.gz.part"))).toBe(false);
  });

  it("stops when asked, and goes on later", async () => {
    const controller = new AbortController();
    answer = (_, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 50_000));
    };
    const stopping = cached(file("a"), {
      folder,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(stopping).rejects.toThrow(/goes on where it stopped/);
    answer = ranged;
    expect(readFileSync(await cached(file("a"), { folder })).equals(content)).toBe(true);
  });

  it("knows only the sets that are downloaded", async () => {
    await expect(download("digits" as "mnist")).rejects.toThrow(
      /expected one of mnist, fashion_mnist; got "digits"/,
    );
  });
});
