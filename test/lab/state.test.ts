// Settings, workspaces, start and end of the lab.

import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startLab } from "../../src/lab/index.js";
import { type LabUnderTest, startTestLab } from "./lab-under-test.js";

let lab: LabUnderTest;

beforeEach(async () => {
  lab = await startTestLab();
});

afterEach(() => lab.dispose());

describe("state", () => {
  it("keeps settings over a restart, comments included", async () => {
    const id = "/lab/api/settings/@jupyterlab/apputils-extension:themes";
    const raw = '{\n  // dark\n  "theme": "JupyterLab Dark"\n}';
    expect((await lab.api(id)).json()).toMatchObject({ raw: "{}", schema: { type: "object" } });
    expect((await lab.api(id, { method: "PUT", body: { raw } })).status).toBe(204);
    const again = await startTestLab({ stateDir: lab.stateDir });
    expect((await again.api(id)).json().raw).toBe(raw);
    await again.dispose();
    const { settings } = (await lab.api("/lab/api/settings?ids_only=true")).json<{
      settings: { id: string }[];
    }>();
    expect(settings.length).toBeGreaterThan(50);
    expect((await lab.api("/lab/api/settings/no:such")).status).toBe(404);
    expect((await lab.api("/lab/api/settings/constructor", { method: "PUT", body: { raw } })).status).toBe(
      404,
    );
  });

  it("keeps each folder's workspaces apart: a layout names files of one folder", async () => {
    const body = { data: { "layout:tabs": ["a.ipynb"] }, metadata: { id: "default" } };
    await lab.api("/lab/api/workspaces/default", { method: "PUT", body });
    const other = await startTestLab({ stateDir: lab.stateDir });
    expect((await other.api("/lab/api/workspaces/default")).json().data).toEqual({});
    await other.dispose();
    const same = await startTestLab({ stateDir: lab.stateDir, root: lab.root });
    expect((await same.api("/lab/api/workspaces/default")).json().data).toEqual(body.data);
    await same.dispose();
    await lab.api("/lab/api/workspaces/default", { method: "DELETE" });
  });

  it("keeps workspaces of any name below its own folder", async () => {
    const body = (id: string) => ({ data: { "layout-restorer:data": {} }, metadata: { id } });
    for (const id of ["default", "auto-x", "../../evil", "a/b 🧪"]) {
      const path = `/lab/api/workspaces/${encodeURIComponent(id)}`;
      expect((await lab.api(path, { method: "PUT", body: body(id) })).status).toBe(204);
      expect((await lab.api(path)).json()).toMatchObject(body(id));
    }
    const { workspaces } = (await lab.api("/lab/api/workspaces")).json<{ workspaces: { ids: string[] } }>();
    expect(workspaces.ids.sort()).toEqual(["../../evil", "a/b 🧪", "auto-x", "default"]);
    const [folder = ""] = await readdir(join(lab.stateDir, "workspaces"));
    expect(await readdir(join(lab.stateDir, "workspaces", folder))).toHaveLength(4);
    expect((await lab.api("/lab/api/workspaces/default", { method: "DELETE" })).status).toBe(204);
    expect((await lab.api("/lab/api/workspaces/default")).json()).toEqual({
      data: {},
      metadata: { id: "default" },
    });
    expect((await lab.api("/lab/api/workspaces/x", { method: "PUT", body: { data: 3 } })).status).toBe(400);
  });

  it("merges what extensions store in config sections", async () => {
    const patch = (body: object) => lab.api("/api/config/notebook", { method: "PATCH", body });
    await patch({ a: { b: 1, c: 2 } });
    expect((await patch({ a: { b: null, d: 3 } })).json()).toEqual({ a: { c: 2, d: 3 } });
    expect((await lab.api("/api/config/notebook")).json()).toEqual({ a: { c: 2, d: 3 } });
  });

  it("keeps its secret from other users", async () => {
    expect((await stat(join(lab.stateDir, "secret"))).mode & 0o777).toBe(0o600);
  });
});

describe("start and end", () => {
  it("opens a notebook where asked, and refuses one that is not there", async () => {
    await writeFile(join(lab.root, "a 🧪.ipynb"), "{}");
    const options = { root: lab.root, stateDir: lab.stateDir, port: 0 };
    const running = await startLab({ ...options, preferredNotebook: "a 🧪.ipynb" });
    expect(running.url).toMatch(/\/lab\/tree\/a%20%F0%9F%A7%AA\.ipynb$/);
    expect(running.urlWithToken).toMatch(/\?token=[0-9a-f]{64}$/);
    await running.close();
    await expect(startLab({ ...options, preferredNotebook: "none.ipynb" })).rejects.toThrow(/ENOENT/);
    for (const root of [join(lab.root, "none"), join(lab.root, "a 🧪.ipynb")])
      await expect(startLab({ ...options, root })).rejects.toThrow(/expected a folder.*Name another one/);
  });

  it("says which file to delete when its list of signatures is damaged", async () => {
    const stateDir = join(lab.root, "state of its own");
    await mkdir(stateDir);
    await writeFile(join(stateDir, "trusted-notebooks.json"), "[");
    await expect(startLab({ root: lab.root, stateDir, port: 0 })).rejects.toThrow(
      /trusted-notebooks\.json; it is damaged\. Delete the file/,
    );
  });

  it("takes the next port when the preferred one is taken, and frees it at the end", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    const address = blocker.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const running = await startLab({ root: lab.root, stateDir: lab.stateDir, port });
    expect(Number(new URL(running.url).port)).toBeGreaterThan(port);
    await running.close();
    await expect(fetch(running.url)).rejects.toThrow();
    blocker.close();
  });

  it("answers with JSON where nothing is, and where JSON is malformed", async () => {
    expect((await lab.api("/no/such")).json()).toEqual({
      message: "There is nothing at /no/such.",
      reason: null,
    });
    const malformed = await lab.api("/api/sessions", { method: "POST", body: "{" });
    expect(malformed.status).toBe(400);
    expect(malformed.json()).toHaveProperty("message");
  });
});
