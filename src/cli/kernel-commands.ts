// `latent-lab kernel …`: the kernel for an existing Jupyter, and the command that kernelspecs call. What a
// command needs is loaded when it runs: `kernel run` must start fast, the others need no ZeroMQ.
import type { Command } from "commander";
import type { InstallOptions, InstallPlace } from "../kernel/install/kernelspec-files.js";

export function addKernelCommands(program: Command): void {
  const kernel = program
    .command("kernel")
    .description("the TypeScript kernel for JupyterLab, VS Code, nbconvert, …");
  addInstall(kernel);
  addRemove(kernel);
  kernel
    .command("list")
    .description("list the kernels that this machine offers, and where they are")
    .action(listKernels);
  kernel
    .command("run")
    .description("run a kernel for a Jupyter client (kernelspecs call this)")
    .argument("<connection-file>", "JSON file with the addresses and the key, written by the client")
    .action(async (connectionFile: string) => {
      const { startKernel } = await import("../kernel/threads/start-kernel.js");
      await startKernel(connectionFile);
    });
}

function withPlace(command: Command): Command {
  return command
    .option("--user", "for the present user (default)")
    .option("--prefix <dir>", "below an installation prefix, in share/jupyter/kernels")
    .option("--sys-prefix", "in the active Python or Conda environment");
}

function addInstall(kernel: Command): void {
  withPlace(
    kernel.command("install").description("install the kernel for other Jupyter front ends; needs no Python"),
  )
    .option("--name <name>", "name of the kernelspec", "latent-lab")
    .option("--display-name <text>", "what front ends call it", "TypeScript (Latent Lab)")
    .option("--env <NAME=VALUE>", "environment variable of the kernel; may be repeated", collect, [])
    .action(async (options: InstallOptions) => {
      const { installKernelSpec } = await import("../kernel/install/kernelspec-files.js");
      const folder = await installKernelSpec(options);
      console.log(`Installed the kernel in ${folder}.`);
      if (/[\\/]_npx[\\/]/.test(process.argv[1] ?? "")) {
        console.log(
          "It points into npx's cache, which npm may empty: install latent-lab with npm for a kernel that lasts.",
        );
      }
    });
}

function addRemove(kernel: Command): void {
  withPlace(kernel.command("remove").description("remove a kernelspec that «kernel install» wrote"))
    .option("--name <name>", "name of the kernelspec", "latent-lab")
    .action(async ({ name, ...place }: InstallPlace & { name: string }) => {
      const { removeKernelSpec } = await import("../kernel/install/kernelspec-files.js");
      console.log(`Removed ${await removeKernelSpec(name, place)}.`);
    });
}

async function listKernels(): Promise<void> {
  const { listKernelSpecs } = await import("../kernel/manager/index.js");
  const { installedFolders } = await import("../kernel/install/kernelspec-files.js");
  const { specs, invalid } = await listKernelSpecs();
  const width = Math.max(...specs.map(({ name }) => name.length));
  for (const { name, displayName, resourceDir } of specs) {
    const folders = resourceDir === undefined ? await installedFolders(name) : [resourceDir];
    const builtIn = resourceDir === undefined ? ["built into latent-lab"] : [];
    console.log(`${name.padEnd(width)}  ${displayName}  ${[...builtIn, ...folders].join(", ")}`);
  }
  for (const { file, reason } of invalid) console.error(`${file} cannot be used: ${reason}`);
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
