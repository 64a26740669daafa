// Which tests have a script of their own because they take minutes; `npm test` runs the others, in less than six.

function under(folder: string, ...names: string[]): string[] {
  return names.map((name) => `test/${folder}/${name}.test.ts`);
}

/**
 * `npm run test:course`: every exercise of the course in the real kernel, with right and wrong answers and slips of the pen, a
 * class with hostile learners graded, notebooks run by the command, every notebook with its cells run again in another order,
 * every network of the reference and notebook 08 trained again, trainings from several seeds, the docs' examples run, and the
 * site built as a whole.
 */
export const course = [
  ...under("cli", "build", "check-class", "run"),
  ...under("course", "exercises/exercises", "notebook-08", "reruns", "run-afterwards", "run-notebook"),
  ...under("train", "docs", "fit-seeds", "reference-runs"),
  ...under("data", "docs"),
];

/**
 * `npm run test:hostile`: what must survive hostile cells and messages, processes that are killed, full disks and output without
 * end, interrupts at any moment, what `latent-lab doctor` finds missing or broken; the debugger, which stops a kernel some
 * hundred times; and what other TypeScript kernels get wrong, each in a kernel of its own.
 */
export const hostile = [
  "test/kernel/debug/**/*.test.ts",
  ...under(
    "kernel",
    "behaviours",
    "evaluate/hostile",
    "evaluate/interrupted-imports",
    "evaluate/output-limit",
    "manager/kernel-process",
    "protocol/fuzz",
  ),
  ...under("lab", "disk", "exhaustion"),
  ...under("cli", "doctor", "run-interrupted"),
  ...under("jit", "notebook"),
  ...under("train", "checkpoint", "interrupts"),
];

/**
 * `npm run test:compat`: our notebooks on other kernels and theirs on ours, with the packages of test/compat from the registry;
 * and Jupyter's own tests and converter, from Debian.
 */
export const compat = ["test/compat/*.test.ts", ...under("kernel", "jupyter-kernel-test", "nbconvert")];

/** `npm run test:newest-node`, with another Node than the rest: what hangs on Node's own inside. */
export const nodesOwn = [
  "test/kernel/**/*.test.ts",
  "test/lab/**/*.test.ts",
  "test/widgets/**/*.test.ts",
  ...under("cli", "run-interrupted"),
  ...under("jit", "engines", "notebook"),
];
