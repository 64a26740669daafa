// Sessions tie a notebook or console to its kernel, so that a page that is opened again finds it.
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { HttpError } from "../http-error.js";
import type { KernelRegistry } from "./kernel-registry.js";
import type { KernelModel } from "./managed-kernel.js";

const kernelChoice = z.object({ id: z.string().nullish(), name: z.string().nullish() }).nullish();

export const newSession = z.object({
  path: z.string().min(1),
  type: z.string().min(1),
  name: z.string().default(""),
  kernel: kernelChoice,
});

export const sessionChange = z.object({
  path: z.string().min(1).nullish(),
  type: z.string().min(1).nullish(),
  name: z.string().nullish(),
  kernel: kernelChoice,
});

export interface SessionModel {
  id: string;
  path: string;
  name: string;
  type: string;
  kernel: KernelModel;
  notebook?: { path: string; name: string };
}

interface Session {
  id: string;
  path: string;
  name: string;
  type: string;
  kernelId: string;
}

export class SessionRegistry {
  private readonly sessions = new Map<string, Session>();
  /** Two tabs that open one notebook at once share the start of its kernel. */
  private readonly opening = new Map<string, Promise<Session>>();

  constructor(private readonly kernels: KernelRegistry) {}

  list(): SessionModel[] {
    this.forgetEnded();
    return [...this.sessions.values()].map((session) => this.modelOf(session));
  }

  get(id: string): SessionModel {
    return this.modelOf(this.find(id));
  }

  /** The session of this path and type, or a new one with a kernel. */
  async open(request: z.infer<typeof newSession>): Promise<SessionModel> {
    this.forgetEnded();
    const same = [...this.sessions.values()].find(
      ({ path, type }) => path === request.path && type === request.type,
    );
    if (same !== undefined) return this.modelOf(same);
    const key = JSON.stringify([request.path, request.type]);
    const opening = this.opening.get(key) ?? this.make(request).finally(() => this.opening.delete(key));
    this.opening.set(key, opening);
    return this.modelOf(await opening);
  }

  /** Renames a session or gives it another kernel; the old kernel ends if no session needs it. */
  async change(id: string, { kernel, ...names }: z.infer<typeof sessionChange>): Promise<SessionModel> {
    const session = this.find(id);
    session.path = names.path ?? session.path;
    session.type = names.type ?? session.type;
    session.name = names.name ?? session.name;
    if (kernel?.id || kernel?.name) {
      const before = session.kernelId;
      session.kernelId = await this.kernelFor(session.path, kernel);
      if (before !== session.kernelId) await this.endIfUnused(before);
    }
    return this.modelOf(session);
  }

  async close(id: string): Promise<void> {
    const { kernelId } = this.find(id);
    this.sessions.delete(id);
    await this.endIfUnused(kernelId);
  }

  private async make({ path, type, name, kernel }: z.infer<typeof newSession>): Promise<Session> {
    const kernelId = await this.kernelFor(path, kernel);
    const session = { id: randomUUID(), path, type, name, kernelId };
    this.sessions.set(session.id, session);
    return session;
  }

  private async kernelFor(path: string, choice: z.infer<typeof kernelChoice>): Promise<string> {
    if (choice?.id) return this.kernels.get(choice.id).id;
    return (await this.kernels.start({ name: choice?.name ?? undefined, path })).id;
  }

  private find(id: string): Session {
    this.forgetEnded();
    const session = this.sessions.get(id);
    if (session === undefined) throw new HttpError(404, `There is no session ${id}.`);
    return session;
  }

  private modelOf({ kernelId, ...session }: Session): SessionModel {
    const { path, name, type } = session;
    const model = { ...session, kernel: this.kernels.get(kernelId).model };
    return type === "notebook" ? { ...model, notebook: { path, name } } : model;
  }

  private async endIfUnused(kernelId: string): Promise<void> {
    const used = [...this.sessions.values()].some((session) => session.kernelId === kernelId);
    if (!used && this.kernels.find(kernelId) !== undefined) await this.kernels.shutdown(kernelId);
  }

  /** A kernel that was shut down by itself (Running panel) takes its sessions along. */
  private forgetEnded(): void {
    for (const { id, kernelId } of this.sessions.values()) {
      if (this.kernels.find(kernelId) === undefined) this.sessions.delete(id);
    }
  }
}
