// The kernels on offer, with their logos. Of a spec's folder only the files that front ends ask for are served.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import {
  findKernelSpec,
  type KernelSpec,
  listKernelSpecs,
  logoSvg,
  ownKernelName,
} from "../../../kernel/manager/index.js";
import type { LabContext } from "../context.js";
import { HttpError } from "../http-error.js";

const resourceTypes: Record<string, string> = {
  "logo-svg.svg": "image/svg+xml",
  "logo-64x64.png": "image/png",
  "logo-32x32.png": "image/png",
};

export function registerKernelSpecs(app: FastifyInstance, { log }: LabContext): void {
  const reported = new Set<string>();
  app.get("/api/kernelspecs", async () => {
    const { specs, invalid } = await listKernelSpecs();
    for (const { file, reason } of invalid) {
      if (!reported.has(file)) log(`The kernel in ${file} cannot be used: ${reason}`);
      reported.add(file);
    }
    const models = await Promise.all(specs.map(async (spec) => [spec.name, await modelOf(spec)] as const));
    return { default: ownKernelName, kernelspecs: Object.fromEntries(models) };
  });
  app.get("/api/kernelspecs/:name", async ({ params }) => {
    return modelOf(await findKernelSpec((params as { name: string }).name));
  });
  app.get("/kernelspecs/:name/:file", async ({ params }, reply) => {
    const { name, file } = params as { name: string; file: string };
    const type = resourceTypes[file];
    if (type === undefined) throw new HttpError(404, `A kernel has no file ${file}.`);
    const { resourceDir } = await findKernelSpec(name);
    const data = resourceDir === undefined ? logoSvg : await readFile(join(resourceDir, file));
    return reply.headers({ "Content-Type": type, "Cache-Control": "no-cache" }).send(data);
  });
}

async function modelOf(spec: KernelSpec): Promise<object> {
  const { name, argv, displayName, language, interruptMode, env, metadata } = spec;
  const files = spec.resourceDir === undefined ? ["logo-svg.svg"] : await readdir(spec.resourceDir);
  const logos = files.filter((file) => file in resourceTypes);
  return {
    name,
    spec: { argv, display_name: displayName, language, interrupt_mode: interruptMode, env, metadata },
    resources: Object.fromEntries(
      logos.map((file) => [file.replace(/\.\w+$/, ""), `/kernelspecs/${encodeURIComponent(name)}/${file}`]),
    ),
  };
}
