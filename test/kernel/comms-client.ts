// A front end's side of comms, over a real kernel: it sends comm messages, and waits for what the kernel sends.
import { randomUUID } from "node:crypto";
import { type Message, newHeader } from "../../src/kernel/protocol/wire.js";
import { NotebookClient } from "./notebook-client.js";

/** What a test sends. */
export interface CommSend {
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  buffers?: Buffer[];
}

export class CommsClient {
  /** All messages on iopub, in order. */
  readonly iopub: Message[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(readonly notebook: NotebookClient) {
    notebook.kernel.on("message", (channel, message) => {
      if (channel !== "iopub") return;
      this.iopub.push(message);
      for (const check of this.#waiting) check();
    });
  }

  static async start(cwd: string): Promise<CommsClient> {
    return new CommsClient(await NotebookClient.start(cwd));
  }

  /** Sends a message of a comm. @returns its id */
  async send(type: "open" | "msg" | "close", content: object, { data, metadata, buffers }: CommSend = {}) {
    const { kernel } = this.notebook;
    const header = newHeader(`comm_${type}`, kernel.session);
    await kernel.send("shell", {
      header,
      parent_header: {},
      metadata: metadata ?? {},
      content: { data: data ?? {}, ...content },
      buffers: buffers ?? [],
    });
    return header.msg_id;
  }

  /** Opens a comm from the front end. */
  async open(target: string, more: CommSend = {}): Promise<{ comm: string; message: string }> {
    const comm = randomUUID();
    return { comm, message: await this.send("open", { comm_id: comm, target_name: target }, more) };
  }

  /** Sends to a comm, and waits until the kernel has handled it. */
  async tell(comm: string, data: Record<string, unknown>, more: CommSend = {}): Promise<string> {
    const id = await this.send("msg", { comm_id: comm }, { data, ...more });
    await this.idle(id);
    return id;
  }

  /** Waits until the kernel says that it has done with a message. */
  async idle(id: string): Promise<void> {
    await this.until(
      ({ header, parent_header, content }) =>
        parent_header.msg_id === id && header.msg_type === "status" && content.execution_state === "idle",
    );
  }

  /** The first message on iopub that fits, as soon as it is there. */
  until(matches: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = this.iopub.find(matches);
        if (found === undefined) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** Comm messages that the kernel sent, of one comm if it is given. */
  comms(type: "open" | "msg" | "close", comm?: string): Message[] {
    return this.iopub.filter(
      ({ header, content }) =>
        header.msg_type === `comm_${type}` && (comm === undefined || content.comm_id === comm),
    );
  }

  /** Types of what a message caused on iopub, with the states of `status`. */
  causedBy(id: string): string[] {
    return this.iopub
      .filter(({ parent_header }) => parent_header.msg_id === id)
      .map(({ header, content }) =>
        header.msg_type === "status" ? String(content.execution_state) : header.msg_type,
      );
  }

  stop(): Promise<void> {
    return this.notebook.stop();
  }
}
