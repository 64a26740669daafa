// `/api/resolvePath`: a path as it appears in an output (a traceback's file, say) as a path of the lab, so that
// JupyterLab can make it a link. Absolute paths, `~/…`, and paths relative to the kernel's folder are known.
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { LabContext } from "../context.js";
import { HttpError } from "../http-error.js";

const query = z.object({ path: z.string().min(1), kernel: z.string().optional() });

export function registerResolvePath(app: FastifyInstance, { root, kernels }: LabContext): void {
  app.get("/api/resolvePath", async (request) => {
    const { path, kernel } = query.parse(request.query);
    const cwd = kernel === undefined ? root.folder : (kernels.find(kernel)?.cwd ?? root.folder);
    const home = path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
    const absolute = isAbsolute(home) ? home : join(cwd, home);
    try {
      if (!root.holds(absolute)) throw new HttpError(403, "This lies outside the lab's folder.");
      await root.existing(root.apiPath(absolute));
      return { resolved: [{ scope: "server", path: root.apiPath(absolute) }], unresolved: [] };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (!(error instanceof HttpError) && !["ENOENT", "ENOTDIR", "EACCES", "ELOOP"].includes(code))
        throw error;
      return { resolved: [], unresolved: [{ scope: "server", path }] };
    }
  });
}
