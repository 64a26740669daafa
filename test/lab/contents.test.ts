// The contents API: models as JupyterLab needs them, changes that overwrite nothing, checkpoints, uploads, and
// the walls around the lab's folder.
import { chmod, link, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LabUnderTest, startTestLab } from "./lab-under-test.js";

let lab: LabUnderTest;

beforeEach(async () => {
  lab = await startTestLab({ limits: { body: 64 * 1024, upload: 8 * 1024, read: 128 * 1024 } });
});

afterEach(() => lab.dispose());

const url = (path: string, query = "") =>
  `/api/contents/${path.split("/").map(encodeURIComponent).join("/")}${query}`;
const put = (path: string, body: object) => lab.api(url(path), { method: "PUT", body });
const file = (...parts: string[]) => join(lab.root, ...parts);

describe("reading", () => {
  it("lists a folder without hidden files, temporary ones included", async () => {
    await Promise.all([
      writeFile(file("ä 🧪.txt"), "x"),
      writeFile(file(".hidden"), "x"),
      mkdir(file("folder")),
    ]);
    const model = (await lab.api("/api/contents")).json<{ content: Record<string, unknown>[] }>();
    expect(model).toMatchObject({ name: "", path: "", type: "directory", format: "json", writable: true });
    expect(model.content.map(({ name }) => name).sort()).toEqual(["folder", "ä 🧪.txt"]);
    for (const child of model.content) {
      expect(child).toMatchObject({ content: null, format: null, created: expect.any(String) });
      expect(Date.parse(child.last_modified as string)).not.toBeNaN();
    }
  });

  it("gives text as text, with its byte order mark, and the rest as base64", async () => {
    await writeFile(file("a.md"), "\uFEFFé\r\n");
    await writeFile(file("b.bin"), Buffer.from([0xff, 0x00, 0x80]));
    const text = (await lab.api(url("a.md"))).json();
    expect(text).toMatchObject({
      type: "file",
      format: "text",
      mimetype: "text/markdown",
      content: "\uFEFFé\r\n",
    });
    const binary = (await lab.api(url("b.bin"))).json();
    expect(binary).toMatchObject({ format: "base64", mimetype: "application/octet-stream", content: "/wCA" });
    expect((await lab.api(url("b.bin", "?format=text"))).status).toBe(400);
    expect((await lab.api(url("a.md", "?format=base64"))).json().content).toBe(
      Buffer.from("\uFEFFé\r\n").toString("base64"),
    );
  });

  it("gives the hash with the content, and without it when asked", async () => {
    await writeFile(file("a.txt"), "abc");
    const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect((await lab.api(url("a.txt"))).json().hash).toBe(sha256);
    const bare = (await lab.api(url("a.txt", "?content=0&hash=1"))).json();
    expect(bare).toMatchObject({ content: null, hash: sha256, hash_algorithm: "sha256" });
    expect((await lab.api(url("a.txt", "?content=0"))).json().hash).toBeNull();
  });

  it("says what is wrong: missing, a folder, no folder, no notebook, too large", async () => {
    await writeFile(file("bad.ipynb"), "{");
    await writeFile(
      file("old.ipynb"),
      JSON.stringify({ nbformat: 3, nbformat_minor: 0, metadata: {}, worksheets: [] }),
    );
    await writeFile(file("large.txt"), "x".repeat(129 * 1024));
    await mkdir(file("folder"));
    const message = async (path: string, query = "") => {
      const reply = await lab.api(url(path, query));
      return `${reply.status} ${reply.json().message}`;
    };
    expect(await message("none.txt")).toBe("404 No such file or folder: none.txt");
    expect(await message("folder", "?type=file")).toBe("400 folder is a folder.");
    expect(await message("bad.ipynb", "?type=directory")).toBe("400 bad.ipynb is no folder.");
    expect(await message("bad.ipynb")).toMatch(/^400 bad.ipynb is not a notebook/);
    expect(await message("old.ipynb")).toMatch(/^400 old.ipynb is not a valid notebook.*format 4/s);
    expect(await message("large.txt")).toMatch(/^413 large.txt has 1 MiB/);
    expect((await lab.api(url("bad.ipynb", "?type=file"))).json()).toMatchObject({
      type: "file",
      content: "{",
    });
  });
});

describe("saving", () => {
  it("answers 201, then 200, with the hash by which JupyterLab sees changes", async () => {
    const first = await put("new 🧪.txt", { type: "file", format: "text", content: "abc" });
    expect([first.status, first.json().content]).toEqual([201, null]);
    const second = await put("new 🧪.txt", { type: "file", format: "text", content: "abcd" });
    expect(second.status).toBe(200);
    const read = (await lab.api(url("new 🧪.txt"))).json();
    expect(read).toMatchObject({ content: "abcd", hash: second.json().hash });
    expect(read.last_modified).toBe(second.json().last_modified);
    await writeFile(file("new 🧪.txt"), "changed by another program");
    const changed = (await lab.api(url("new 🧪.txt", "?content=0&hash=1"))).json();
    expect(changed.hash).not.toBe(second.json().hash);
  });

  it("keeps the file's mode, writes through a link, and leaves no temporary file", async () => {
    await writeFile(file("run.sh"), "old");
    await chmod(file("run.sh"), 0o750);
    await symlink(file("run.sh"), file("link.sh"));
    expect((await put("link.sh", { type: "file", format: "text", content: "new" })).status).toBe(200);
    expect(await readFile(file("run.sh"), "utf8")).toBe("new");
    expect((await stat(file("run.sh"))).mode & 0o777).toBe(0o750);
    expect((await readdir(lab.root)).sort()).toEqual(["link.sh", "run.sh"]);
  });

  it("replaces the file, never writes into it: whoever has the old one open keeps it whole", async () => {
    await writeFile(file("a.txt"), "old");
    await link(file("a.txt"), join(lab.outside, "old.txt"));
    await put("a.txt", { type: "file", format: "text", content: "new" });
    expect(await readFile(join(lab.outside, "old.txt"), "utf8")).toBe("old");
  });

  it("leaves the old file alone when the content is bad, the folder is missing or the body is too large", async () => {
    await writeFile(file("a.ipynb"), "old");
    await writeFile(file("a.bin"), "old");
    const status = async (path: string, body: object) => (await put(path, body)).status;
    expect(await status("a.ipynb", { type: "notebook", content: { cells: 3 } })).toBe(400);
    expect(await status("a.bin", { type: "file", format: "base64", content: "%%%" })).toBe(400);
    expect(await status("a.bin", { type: "file", format: "text", content: 3 })).toBe(400);
    expect(await status("a.bin", { type: "rocket" })).toBe(400);
    expect(await status("none/a.txt", { type: "file", format: "text", content: "" })).toBe(404);
    const large = await put("a.bin", { type: "file", format: "text", content: "x".repeat(70_000) });
    expect([large.status, large.json().message]).toEqual([
      413,
      expect.stringMatching(/larger than the lab accepts/),
    ]);
    expect(await readFile(file("a.ipynb"), "utf8")).toBe("old");
    expect(await readFile(file("a.bin"), "utf8")).toBe("old");
    expect((await readdir(lab.root)).sort()).toEqual(["a.bin", "a.ipynb"]);
  });
});

describe("uploads in parts", () => {
  const part = (chunk: number, content: string) =>
    put("big 🧪.bin", {
      type: "file",
      format: "base64",
      chunk,
      content: Buffer.from(content).toString("base64"),
    });

  it("appear whole with the last part, and not before", async () => {
    await writeFile(file("big 🧪.bin"), "old");
    expect((await part(1, "one,")).status).toBe(200);
    expect((await part(2, "two,")).status).toBe(200);
    expect(await readFile(file("big 🧪.bin"), "utf8")).toBe("old");
    const last = await part(-1, "three");
    expect(last.json()).toMatchObject({ name: "big 🧪.bin", size: 13, hash: expect.any(String) });
    expect(await readFile(file("big 🧪.bin"), "utf8")).toBe("one,two,three");
    expect(await readdir(lab.root)).toEqual(["big 🧪.bin"]);
  });

  it("are refused out of turn, and bounded", async () => {
    expect((await part(2, "x")).status).toBe(400);
    await part(1, "x");
    expect((await part(3, "x")).json().message).toMatch(/expected part 2 of the upload; got 3/);
    expect((await part(2, "x".repeat(9000))).status).toBe(413);
    expect(await readdir(lab.root)).toEqual([]);
  });

  it("leave nothing behind when the lab is closed in the middle", async () => {
    await part(1, "x");
    await lab.close();
    expect(await readdir(lab.root)).toEqual([]);
  });
});

describe("making, renaming, deleting", () => {
  const post = (path: string, body: object) => lab.api(url(path), { method: "POST", body });

  it("gives new things free names", async () => {
    const made = async (body: object) => (await post("", body)).json().name;
    expect(await made({ type: "notebook" })).toBe("Untitled.ipynb");
    expect(await made({ type: "notebook" })).toBe("Untitled1.ipynb");
    expect(await made({ type: "directory" })).toBe("Untitled Folder");
    expect(await made({ type: "directory" })).toBe("Untitled Folder 1");
    expect(await made({ type: "file", ext: ".ts" })).toBe("untitled.ts");
    expect(await made({ copy_from: "untitled.ts" })).toBe("untitled-Copy1.ts");
    expect(await made({ copy_from: "untitled-Copy1.ts" })).toBe("untitled-Copy2.ts");
    expect(await (await post("Untitled Folder", { copy_from: "untitled.ts" })).json().path).toBe(
      "Untitled Folder/untitled.ts",
    );
    expect((await post("Untitled Folder", { copy_from: "untitled.ts" })).json().name).toBe(
      "untitled-Copy1.ts",
    );
    expect((await post("", { type: "file", ext: "/../x" })).status).toBe(400);
    expect((await lab.api(url("Untitled.ipynb"))).json()).toMatchObject({
      content: { nbformat: 4, cells: [] },
    });
  });

  it("renames with the checkpoint, and never onto something", async () => {
    await writeFile(file("a.txt"), "a");
    await writeFile(file("b.txt"), "b");
    await lab.api(url("a.txt/checkpoints"), { method: "POST" });
    const rename = (from: string, path: string) => lab.api(url(from), { method: "PATCH", body: { path } });
    expect((await rename("a.txt", "b.txt")).status).toBe(409);
    expect((await rename("a.txt", "c 🧪.txt")).json().name).toBe("c 🧪.txt");
    expect((await lab.api(url("c 🧪.txt/checkpoints"))).json()).toHaveLength(1);
    expect((await rename("c 🧪.txt", "../c.txt")).status).toBe(403);
    expect((await rename("c 🧪.txt", ".c")).status).toBe(404);
    expect(await readFile(file("b.txt"), "utf8")).toBe("b");
  });

  it("deletes files and empty folders only, and of a link only the link", async () => {
    await mkdir(file("full"));
    await writeFile(file("full", "a.txt"), "a");
    await symlink(file("full", "a.txt"), file("link.txt"));
    const remove = async (path: string) => (await lab.api(url(path), { method: "DELETE" })).status;
    expect(await remove("full")).toBe(400);
    expect(await remove("link.txt")).toBe(204);
    expect(await readFile(file("full", "a.txt"), "utf8")).toBe("a");
    expect(await remove("full/a.txt")).toBe(204);
    expect(await remove("full")).toBe(204);
    expect((await lab.api("/api/contents", { method: "DELETE" })).status).toBe(403);
  });

  it("makes, lists, restores and deletes a checkpoint", async () => {
    await writeFile(file("a.ipynb"), "first");
    const made = await lab.api(url("a.ipynb/checkpoints"), { method: "POST" });
    expect([made.status, made.json().id]).toEqual([201, "checkpoint"]);
    await writeFile(file("a.ipynb"), "second");
    expect((await lab.api(url("a.ipynb/checkpoints"))).json()).toEqual([made.json()]);
    expect((await lab.api(url("a.ipynb/checkpoints/checkpoint"), { method: "POST" })).status).toBe(204);
    expect(await readFile(file("a.ipynb"), "utf8")).toBe("first");
    expect((await lab.api(url("a.ipynb/checkpoints/other"), { method: "POST" })).status).toBe(404);
    expect((await lab.api(url("a.ipynb/checkpoints/checkpoint"), { method: "DELETE" })).status).toBe(204);
    expect((await lab.api(url("a.ipynb/checkpoints"))).json()).toEqual([]);
    await mkdir(file("dir", "checkpoints"), { recursive: true });
    expect((await lab.api(url("dir/checkpoints"))).json()).toMatchObject({
      type: "directory",
      name: "checkpoints",
    });
  });
});

describe("the walls", () => {
  it("hold against every way of writing `..`", async () => {
    for (const path of [
      "../outside/secret.txt",
      "..%2foutside%2fsecret.txt",
      "%2e%2e/outside/secret.txt",
      "%2e%2e%2foutside%2fsecret.txt",
      "%252e%252e%252foutside%252fsecret.txt",
      "x/../../outside/secret.txt",
      "..%5coutside%5csecret.txt",
      "....//outside/secret.txt",
      "/etc/passwd",
      "%2fetc%2fpasswd",
      "%00",
      "secret.txt%00.txt",
      "..%c0%afoutside",
    ]) {
      for (const base of ["/api/contents/", "/files/", "/static/lab/", "/lab/api/themes/"]) {
        const reply = await lab.api(base + path);
        expect([400, 403, 404], base + path).toContain(reply.status);
        expect(reply.text).not.toMatch(/^secret$|root:/);
      }
    }
  });

  it("hold against links that lead out, for reading, writing, listing, copying and checkpoints", async () => {
    await symlink(lab.outside, file("link"));
    await symlink(join(lab.outside, "secret.txt"), file("secret.txt"));
    await symlink(join(lab.outside, "new.txt"), file("dangling.txt"));
    await symlink(lab.outside, file(".ipynb_checkpoints"));
    await writeFile(file("a.txt"), "a");
    const status = async (path: string, method = "GET", body?: object) =>
      (await lab.api(url(path), body === undefined ? { method } : { method, body })).status;
    const text = { type: "file", format: "text", content: "x" };
    expect(await status("secret.txt")).toBe(403);
    expect(await status("link/secret.txt")).toBe(403);
    expect((await lab.api("/files/link/secret.txt")).status).toBe(403);
    expect(await status("link/new.txt", "PUT", text)).toBe(403);
    expect(await status("secret.txt", "PUT", text)).toBe(403);
    expect(await status("", "POST", { copy_from: "secret.txt" })).toBe(403);
    expect(await status("a.txt", "PATCH", { path: "link/a.txt" })).toBe(403);
    expect(await status("a.txt/checkpoints", "POST")).toBe(403);
    await status("dangling.txt", "PUT", text);
    const names = (await lab.api("/api/contents")).json<{ content: { name: string }[] }>().content;
    expect(names.map(({ name }) => name)).not.toContain("secret.txt");
    expect(names.map(({ name }) => name)).not.toContain("link");
    expect(await readdir(lab.outside)).toEqual(["secret.txt"]);
    expect(await readFile(join(lab.outside, "secret.txt"), "utf8")).toBe("secret");
  });

  it("hide what begins with a dot", async () => {
    await mkdir(file(".git"));
    await writeFile(file(".git", "config"), "x");
    await writeFile(file(".env"), "x");
    for (const path of [".env", ".git/config", ".git", "x/.env"]) {
      expect((await lab.api(url(path))).status).toBe(404);
      expect((await lab.api(`/files/${path}`)).status).toBe(404);
    }
    expect((await put(".new", { type: "file", format: "text", content: "" })).status).toBe(404);
  });

  it("put files that are opened by themselves into a sandbox", async () => {
    await writeFile(file("page.html"), "<script>fetch('/api/contents')</script>");
    const { headers } = await lab.api("/files/page.html");
    expect(headers["content-security-policy"]).toMatch(/^sandbox;/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    const download = await lab.api("/files/page.html?download=1");
    expect(download.headers["content-disposition"]).toBe("attachment; filename*=UTF-8''page.html");
  });

  it("turn a path in an output into one of the lab only inside the folder", async () => {
    await writeFile(file("model.ts"), "");
    const resolve = async (path: string) =>
      (await lab.api(`/api/resolvePath?path=${encodeURIComponent(path)}`)).json();
    expect(await resolve(file("model.ts"))).toMatchObject({
      resolved: [{ scope: "server", path: "model.ts" }],
    });
    expect(await resolve("./model.ts")).toMatchObject({ resolved: [{ path: "model.ts" }] });
    expect(await resolve("../outside/secret.txt")).toMatchObject({ resolved: [] });
    expect(await resolve("/etc/passwd")).toMatchObject({ resolved: [] });
  });
});
