// A class on JupyterHub: five learners log in at once, each gets a server, and each runs a notebook of the course on our
// kernel. With the configuration that deploy/ offers, and a log-in and spawner for tests. Prints what a learner takes.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { freePort } from "../free-port.js";
import { KernelClient } from "../lab/kernel-client.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const hubCommand = "/usr/bin/jupyterhub";
const skipReason =
  existsSync(hubCommand) || process.env.CI === "true"
    ? undefined
    : "no jupyterhub: apt-get install jupyterhub";
const learners = ["anna", "ben", "carl", "dora", "emil"];
const serviceToken = "a-token-for-the-test";

let base: string;
let port: number;
let hub: ChildProcess;
let log = "";

/** The hub's own answers; `token` of a learner or the test's. */
const ask = (path: string, { token = serviceToken, ...init }: RequestInit & { token?: string } = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    ...init,
    redirect: "manual",
    headers: { Authorization: `token ${token}`, ...init.headers },
  });

/** Until an address answers with 200; the hub, or a learner's server, is on its way. */
async function until(asked: () => Promise<Response>): Promise<void> {
  const good = async (): Promise<void> => {
    const { status } = await asked();
    if (status !== 200 || hub.exitCode !== null)
      throw new Error(`${status}; the hub says:\n${log.slice(-3000)}`);
  };
  await vi.waitFor(good, { timeout: 120_000, interval: 300 });
}

async function startHub(): Promise<void> {
  const [hubPort, apiPort] = [await freePort(), await freePort()];
  const config = `
exec(open(${JSON.stringify(join(repository, "deploy", "jupyterhub_config.py"))}).read())
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "secret"
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = ${JSON.stringify(`${base}/home/{username}`)}
c.Spawner.args = ["--allow-root"]
c.Spawner.cmd = ["/usr/bin/jupyterhub-singleuser"]
c.JupyterHub.hub_port = ${hubPort}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:${apiPort}"
c.JupyterHub.db_url = ${JSON.stringify(`sqlite:///${base}/hub.sqlite`)}
c.JupyterHub.cookie_secret_file = ${JSON.stringify(`${base}/cookie_secret`)}
c.ConfigurableHTTPProxy.pid_file = ${JSON.stringify(`${base}/proxy.pid`)}
c.JupyterHub.services = [{"name": "test", "api_token": "${serviceToken}"}]
c.JupyterHub.load_roles = [{"name": "test", "services": ["test"], "scopes": ["admin:users", "tokens", "servers"]}]
`;
  await writeFile(join(base, "config.py"), config);
  const env = {
    ...process.env,
    NODE_PATH: "/usr/share/nodejs", // where Debian keeps the proxy's modules, which another Node does not know
    HUB_URL: `http://127.0.0.1:${port}`,
    JUPYTER_PATH: join(base, "prefix", "share", "jupyter"),
  };
  hub = spawn(hubCommand, ["-f", join(base, "config.py")], { cwd: base, env });
  for (const stream of [hub.stdout, hub.stderr]) stream?.on("data", (text) => (log += text));
  await until(() => ask("/hub/api/"));
}

/** Bytes of all processes of a learner, shared pages counted in parts. */
function memoryOf(learner: string): number {
  const own = readdirSync("/proc").filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`JUPYTERHUB_USER=${learner}\0`);
    } catch {
      return false; // no process, or one that has just ended
    }
  });
  const kilobytes = own.map((pid) => {
    const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
    return Number(pss?.[1] ?? 0);
  });
  return kilobytes.reduce((sum, each) => sum + each, 0) * 1024;
}

interface Measured {
  learner: string;
  serverSeconds: number;
  kernelSeconds: number;
  notebookSeconds: number;
  megabytes: number;
}

/** A learner's morning: log in, wait for the server, start a kernel, run a notebook's cells. */
async function morningOf(learner: string, codes: readonly string[]): Promise<Measured> {
  const started = Date.now();
  const form = new URLSearchParams({ username: learner, password: "secret" });
  const login = await ask("/hub/login", { method: "POST", body: form, token: "none" });
  expect([learner, login.status, login.headers.has("set-cookie")]).toEqual([learner, 302, true]);
  await ask(`/hub/api/users/${learner}/server`, { method: "POST" });
  const answer = await ask(`/hub/api/users/${learner}/tokens`, { method: "POST", body: "{}" });
  const { token } = (await answer.json()) as { token: string };
  const path = `/user/${learner}`;
  await until(() => ask(`${path}/api/status`, { token }));
  const served = Date.now();
  const made = await ask(`${path}/api/kernels`, { token, method: "POST", body: '{"name":"latent-lab"}' });
  const { id } = (await made.json()) as { id: string };
  const kernel = await KernelClient.connect({ port, token, path }, id);
  expect(await kernel.finished(kernel.execute("console.log(6 * 7)"))).toBe("42\n");
  const ready = Date.now();
  for (const code of codes) {
    const request = kernel.execute(code);
    await kernel.finished(request);
    const reply = kernel.received.find(
      (message) => message.channel === "shell" && message.parent_header.msg_id === request,
    );
    expect([code, reply?.content.status]).toEqual([code, "ok"]);
  }
  const ended = Date.now();
  const megabytes = memoryOf(learner) / 2 ** 20;
  await kernel.close();
  return {
    learner,
    serverSeconds: (served - started) / 1000,
    kernelSeconds: (ready - served) / 1000,
    notebookSeconds: (ended - ready) / 1000,
    megabytes,
  };
}

describe.skipIf(skipReason !== undefined)(
  `JupyterHub${skipReason ? ` (skipped: ${skipReason})` : ""}`,
  () => {
    beforeAll(async () => {
      base = await mkdtemp(join(tmpdir(), "latent-lab-hub-"));
      port = await freePort();
      for (const learner of learners) await mkdir(join(base, "home", learner), { recursive: true });
      const program = join(repository, "dist", "cli", "main.js");
      execFileSync(process.execPath, [program, "kernel", "install", "--prefix", join(base, "prefix")]);
      await startHub();
    });

    afterAll(async () => {
      if (hub?.exitCode === null) {
        for (const learner of learners) await ask(`/hub/api/users/${learner}/server`, { method: "DELETE" });
        const ended = once(hub, "exit");
        hub.kill("SIGTERM");
        await ended;
      }
      if (base) await rm(base, { recursive: true, force: true });
    });

    it("five learners at once log in and run a notebook of the course, each in a kernel of their own", async () => {
      const text = await readFile(join(repository, "notebooks", "03-pca.ipynb"), "utf8");
      const codes = (JSON.parse(text) as { cells: { cell_type: string; source: string[] }[] }).cells
        .filter(({ cell_type }) => cell_type === "code")
        .map(({ source }) => [source].flat().join(""));
      const measured = await Promise.all(learners.map((learner) => morningOf(learner, codes)));
      console.table(measured.map((row) => ({ ...row, megabytes: Math.round(row.megabytes) })));
      expect(measured).toHaveLength(5);
      for (const { learner, megabytes } of measured) {
        // Less than what deploy/ allows a learner; more than nothing, so that it was measured.
        expect([learner, megabytes > 50 && megabytes < 2048]).toEqual([learner, true]);
      }
    });

    it("a wrong password opens nothing", async () => {
      const form = new URLSearchParams({ username: "anna", password: "wrong" });
      const login = await ask("/hub/login", { method: "POST", body: form, token: "none" });
      expect([login.headers.get("set-cookie"), await login.text()]).toEqual([
        null,
        expect.stringContaining("Invalid username or password"),
      ]);
      expect((await ask("/user/anna/api/status", { token: "none" })).status).not.toBe(200);
      expect(log).not.toContain("Traceback");
    });
  },
);
