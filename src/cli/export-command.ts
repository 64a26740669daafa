// `latent-lab export`: a notebook as a file that people without a kernel can read or run.
import { basename, dirname, join } from "node:path";
import { type Command, Option } from "commander";

interface Options {
  to: "html" | "ts";
  out?: string;
}

export function addExportCommand(program: Command): void {
  program
    .command("export")
    .description("write a notebook, with its saved outputs, as one HTML file or as a TypeScript module")
    .argument("<notebook>", "notebook (.ipynb); it is not executed")
    .addOption(new Option("--to <format>", "format").choices(["html", "ts"]).default("html"))
    .option("--out <file>", "file to write; without it, beside the notebook")
    .action(exportTo);
}

async function exportTo(path: string, { to, out }: Options): Promise<void> {
  const { exportFormats, exportNotebook, readNotebook } = await import("../course/index.js");
  const { writeOutputFile } = await import("./output-file.js");
  const name = basename(path);
  const text = await exportNotebook(await readNotebook(path), name, to);
  const target = out ?? join(dirname(path), name.replace(/\.ipynb$/, "") + exportFormats[to].extension);
  await writeOutputFile(target, text, "export --out");
  console.log(target);
}
