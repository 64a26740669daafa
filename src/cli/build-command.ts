// `latent-lab build`: the course and the docs as a static site with slides.
import type { Command } from "commander";
import { ProgressLine } from "./progress-line.js";

export function addBuildCommand(program: Command): void {
  program
    .command("build")
    .description("write the course and the docs as a site that needs no server and no network, with slides")
    .option("--out <dir>", "folder of the site; one that was made here before is replaced", "site")
    .addHelpText(
      "after",
      "\nNothing is executed: the pages show the notebooks' saved outputs. Open site/index.html, or serve the folder.",
    )
    .action(async ({ out }: { out: string }) => {
      const { buildSite } = await import("../course/index.js");
      const progress = new ProgressLine(process.stderr);
      const result = await buildSite(out, (file) => progress.set("build", file)).finally(() =>
        progress.clear(),
      );
      for (const sentence of result.missing) console.error(sentence);
      const size = (result.bytes / 2 ** 20).toFixed(1);
      console.log(
        `${out}: ${result.pages} pages, ${size} MB, in ${result.seconds.toFixed(1)} s. Open ${out}/index.html.`,
      );
    });
}
