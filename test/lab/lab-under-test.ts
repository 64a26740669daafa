// A lab on a free port with a folder of its own, and a client that sends exactly what it is told to: `fetch`
// tidies paths and forbids headers, which is what attacks consist of.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LabOptions, type RunningLab, startLab } from "../../src/lab/index.js";

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body as JSON. */
  json<T = Record<string, unknown>>(): T;
}

export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON unless it is a string. */
  body?: unknown;
}

export interface LabUnderTest extends RunningLab {
  token: string;
  port: number;
  /** The lab's folder, with a space and an emoji in its name. */
  root: string;
  /** Beside the lab's folder: what nobody may reach. */
  outside: string;
  stateDir: string;
  logged: string[];
  /** Sends a request without any proof. */
  raw(path: string, ask?: Ask): Promise<Reply>;
  /** Sends a request with the token in a header. */
  api(path: string, ask?: Ask): Promise<Reply>;
  /** Closes the lab and removes its folders. */
  dispose(): Promise<void>;
}

export async function startTestLab(options: Partial<LabOptions> = {}): Promise<LabUnderTest> {
  const base = await mkdtemp(join(tmpdir(), "latent-lab-test-"));
  const root = join(base, "my notebooks 🧪");
  const outside = join(base, "outside");
  await Promise.all([mkdir(root), mkdir(outside)]);
  await writeFile(join(outside, "secret.txt"), "secret");
  const token = "t0k3n".repeat(10);
  const logged: string[] = [];
  const stateDir = join(base, "state");
  const log = (line: string) => void logged.push(line);
  const lab = await startLab({ root, port: 0, token, stateDir, log, ...options });
  const port = Number(new URL(lab.url).port);
  const raw = (path: string, ask: Ask = {}) => send(port, path, ask);
  return {
    ...lab,
    token,
    port,
    root,
    outside,
    stateDir,
    logged,
    raw,
    api: (path, ask = {}) =>
      raw(path, { ...ask, headers: { Authorization: `token ${token}`, ...ask.headers } }),
    async dispose() {
      await lab.close();
      await rm(base, { recursive: true, force: true });
    },
  };
}

function send(port: number, path: string, { method = "GET", headers = {}, body }: Ask): Promise<Reply> {
  const payload = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const type: Record<string, string> = payload === undefined ? {} : { "Content-Type": "application/json" };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: "127.0.0.1", port, path, method, headers: { ...type, ...headers } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const reply = { status: incoming.statusCode ?? 0, headers: incoming.headers, text };
          resolve({ ...reply, json: <T>() => JSON.parse(text) as T });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(payload);
  });
}
