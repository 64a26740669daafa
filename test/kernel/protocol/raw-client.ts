// A client of bare sockets, with its own signing, so that the kernel is not tested against its own code.
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dealer, Request, Subscriber } from "zeromq";
import { ownKernelSpec } from "../../../src/kernel/manager/index.js";
import { freePort } from "../../free-port.js";

export interface RawMessage {
  header: { msg_type: string; msg_id: string };
  parent_header: { msg_id?: string };
  content: Record<string, unknown>;
}

type Name = "shell" | "control" | "stdin" | "iopub" | "hb";

export class RawClient {
  readonly key = randomUUID();
  readonly session = randomUUID();
  readonly ports = {} as Record<Name, number>;
  readonly iopub: RawMessage[] = [];
  process!: ChildProcess;
  stderr = "";
  exited!: Promise<number | null>;
  #shell = new Dealer({ linger: 0 });
  #control = new Dealer({ linger: 0 });
  #subscriber = new Subscriber({ linger: 0 });
  #heartbeat = new Request({ linger: 0, receiveTimeout: 5000 });
  #arrived = new Set<() => void>();

  /** A port that was free may be taken before the kernel has it; then it ends, and others are tried. */
  static async start(tries = 3): Promise<RawClient> {
    const client = await RawClient.#spawn();
    const connected = client.#connect().then(() => true);
    if (await Promise.race([connected, client.exited.then(() => false)])) return client;
    if (tries === 1) throw new Error(`the kernel ended before it answered: ${client.stderr}`);
    return RawClient.start(tries - 1);
  }

  static async #spawn(): Promise<RawClient> {
    const client = new RawClient();
    for (const name of ["shell", "control", "stdin", "iopub", "hb"] as const) {
      client.ports[name] = await freePort();
    }
    const file = join(mkdtempSync(join(tmpdir(), "raw client ")), "connection.json");
    const ports = Object.fromEntries(
      Object.entries(client.ports).map(([name, port]) => [`${name}_port`, port]),
    );
    const connection = {
      transport: "tcp",
      ip: "127.0.0.1",
      key: client.key,
      signature_scheme: "hmac-sha256",
      ...ports,
    };
    writeFileSync(file, JSON.stringify(connection), { mode: 0o600 });
    const [node = "node", ...args] = ownKernelSpec().argv.map((each) =>
      each.replace("{connection_file}", file),
    );
    client.process = spawn(node, args, { stdio: ["ignore", "ignore", "pipe"], cwd: tmpdir() });
    client.process.stderr?.on("data", (chunk) => {
      client.stderr += chunk;
    });
    client.exited = new Promise((resolve) => client.process.on("exit", (code) => resolve(code)));
    return client;
  }

  async #connect(): Promise<void> {
    const address = (name: Name): string => `tcp://127.0.0.1:${this.ports[name]}`;
    this.#shell.connect(address("shell"));
    this.#control.connect(address("control"));
    this.#heartbeat.connect(address("hb"));
    this.#subscriber.connect(address("iopub"));
    this.#subscriber.subscribe("");
    void this.#pump();
    // Subscriptions take a moment to arrive; ask until output comes.
    while (this.iopub.length === 0) await this.request("kernel_info_request");
  }

  async #pump(): Promise<void> {
    for await (const frames of this.#subscriber) {
      this.iopub.push(this.read(frames));
      for (const check of this.#arrived) check();
    }
  }

  /** Frames of a message; `change` may spoil them. */
  frames(type: string, content: object = {}, id: string = randomUUID(), more: object = {}): Buffer[] {
    const header = {
      ...more,
      msg_id: id,
      session: this.session,
      username: "t",
      date: new Date().toISOString(),
      msg_type: type,
      version: "5.4",
    };
    const parts = [header, {}, {}, content].map((part) => Buffer.from(JSON.stringify(part)));
    return [Buffer.from("<IDS|MSG>"), Buffer.from(this.sign(parts)), ...parts];
  }

  sign(parts: Buffer[]): string {
    const hmac = createHmac("sha256", this.key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  }

  read(frames: Buffer[]): RawMessage {
    const at = frames.findIndex((frame) => frame.toString() === "<IDS|MSG>");
    const [signature, ...parts] = frames.slice(at + 1);
    if (signature?.toString() !== this.sign(parts.slice(0, 4)))
      throw new Error("the kernel's signature is wrong");
    const [header, parent_header, , content] = parts.map((part) => JSON.parse(part.toString()));
    return { header, parent_header, content };
  }

  async sendFrames(frames: Buffer[], channel: "shell" | "control" = "shell"): Promise<void> {
    await (channel === "shell" ? this.#shell : this.#control).send(frames);
  }

  async send(type: string, content: object = {}, channel: "shell" | "control" = "shell"): Promise<string> {
    const id = randomUUID();
    await this.sendFrames(this.frames(type, content, id), channel);
    return id;
  }

  /** Runs code in a subshell; its reply comes on the shell's socket, as all do. */
  async execute(code: string, subshell_id?: string, more: object = {}): Promise<string> {
    const id = randomUUID();
    const content = { code, silent: false, store_history: true, allow_stdin: false, ...more };
    await this.sendFrames(this.frames("execute_request", content, id, { subshell_id }));
    return id;
  }

  async receive(channel: "shell" | "control" = "shell"): Promise<RawMessage> {
    return this.read(await (channel === "shell" ? this.#shell : this.#control).receive());
  }

  async request(
    type: string,
    content: object = {},
    channel: "shell" | "control" = "shell",
  ): Promise<RawMessage> {
    const id = await this.send(type, content, channel);
    const reply = await this.receive(channel);
    if (reply.parent_header.msg_id !== id)
      throw new Error(`a reply to another request: ${reply.header.msg_type}`);
    return reply;
  }

  /** Waits until iopub has brought a message that fits. */
  until(matches: (message: RawMessage) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!this.iopub.some(matches)) return;
        this.#arrived.delete(check);
        resolve();
      };
      this.#arrived.add(check);
      check();
    });
  }

  /** Types (and states) of what iopub brought for a request, in order. */
  outputOf(id: string): string[] {
    return this.iopub
      .filter((message) => message.parent_header.msg_id === id)
      .map(({ header, content }) =>
        header.msg_type === "status" ? String(content.execution_state) : header.msg_type,
      );
  }

  async beat(text: string): Promise<string> {
    await this.#heartbeat.send(text);
    return String((await this.#heartbeat.receive())[0]);
  }

  async stop(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.exited;
    for (const socket of [this.#shell, this.#control, this.#heartbeat, this.#subscriber]) socket.close();
  }
}
