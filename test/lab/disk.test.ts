// Saving while the machine fails: a server killed in the middle, a disk that is full, very large notebooks and files.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, watch, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LabUnderTest, startTestLab } from "./lab-under-test.js";

let lab: LabUnderTest;
const file = (...parts: string[]) => join(lab.root, ...parts);
const put = (path: string, body: object) => lab.api(`/api/contents/${path}`, { method: "PUT", body });
const text = (content: string) => ({ type: "file", format: "text", content });

/** A notebook of about `bytes`, most of it in outputs, as figures are. */
function largeNotebook(bytes: number, mark: string) {
  const metadata = {};
  const cells = Array.from({ length: 100 }, (_, index) => ({
    cell_type: "code",
    id: `cell-${index}`,
    execution_count: index,
    metadata: { trusted: true },
    source: `// ${mark}`,
    outputs: [
      { output_type: "display_data", metadata, data: { "image/png": "A".repeat(Math.floor(bytes / 100)) } },
    ],
  }));
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

describe("saving", () => {
  beforeEach(async () => {
    lab = await startTestLab();
  });
  afterEach(() => lab.dispose());

  it("a notebook of 10 MB is saved, read and saved again, whole", async () => {
    const content = largeNotebook(10 * 2 ** 20, "large");
    expect((await put("large.ipynb", { type: "notebook", format: "json", content })).status).toBe(201);
    const read = (await lab.api("/api/contents/large.ipynb")).json<{ content: object; size: number }>();
    expect(read.size).toBeGreaterThan(10 * 2 ** 20);
    expect(read.content).toEqual(content);
    const again = await put("large.ipynb", { type: "notebook", format: "json", content: read.content });
    expect([again.status, again.json().size]).toEqual([200, read.size]);
  });

  it("a large file goes up in parts and comes down byte for byte, without being held in memory whole", async () => {
    const parts = Array.from({ length: 40 }, (_, index) => Buffer.alloc(2 ** 20, index + 1));
    for (const [index, part] of parts.entries()) {
      const chunk = index === parts.length - 1 ? -1 : index + 1;
      const body = { type: "file", format: "base64", chunk, content: part.toString("base64") };
      expect((await put("large.bin", body)).status).toBeLessThan(300);
    }
    const reply = await fetch(`http://127.0.0.1:${lab.port}/files/large.bin?download=1`, {
      headers: { Authorization: `token ${lab.token}` },
    });
    let pieces = 0;
    const received: Uint8Array[] = [];
    for await (const piece of reply.body ?? []) {
      pieces += 1;
      received.push(piece);
    }
    expect(Buffer.concat(received).equals(Buffer.concat(parts))).toBe(true);
    expect(pieces).toBeGreaterThan(40); // streamed
  });

  it("what a killed lab left beside a file goes with a later save; a save under way is left alone", async () => {
    const old = file(".~a.txt-00000000-0000-4000-8000-000000000000");
    const fresh = file(".~a.txt-00000000-0000-4000-8000-000000000001");
    for (const path of [old, fresh, file(".~mine")]) await writeFile(path, "half");
    const longAgo = new Date(Date.now() - 2 * 3600 * 1000);
    await utimes(old, longAgo, longAgo);
    await utimes(file(".~mine"), longAgo, longAgo);
    await put("a.txt", text("whole"));
    expect((await readdir(lab.root)).sort()).toEqual(
      [fresh.slice(lab.root.length + 1), ".~mine", "a.txt"].sort(),
    );
  });
});

describe("a server that is killed in the middle of saves", () => {
  it("leaves the old notebook or the new one, whole, each time", { timeout: 120_000 }, async () => {
    const base = await mkdtemp(join(tmpdir(), "latent-lab-killed-"));
    const folder = join(base, "notebooks");
    await mkdir(folder);
    const path = join(folder, "n.ipynb");
    const program = new URL("../../dist/cli/main.js", import.meta.url).pathname;
    const marks = ["one", "two"];
    for (let round = 0; round < 4; round++) {
      const server = spawn(process.execPath, [program, "lab", folder, "--no-browser", "--port", "0"], {
        env: { ...process.env, HOME: base, LATENT_LAB_STATE: join(base, "state") },
      });
      const ended = once(server, "exit");
      const address = await new Promise<URL>((resolve) => {
        server.stdout.setEncoding("utf8").on("data", (printed: string) => {
          const url = /http:\/\/\S+token=\w+/.exec(printed)?.[0];
          if (url !== undefined) resolve(new URL(url));
        });
      });
      const headers = {
        Authorization: `token ${address.searchParams.get("token")}`,
        "Content-Type": "application/json",
      };
      const save = (mark: string) => {
        const content = largeNotebook(4 * 2 ** 20, mark);
        const body = JSON.stringify({ type: "notebook", format: "json", content });
        return fetch(`${address.origin}/api/contents/n.ipynb`, { method: "PUT", headers, body });
      };
      const answer = await save("one");
      expect(answer.ok).toBe(true);
      // Killed as soon as the new content begins to lie beside the old one.
      const begun = appearanceOf(/^\.~/, folder);
      const saving = Promise.allSettled([save("two")]);
      await begun;
      server.kill("SIGKILL");
      await Promise.all([saving, ended]);
      const saved = JSON.parse(await readFile(path, "utf8"));
      expect(saved.cells).toHaveLength(100);
      const found = new Set(saved.cells.map(({ source }: { source: string[] }) => source.join("").slice(3)));
      expect(found.size).toBe(1);
      expect(marks).toContain([...found][0]);
    }
    await rm(base, { recursive: true, force: true });
  });
});

/** Until the file system reports a file of such a name in `folder`; asking again and again may miss one that is gone soon. */
async function appearanceOf(name: RegExp, folder: string): Promise<void> {
  for await (const { filename } of watch(folder)) if (name.test(filename ?? "")) return;
}

/** A disk of 1 MiB at `folder`, or why there can be none. */
function smallDisk(folder: string): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs root on Linux";
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], {
    encoding: "utf8",
  });
  return status === 0 ? undefined : `mount is not allowed: ${stderr.trim()}`;
}

const probe = await mkdtemp(join(tmpdir(), "latent-lab-disk-"));
const reason = smallDisk(probe);
if (reason === undefined) spawnSync("umount", [probe]);
await rm(probe, { recursive: true, force: true });

describe.skipIf(reason !== undefined)(
  `a full disk${reason === undefined ? "" : ` (skipped: ${reason})`}`,
  () => {
    let disk: string;
    beforeEach(async () => {
      disk = await mkdtemp(join(tmpdir(), "latent-lab-disk-"));
      smallDisk(disk);
      lab = await startTestLab({ root: disk });
    });
    afterEach(async () => {
      await lab.dispose();
      spawnSync("umount", ["-l", disk]);
      await rm(disk, { recursive: true, force: true });
    });

    it("is said in words, and the old file stays, with nothing beside it", async () => {
      expect((await put("a.txt", text("old"))).status).toBe(201);
      const full = await put("a.txt", text("x".repeat(2 * 2 ** 20)));
      expect([full.status, full.json().message]).toEqual([507, "The disk is full; nothing was changed."]);
      expect(await readFile(join(disk, "a.txt"), "utf8")).toBe("old");
      expect(await readdir(disk)).toEqual(["a.txt"]);
      expect((await put("a.txt", text("new"))).status).toBe(200);
    });

    it("keeps the checkpoint that was there, and drops an upload that does not fit", async () => {
      await put("a.txt", text("x".repeat(300_000)));
      expect((await lab.api("/api/contents/a.txt/checkpoints", { method: "POST" })).status).toBe(201);
      await put("a.txt", text("y".repeat(300_000)));
      expect((await put("filler.txt", text("z".repeat(300_000)))).status).toBe(201);
      expect((await lab.api("/api/contents/a.txt/checkpoints", { method: "POST" })).status).toBe(507);
      expect((await lab.api("/api/contents/a.txt/checkpoints/checkpoint", { method: "POST" })).status).toBe(
        507,
      );
      const part = {
        type: "file",
        format: "base64",
        chunk: 1,
        content: Buffer.alloc(600_000).toString("base64"),
      };
      expect((await put("up.bin", part)).status).toBe(507);
      expect((await readdir(disk)).sort()).toEqual([".ipynb_checkpoints", "a.txt", "filler.txt"]);
      const checkpoint = join(disk, ".ipynb_checkpoints", "a-checkpoint.txt");
      const starts = await Promise.all(
        [join(disk, "a.txt"), checkpoint].map((path) => readFile(path, "utf8")),
      );
      expect(starts.map((kept) => [kept[0], kept.length])).toEqual([
        ["y", 300_000],
        ["x", 300_000],
      ]);
    });
  },
);
