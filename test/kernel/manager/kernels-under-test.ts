// The kernels that the manager's tests drive, with the same few programs in each one's language: ours, and, where
// Debian's package is, ipykernel, an implementation that is not ours.
import { type KernelSpec, ownKernelSpec } from "../../../src/kernel/manager/index.js";
import { type OptionalTool, optionalTool } from "../../optional-tool.js";

export interface KernelUnderTest {
  spec: KernelSpec;
  /** What it needs beside our package. */
  tool?: OptionalTool;
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

export const ownKernel: KernelUnderTest = {
  spec: ownKernelSpec(),
  code: {
    print: 'console.log("hello")',
    assign: "let kept = 42;",
    read: "kept",
    loop: 'console.log("looping"); while (true) {}',
    die: 'process.kill(process.pid, "SIGKILL")',
    pid: "console.log(process.pid)",
  },
};

export const kernelsUnderTest: KernelUnderTest[] = [
  ownKernel,
  {
    spec: python,
    tool: optionalTool("/usr/bin/python3", ["-c", "import ipykernel"], "python3-ipykernel"),
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

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
