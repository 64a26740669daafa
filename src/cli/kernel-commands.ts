// `latent-lab kernel …`: the kernel for an existing Jupyter, and the command that kernelspecs call.
import type { Command } from "commander";

export function addKernelCommands(program: Command): void {
  const kernel = program
    .command("kernel")
    .description("the TypeScript kernel for JupyterLab, VS Code, nbconvert, …");
  kernel
    .command("run")
    .description("run a kernel for a Jupyter client (kernelspecs call this)")
    .argument("<connection-file>", "JSON file with the addresses and the key, written by the client")
    .action(async (connectionFile: string) => {
      // Loaded late: the other commands need neither ZeroMQ nor the compiler.
      const { runKernel } = await import("../kernel/threads/main-thread.js");
      runKernel(connectionFile);
    });
}
