// Bundles the compiled code of a kernel's threads into one file each, dist/kernel/bundles: a client waits for the start
// of a kernel, and Node takes half of it to find and read a hundred small modules (docs/decisions/0006). Packages stay
// outside. What a module knows of its own place (`import.meta.url`) stays as it was.
import { mkdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const kernel = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist", "kernel");
const target = join(kernel, "bundles");

/** Of each bundle: its entry, and its format. Node starts a CommonJS program 15 ms sooner; ours are those that are waited for. */
const bundles = {
  "main.cjs": { entry: "main.js", format: "cjs" },
  "protocol-thread.cjs": { entry: "threads/protocol-thread.js", format: "cjs" },
  "main-thread.mjs": { entry: "threads/main-thread.js", format: "esm" },
};

const bundleAddress = {
  cjs: 'require("node:url").pathToFileURL(__filename).href',
  esm: "import.meta.url",
};

/** Modules keep their own addresses, as they find files from there. */
const ownAddresses = {
  name: "own-addresses",
  transform(code, id) {
    if (!code.includes("import.meta.url")) return undefined;
    const path = relative(target, id).split(sep).join("/");
    return code.replaceAll("import.meta.url", `addressOf(${JSON.stringify(path)})`);
  },
};

mkdirSync(target, { recursive: true });
for (const [file, { entry, format }] of Object.entries(bundles)) {
  const bundle = await rolldown({
    input: join(kernel, entry),
    platform: "node",
    external: /^(?![./]|[A-Za-z]:)/, // packages and Node's modules; paths stay inside
    plugins: [ownAddresses],
    onLog: (level, log) => {
      if (level === "warn") throw new Error(`${file}: ${log.message}`);
    },
  });
  await bundle.write({
    file: join(target, file),
    format,
    codeSplitting: false,
    banner: `const addressOf = (path) => new URL(path, ${bundleAddress[format]}).href;`,
  });
}
