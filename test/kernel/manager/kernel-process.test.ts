// The manager against real kernels: readiness, requests, interrupt, restart, death, shutdown without leftovers.
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  KernelGoneError,
  KernelProcess,
  type KernelSpec,
  KernelStartError,
} from "../../../src/kernel/manager/index.js";
import type { Message } from "../../../src/kernel/protocol/wire.js";
import { isAlive, kernelsUnderTest } from "./kernels-under-test.js";

// A temporary folder of this file's own: others start kernels at the same time.
process.env.TMPDIR = mkdtempSync(join(tmpdir(), "manager tests "));

let folder: string;
const open: KernelProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "latent lab 🧪 "));
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((kernel) => kernel.shutdown()));
  await rm(folder, { recursive: true, force: true });
});

async function start(spec: KernelSpec): Promise<KernelProcess> {
  const kernel = await KernelProcess.start({ spec, cwd: folder });
  open.push(kernel);
  return kernel;
}

/** Runs code; returns the reply, the text written to the streams, and the result's text. */
async function execute(kernel: KernelProcess, code: string, onOutput?: (text: string) => void) {
  let printed = "";
  let result = "";
  const reply = await kernel.request("execute_request", executeContent(code), {
    onIopub({ header, content }: Message) {
      if (header.msg_type === "stream") {
        printed += String(content.text);
        onOutput?.(printed);
      }
      const data = content.data as Record<string, string> | undefined;
      if (header.msg_type === "execute_result") result = String(data?.["text/plain"]);
    },
  });
  return { reply, printed, result };
}

function executeContent(code: string) {
  return {
    code,
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: false,
    stop_on_error: true,
  };
}

function connectionFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("latent-lab-kernel-"));
}

for (const { spec, tool, code } of kernelsUnderTest) {
  describe.skipIf(tool?.missing)(`${spec.displayName} ${tool?.reason ?? ""}`, () => {
    it("is ready when started: the first cell's output and reply arrive", async () => {
      const kernel = await start(spec);
      expect(kernel.state).toBe("ready");
      expect(kernel.info.status).toBe("ok");
      const { reply, printed } = await execute(kernel, code.print);
      expect(reply.content.status).toBe("ok");
      expect(printed).toBe("hello\n");
    });

    it.skipIf(process.platform !== "linux")(
      "runs in the folder and tells the kernel who its parent is",
      async () => {
        const kernel = await start({ ...spec, env: { GREETING: `\${HOME}!` } });
        const pid = Number((await execute(kernel, code.pid)).printed);
        expect(pid).toBe(kernel.pid);
        expect(readlinkSync(`/proc/${pid}/cwd`)).toBe(folder);
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
        expect(environment).toContain(`JPY_PARENT_PID=${process.pid}`);
        expect(environment).toContain(`GREETING=${process.env.HOME}!`);
      },
    );

    it("keeps the order of many requests sent at once", async () => {
      const kernel = await start(spec);
      const replies: string[] = [];
      const sent = Array.from({ length: 50 }, (_, index) =>
        kernel.request("execute_request", executeContent(`${index}`)).then((reply) => {
          replies.push(`${index}:${reply.content.execution_count}`);
        }),
      );
      await Promise.all(sent);
      expect(replies).toEqual(Array.from({ length: 50 }, (_, index) => `${index}:${index + 1}`));
    });

    it("interrupts an endless loop and keeps variables", async () => {
      const kernel = await start(spec);
      await execute(kernel, code.assign);
      let interrupted: Promise<void> | undefined;
      const { reply } = await execute(kernel, code.loop, (text) => {
        if (text.includes("looping")) interrupted ??= kernel.interrupt();
      });
      await interrupted;
      expect(reply.content.status).toBe("error");
      let read = await execute(kernel, code.read);
      // ipykernel aborts what reaches it in the same moment as the end of the interrupted cell.
      while (read.reply.content.status === "aborted") read = await execute(kernel, code.read);
      expect(read.result).toBe("42");
    });

    it("restarts with a clean scope and refuses what was in flight", async () => {
      const kernel = await start(spec);
      await execute(kernel, code.assign);
      const before = kernel.pid;
      let looping = () => {};
      const loops = new Promise<void>((resolve) => {
        looping = resolve;
      });
      const inFlight = execute(kernel, code.loop, looping);
      const refused = expect(inFlight).rejects.toBeInstanceOf(KernelGoneError);
      await loops;
      const restarted = once(kernel, "restarted");
      await kernel.restart();
      await restarted;
      await refused;
      expect(kernel.pid).not.toBe(before);
      expect((await execute(kernel, code.read)).reply.content.status).toBe("error");
    });

    it("notices a death, says so, and comes back by itself", async () => {
      const kernel = await start(spec);
      const states: string[] = [];
      kernel.on("state", (state) => states.push(state));
      const died = once(kernel, "died");
      const restarted = once(kernel, "restarted");
      await expect(execute(kernel, code.die)).rejects.toThrow(/ended by itself \(signal SIGKILL\)/);
      expect((await died)[0]).toMatch(/SIGKILL/);
      await restarted;
      expect(states).toEqual(["autorestarting", "ready"]);
      expect((await execute(kernel, code.print)).printed).toBe("hello\n");
    });

    it("gives up after 5 deaths in a row, and can still be restarted by hand", async () => {
      const kernel = await start(spec);
      for (let death = 1; death <= 5; death++) {
        const next = once(kernel, death < 5 ? "restarted" : "died");
        await expect(execute(kernel, code.die)).rejects.toBeInstanceOf(KernelGoneError);
        await next;
      }
      expect(kernel.state).toBe("dead");
      await kernel.restart();
      expect((await execute(kernel, code.print)).printed).toBe("hello\n");
    });

    it("leaves no process and no connection file after shutdown, even in an endless loop", async () => {
      const before = connectionFolders();
      const kernel = await start(spec);
      const [created = ""] = connectionFolders().filter((name) => !before.includes(name));
      const file = join(tmpdir(), created, readdirSync(join(tmpdir(), created))[0] ?? "");
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(join(tmpdir(), created)).mode & 0o777).toBe(0o700);
      const pid = kernel.pid ?? 0;
      await new Promise<void>((resolve) => {
        execute(kernel, code.loop, () => resolve()).catch((error: unknown) =>
          expect(error).toBeInstanceOf(KernelGoneError),
        );
      });
      await kernel.shutdown();
      expect(kernel.state).toBe("closed");
      expect(isAlive(pid)).toBe(false);
      expect(existsSync(file)).toBe(false);
      await expect(kernel.restart()).rejects.toBeInstanceOf(KernelGoneError);
    });
  });
}

describe("a kernel that does not start", () => {
  const failing = (argv: string[]): KernelSpec => ({
    name: "failing",
    resourceDir: undefined,
    argv,
    displayName: "Failing",
    language: "none",
    interruptMode: "signal",
    env: {},
    metadata: {},
  });

  it.skipIf(process.platform === "win32")("takes along what it has started", async () => {
    const script =
      "const { pid } = require('node:child_process').spawn('sleep', ['300']); console.error('child ' + pid); setTimeout(() => process.exit(3), 200)";
    const error: Error = await KernelProcess.start({
      spec: failing([process.execPath, "-e", script]),
      cwd: ".",
    }).catch((each) => each);
    const [, child] = /child (\d+)/.exec(error.message) ?? [];
    await expect.poll(() => isAlive(Number(child)), { timeout: 30_000 }).toBe(false);
  });

  it("is an error with the end of its standard error, and nothing is left behind", async () => {
    const before = connectionFolders();
    const argv = [process.execPath, "-e", "console.error('no licence for today'); process.exit(3)"];
    const starting = KernelProcess.start({ spec: failing(argv), cwd: folder });
    await expect(starting).rejects.toBeInstanceOf(KernelStartError);
    await expect(starting).rejects.toThrow(/exit code 3.*no licence for today/s);
    expect(connectionFolders()).toEqual(before);
  });

  it("is an error that names the command when there is no such program", async () => {
    const starting = KernelProcess.start({ spec: failing(["/no/such/program"]), cwd: folder });
    await expect(starting).rejects.toThrow(/could not be run.*\/no\/such\/program/);
  });

  it("is ended when it says nothing within the time limit", async () => {
    const argv = [process.execPath, "-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"];
    const starting = KernelProcess.start({ spec: failing(argv), cwd: folder, startTimeout: 300 });
    await expect(starting).rejects.toThrow(/no answer within 0.3 s/);
  });
});
