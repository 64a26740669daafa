// The kernels that the manager's tests drive, with the same few programs in each one's language. Ours is there
// as soon as it is built; ipykernel, an implementation that is not ours, wherever Debian's package is.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type KernelSpec, ownKernelSpec } from "../../../src/kernel/manager/index.js";

export interface KernelUnderTest {
  spec: KernelSpec;
  /** Why it cannot be tested here, or `undefined`. */
  missing: string | undefined;
  code: {
    /** Prints `hello`. */
    print: string;
    /** Sets a variable `kept` to 42. */
    assign: string;
    /** An expression with the value of `kept`. */
    read: string;
    /** Prints `looping` and then runs for ever. */
    loop: string;
    /** Ends the process at once, without any clean-up. */
    die: string;
    /** Prints `process.pid` of the kernel. */
    pid: string;
  };
}

const python: KernelSpec = {
  name: "python3",
  resourceDir: undefined,
  argv: ["/usr/bin/python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
  displayName: "Python 3",
  language: "python",
  interruptMode: "signal",
  env: {},
  metadata: {},
};

export const kernelsUnderTest: KernelUnderTest[] = [
  {
    spec: ownKernelSpec(),
    missing: existsSync(ownKernelSpec().argv[3] ?? "")
      ? undefined
      : "our kernel is not built (npm run build)",
    code: {
      print: 'console.log("hello")',
      assign: "let kept = 42;",
      read: "kept",
      loop: 'console.log("looping"); while (true) {}',
      die: 'process.kill(process.pid, "SIGKILL")',
      pid: "console.log(process.pid)",
    },
  },
  {
    spec: python,
    missing:
      spawnSync("/usr/bin/python3", ["-c", "import ipykernel"]).status === 0
        ? undefined
        : "Debian's python3-ipykernel is not installed",
    code: {
      print: 'print("hello")',
      assign: "kept = 42",
      read: "kept",
      loop: 'print("looping", flush=True)\nwhile True: pass',
      die: "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
      pid: "import os; print(os.getpid())",
    },
  },
];
