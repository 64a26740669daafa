// One kernel of ours started ahead: a notebook that is opened gets it at once, and the next spare starts while the
// first cell is being read. It runs in the root folder, so only notebooks that lie there can have it.
import {
  findKernelSpec,
  KernelProcess,
  type KernelSpec,
  ownKernelName,
} from "../../../kernel/manager/index.js";

export class SpareKernel {
  private waiting: Promise<KernelProcess | undefined>;
  private closed = false;

  constructor(
    private readonly folder: string,
    private readonly log: (line: string) => void,
  ) {
    this.waiting = this.start();
  }

  /** The spare, if it is of this kind, in this folder, and alive; it may still be starting. */
  async take({ name }: KernelSpec, cwd: string): Promise<KernelProcess | undefined> {
    if (name !== ownKernelName || cwd !== this.folder || this.closed) return undefined;
    const taken = this.waiting;
    this.waiting = taken.then(() => this.start());
    const kernel = await taken;
    if (kernel === undefined || kernel.state === "ready") return kernel;
    await kernel.shutdown(); // it died while it waited
    return undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
    await (await this.waiting)?.shutdown();
  }

  private async start(): Promise<KernelProcess | undefined> {
    if (this.closed) return undefined;
    try {
      return await KernelProcess.start({ spec: await findKernelSpec(ownKernelName), cwd: this.folder });
    } catch (error) {
      this.log(`A kernel could not be started ahead: ${(error as Error).message}`);
      return undefined;
    }
  }
}
