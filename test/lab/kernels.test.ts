// Kernels and sessions through the lab: both WebSocket protocols, several pages on one kernel, replay, restart,
// death, and no process left at the end.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive, ownKernel } from "../kernel/manager/kernels-under-test.js";
import { KernelClient, v1Protocol } from "./kernel-client.js";
import { type LabUnderTest, startTestLab } from "./lab-under-test.js";

interface KernelModel {
  id: string;
  name: string;
  execution_state: string;
  connections: number;
}

interface SessionModel {
  id: string;
  path: string;
  kernel: KernelModel;
}

const { name } = ownKernel.spec;
const { code } = ownKernel;

let lab: LabUnderTest;

beforeEach(async () => {
  lab = await startTestLab();
});

afterEach(() => lab.dispose());

async function startKernel(): Promise<KernelModel> {
  const reply = await lab.api("/api/kernels", { method: "POST", body: { name } });
  expect(reply.status, reply.text).toBe(201);
  return reply.json<KernelModel>();
}

function openSession(path: string, body: object = { kernel: { name } }) {
  return lab.api("/api/sessions", { method: "POST", body: { path, type: "notebook", name: path, ...body } });
}

describe("kernels", () => {
  for (const protocol of [undefined, v1Protocol]) {
    it(`run code over the ${protocol ?? "default"} protocol`, async () => {
      const { id } = await startKernel();
      const page = await KernelClient.connect(lab, id, protocol);
      expect(page.protocol).toBe(protocol ?? "");
      expect(await page.finished(page.execute(code.print))).toBe("hello\n");
      const header = page.received[0]?.header;
      expect(header).toMatchObject({ msg_id: expect.any(String), session: expect.any(String) });
    });

    it(`survive malformed messages over the ${protocol ?? "default"} protocol`, async () => {
      const { id } = await startKernel();
      const page = await KernelClient.connect(lab, id, protocol);
      const huge = Buffer.alloc(16);
      huge.writeBigUInt64LE(2n ** 60n);
      for (const data of [
        "",
        "{",
        "[]",
        '{"channel":"iopub"}',
        Buffer.alloc(0),
        Buffer.alloc(7, 255),
        huge,
      ]) {
        page.sendRaw(data);
      }
      expect(await page.finished(page.execute(code.print))).toBe("hello\n");
      expect(lab.logged.filter((line) => /malformed/.test(line)).length).toBeGreaterThan(3);
    });
  }

  it("send output to every page, but a reply only to the one that asked", async () => {
    const { id } = await startKernel();
    const [asker, other] = [
      await KernelClient.connect(lab, id),
      await KernelClient.connect(lab, id, v1Protocol),
    ];
    const request = asker.execute(code.print);
    await asker.finished(request);
    await other.waitFor(
      ({ parent_header, content }) => parent_header.msg_id === request && content.execution_state === "idle",
    );
    expect(other.received.some(({ header }) => header.msg_type === "stream")).toBe(true);
    expect(other.received.filter(({ channel }) => channel === "shell")).toEqual([]);
  });

  it("keep what is said while no page is connected for the next one", async () => {
    const { id } = await startKernel();
    const first = await KernelClient.connect(lab, id);
    const witness = await KernelClient.connect(lab, id);
    const request = first.execute(code.loop);
    await first.waitFor(({ header }) => header.msg_type === "stream");
    await Promise.all([first.close(), witness.close()]);
    await expect
      .poll(async () => (await lab.api(`/api/kernels/${id}`)).json<KernelModel>().connections)
      .toBe(0);
    expect((await lab.api(`/api/kernels/${id}/interrupt`, { method: "POST" })).status).toBe(204);
    await expect
      .poll(async () => (await lab.api(`/api/kernels/${id}`)).json<KernelModel>().execution_state)
      .toBe("idle");
    const again = await KernelClient.connect(lab, id, v1Protocol, first.session);
    const reply = await again.waitFor(
      ({ channel, parent_header }) => channel === "shell" && parent_header.msg_id === request,
    );
    expect(reply.content.status).toBe("error");
    expect(again.received.some(({ header }) => header.msg_type === "error")).toBe(true);
    const stranger = await KernelClient.connect(lab, id);
    expect(await stranger.finished(stranger.execute(code.print))).toBe("hello\n");
    expect(stranger.received.some(({ header }) => header.msg_type === "error")).toBe(false);
  });

  it("restart when asked, and tell pages when one died by itself", async () => {
    const { id } = await startKernel();
    const page = await KernelClient.connect(lab, id);
    await page.finished(page.execute(code.assign));
    const restarted = await lab.api(`/api/kernels/${id}/restart`, { method: "POST" });
    expect(restarted.json()).toMatchObject({ id, execution_state: "idle" });
    const read = page.execute(code.read);
    await page.finished(read);
    expect(
      page.received.some(
        ({ header, parent_header }) => header.msg_type === "error" && parent_header.msg_id === read,
      ),
    ).toBe(true);
    page.execute(code.die);
    await page.waitFor(({ content }) => content.execution_state === "restarting");
    await expect
      .poll(async () => (await lab.api(`/api/kernels/${id}`)).json<KernelModel>().execution_state)
      .toBe("idle");
    expect(await page.finished(page.execute(code.print))).toBe("hello\n");
    expect(lab.logged.join("\n")).toMatch(/ended by itself/);
  });

  it("close their pages' connections when shut down, and leave no process", async () => {
    const { id } = await startKernel();
    const page = await KernelClient.connect(lab, id);
    const pid = Number(await page.finished(page.execute(code.pid)));
    expect(isAlive(pid)).toBe(true);
    const closed = page.closed();
    expect((await lab.api(`/api/kernels/${id}`, { method: "DELETE" })).status).toBe(204);
    expect(await closed).toBe(1001);
    expect(isAlive(pid)).toBe(false);
    expect((await lab.api(`/api/kernels/${id}`)).status).toBe(404);
  });

  it("end with the lab, even those that are just starting", async () => {
    const { id } = await startKernel();
    const page = await KernelClient.connect(lab, id);
    const pid = Number(await page.finished(page.execute(code.pid)));
    const starting = lab.api("/api/kernels", { method: "POST", body: { name } }).catch(() => undefined);
    await lab.api("/api/status");
    await lab.close();
    await starting;
    expect(isAlive(pid)).toBe(false);
  });
});

describe("sessions", () => {
  it("give one notebook one kernel, in its folder, even when two pages open it at once", async () => {
    await mkdir(join(lab.root, "sub 🧪"));
    const replies = await Promise.all([openSession("sub 🧪/a.ipynb"), openSession("sub 🧪/a.ipynb")]);
    const [first, second] = replies.map((reply) => reply.json<SessionModel>());
    expect(replies.map(({ status }) => status)).toEqual([201, 201]);
    expect(first?.id).toBe(second?.id);
    expect(first).toMatchObject({
      path: "sub 🧪/a.ipynb",
      notebook: { path: "sub 🧪/a.ipynb" },
      kernel: { name },
    });
    expect((await lab.api("/api/sessions")).json<SessionModel[]>()).toHaveLength(1);
    expect((await lab.api("/api/kernels")).json<KernelModel[]>()).toHaveLength(1);
  });

  it("are renamed, change kernels, and end with their kernel", async () => {
    const { id, kernel: before } = (await openSession("a.ipynb")).json<SessionModel>();
    const change = (body: object) => lab.api(`/api/sessions/${id}`, { method: "PATCH", body });
    expect((await change({ path: "b.ipynb" })).json<SessionModel>().path).toBe("b.ipynb");
    const changed = (await change({ kernel: { name } })).json<SessionModel>();
    expect(changed.kernel.id).not.toBe(before.id);
    expect((await lab.api(`/api/kernels/${before.id}`)).status).toBe(404);
    expect((await lab.api(`/api/sessions/${id}`, { method: "DELETE" })).status).toBe(204);
    expect((await lab.api("/api/kernels")).json()).toEqual([]);
    expect((await lab.api(`/api/sessions/${id}`)).status).toBe(404);
  });

  it("vanish when their kernel is shut down by itself", async () => {
    const session = (await openSession("a.ipynb")).json<SessionModel>();
    await lab.api(`/api/kernels/${session.kernel.id}`, { method: "DELETE" });
    expect((await lab.api("/api/sessions")).json()).toEqual([]);
  });
});

describe("kernels that are not there", () => {
  it("are refused with a message that names those that are", async () => {
    const reply = await openSession("a.ipynb", { kernel: { name: "fortran" } });
    expect([reply.status, reply.json().message]).toEqual([
      501,
      expect.stringMatching(/latent-lab.*"fortran"/),
    ]);
    expect((await lab.api("/api/kernels/none/interrupt", { method: "POST" })).status).toBe(404);
    expect((await lab.api("/api/sessions", { method: "POST", body: { path: 3 } })).status).toBe(400);
  });

  it("offer ours without installation, with its logo, and nothing else of a spec's folder", async () => {
    const specs = (await lab.api("/api/kernelspecs")).json<{
      default: string;
      kernelspecs: Record<string, { spec: object; resources: Record<string, string> }>;
    }>();
    expect(specs.default).toBe("latent-lab");
    const own = specs.kernelspecs["latent-lab"];
    expect(own?.spec).toMatchObject({ display_name: "TypeScript (Latent Lab)", language: "typescript" });
    const logo = await lab.api(own?.resources["logo-svg"] ?? "");
    expect([logo.status, logo.headers["content-type"]]).toEqual([200, "image/svg+xml"]);
    for (const file of ["kernel.json", "..%2fkernel.json", "%2e%2e"]) {
      expect((await lab.api(`/kernelspecs/latent-lab/${file}`)).status).toBe(404);
    }
  });
});
