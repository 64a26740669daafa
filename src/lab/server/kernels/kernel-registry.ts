// The kernels that this lab runs, by id.
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findKernelSpec, KernelProcess, ownKernelName } from "../../../kernel/manager/index.js";
import type { ContentRoot } from "../contents/content-root.js";
import { HttpError } from "../http-error.js";
import { ManagedKernel } from "./managed-kernel.js";
import { SpareKernel } from "./spare-kernel.js";

export interface StartKernelOptions {
  /** Default: our own. */
  name?: string | undefined;
  /** Path of the notebook or folder, as the API has it; the kernel runs in that folder. */
  path?: string | undefined;
}

export interface KernelRegistryOptions {
  /** Keeps one of our kernels started ahead in the root folder, so that the next notebook has it at once. */
  spare?: boolean;
  /** Shuts kernels down that have done nothing for so many ms and have no page. Default: never. */
  cullAfter?: number | undefined;
}

export class KernelRegistry {
  private readonly spare: SpareKernel | undefined;
  private readonly culling: NodeJS.Timeout | undefined;
  private readonly kernels = new Map<string, ManagedKernel>();
  /** Starts under way; closing waits for them, so that none outlives the lab. */
  private readonly starting = new Set<Promise<unknown>>();
  private closed = false;

  constructor(
    private readonly root: ContentRoot,
    private readonly log: (line: string) => void,
    { spare = false, cullAfter }: KernelRegistryOptions = {},
  ) {
    if (spare) this.spare = new SpareKernel(root.folder, log);
    if (cullAfter === undefined) return;
    const interval = Math.max(10, Math.min(60_000, cullAfter / 4));
    this.culling = setInterval(() => this.cull(cullAfter), interval).unref();
  }

  get all(): ManagedKernel[] {
    return [...this.kernels.values()];
  }

  find(id: string): ManagedKernel | undefined {
    return this.kernels.get(id);
  }

  /** @throws HttpError 404 */
  get(id: string): ManagedKernel {
    const kernel = this.kernels.get(id);
    if (kernel === undefined) throw new HttpError(404, `There is no kernel ${id}. It was shut down.`);
    return kernel;
  }

  async start(options: StartKernelOptions): Promise<ManagedKernel> {
    if (this.closed) throw new HttpError(503, "The lab is shutting down.");
    const start = this.startProcess(options);
    this.starting.add(start);
    try {
      return await start;
    } finally {
      this.starting.delete(start);
    }
  }

  async shutdown(id: string): Promise<void> {
    const kernel = this.get(id);
    this.kernels.delete(id);
    await kernel.process.shutdown();
  }

  /** Ends all kernels, those that are still starting too. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.culling);
    const spare = this.spare?.close();
    await Promise.allSettled(this.starting); // whoever started one hears of its failure
    const all = this.all;
    this.kernels.clear();
    await Promise.all([...all.map((kernel) => kernel.process.shutdown()), spare]);
  }

  private async startProcess({
    name = ownKernelName,
    path = "",
  }: StartKernelOptions): Promise<ManagedKernel> {
    const spec = await findKernelSpec(name);
    const cwd = await this.folderOf(path);
    const process = (await this.spare?.take(spec, cwd)) ?? (await KernelProcess.start({ spec, cwd }));
    const kernel = new ManagedKernel(process, cwd, this.log);
    this.kernels.set(kernel.id, kernel);
    return kernel;
  }

  private cull(after: number): void {
    const idle = this.all.filter(
      (kernel) => !kernel.isInUse && Date.now() - kernel.idleSince.getTime() > after,
    );
    for (const { id, model } of idle) {
      this.shutdown(id).then(
        () => this.log(`A kernel (${model.name}) that nobody used was shut down.`),
        (error: unknown) => this.log(`A kernel that nobody used could not be shut down: ${error}`),
      );
    }
  }

  /** The folder of a notebook; a console's path names no file, so its folder is the nearest that exists. */
  private async folderOf(path: string): Promise<string> {
    for (let folder = path; folder !== "" && folder !== "."; folder = dirname(folder)) {
      try {
        const { real } = await this.root.existing(folder);
        if ((await stat(real)).isDirectory()) return real;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (!(error instanceof HttpError) && code !== "ENOENT" && code !== "ENOTDIR") throw error;
      }
      if (folder === dirname(folder)) break;
    }
    return join(this.root.folder);
  }
}
