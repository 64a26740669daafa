// `latent-lab` and `latent-lab lab`: opens the lab on a folder, or on the learner's workspace.
import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";

interface Options {
  port: number;
  host: string;
  browser: boolean;
  cull?: number;
  foreignScripts?: true;
}

/** Jupyter's. */
export const defaultPort = 8888;

export function addLabCommand(program: Command): void {
  program
    .command("lab", { isDefault: true })
    .description("open JupyterLab with the TypeScript kernel (what «latent-lab» alone does)")
    .argument("[folder]", "folder to show; without it, your workspace with the course")
    .option("--port <n>", "port, or the next free one after it; 0 for any", portNumber, defaultPort)
    .option(
      "--host <address>",
      "address to listen on; others than your own machine's let others in",
      "127.0.0.1",
    )
    .option("--no-browser", "print the address instead of opening it")
    .option("--cull <minutes>", "shut kernels down that nobody used for so long", minutes)
    .option("--foreign-scripts", "let outputs load scripts from other hosts and send requests there")
    .action(openLab);
}

async function openLab(folder: string | undefined, options: Options): Promise<void> {
  const { port, host, browser, cull, foreignScripts = false } = options;
  const { stateFolder } = await import("../core/folders.js");
  const { courseNotebooks, openWorkspace } = await import("../course/index.js");
  const { notebookHash, startLab } = await import("../lab/index.js");
  const workspace = folder === undefined ? await openWorkspace() : undefined;
  const shipped = await courseNotebooks();
  const [first] = workspace?.added ?? [];
  const lab = await startLab({
    root: workspace?.folder ?? folder ?? "",
    port,
    host,
    openBrowser: browser,
    stateDir: stateFolder(),
    spareKernel: true,
    cullAfter: cull === undefined ? undefined : cull * 60_000,
    foreignScripts,
    // The outputs that the course comes with are ours, and safe to show.
    trustedHashes: () => new Set(shipped.map((path) => notebookHash(readFileSync(path, "utf8")))),
    log: (line) => console.error(line),
    // At the first start the course opens at its beginning; later the lab restores what was open.
    ...(workspace?.isNew && first ? { preferredNotebook: first } : {}),
  });
  console.log(`Latent Lab shows ${workspace?.folder ?? folder} at\n\n    ${lab.urlWithToken}\n`);
  console.log("Press Ctrl+C to end it; notebooks that are saved are kept.");
  endOnSignal(() => lab.close());
}

/** Ends kernels and server in order; a second signal ends at once. */
function endOnSignal(close: () => Promise<void>): void {
  let ending = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (ending) process.exit(1);
      ending = true;
      console.log("\nEnding the kernels …");
      close().then(
        () => process.exit(0),
        (error) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
}

function minutes(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number < 1e6)) throw new InvalidArgumentError("Expected minutes, more than 0.");
  return number;
}

function portNumber(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError("Expected a number from 0 to 65535.");
  }
  return port;
}
