// What kernelspecs start: a kernel for the connection file that a client wrote. The same as `latent-lab kernel
// run`, without what only the command line needs, since a kernel's start is waited for.
import { LatentLabError, UsageError } from "../core/errors.js";
import { startKernel } from "./threads/start-kernel.js";

const [connectionFile] = process.argv.slice(2);
run(connectionFile).catch((error: unknown) => {
  // What a user can mend is said in one line; anything else is a bug of ours and needs its stack.
  console.error(error instanceof LatentLabError ? `latent-lab kernel: ${error.message}` : error);
  process.exitCode = 1;
});

async function run(file: string | undefined): Promise<void> {
  if (file === undefined)
    throw new UsageError("expected the path of a connection file; got none. A Jupyter client passes it.");
  await startKernel(file);
}
