// Kernels started ahead, and kernels that nobody uses.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { KernelClient } from "./kernel-client.js";
import { type LabUnderTest, startTestLab } from "./lab-under-test.js";

let lab: LabUnderTest;
afterEach(() => lab.dispose());

const start = (path: string) => lab.api("/api/kernels", { method: "POST", body: { path } });
const kernels = async () => (await lab.api("/api/kernels")).json<{ id: string }[]>();

async function evaluate(id: string, code: string): Promise<string> {
  const page = await KernelClient.connect(lab, id);
  return page.finished(page.execute(code));
}

it("a kernel started ahead is a fresh one in the notebook's folder, each notebook has its own, and all end", async () => {
  lab = await startTestLab({ spareKernel: true });
  await mkdir(join(lab.root, "sub"));
  expect(await kernels()).toEqual([]); // the spare is nobody's yet
  const ids = [];
  for (const path of ["a.ipynb", "b.ipynb", "sub/c.ipynb"])
    ids.push((await start(path)).json<{ id: string }>().id);
  const show = "console.log(process.cwd().endsWith('sub'), typeof mark, process.pid); globalThis.mark = 1;";
  const shown = await Promise.all(ids.map((id) => evaluate(id, show)));
  expect(shown.map((text) => text.split(" ").slice(0, 2).join(" "))).toEqual([
    "false undefined",
    "false undefined",
    "true undefined",
  ]);
  const pids = shown.map((text) => Number(text.split(" ")[2]));
  expect(new Set(pids).size).toBe(3);
  await lab.close();
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
});

it("with culling, a kernel without a page ends; one with a page or at work stays", async () => {
  lab = await startTestLab({ cullAfter: 2000 });
  const begin = async (path: string) => {
    const { id } = (await start(path)).json<{ id: string }>();
    return { id, page: await KernelClient.connect(lab, id) };
  };
  const [idle, used, busy] = [await begin("a"), await begin("b"), await begin("c")];
  busy.page.execute("console.log('at work'); while (true) {}");
  await busy.page.waitFor(({ header }) => header.msg_type === "stream");
  await Promise.all([idle.page.close(), busy.page.close()]);
  await expect
    .poll(async () => (await kernels()).map(({ id }) => id).sort(), { timeout: 10_000 })
    .toEqual([used.id, busy.id].sort());
  expect(await used.page.finished(used.page.execute("console.log('here')"))).toBe("here\n");
  await expect.poll(() => lab.logged.join()).toMatch(/nobody used/);
});
