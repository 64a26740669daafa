// The labs that are measured: ours, and Debian's classic notebook where `jupyter-notebook` is installed, each as a
// process of its own with a folder and a home of its own.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../", import.meta.url));
const lesson = "08-stacked-autoencoder.ipynb";

/** Notebooks that both open: the lesson, one of about 10 MB, and a small one to run. */
function fill(folder) {
  mkdirSync(folder);
  cpSync(join(repository, "notebooks", lesson), join(folder, "lesson.ipynb"));
  const { metadata, ...rest } = JSON.parse(readFileSync(join(folder, "lesson.ipynb"), "utf8"));
  const picture = "A".repeat(100_000);
  const cells = Array.from({ length: 100 }, (_, index) => ({
    ...{ cell_type: "code", id: `cell-${index}`, execution_count: index, metadata: {} },
    source: `// cell ${index}`,
    outputs: [{ output_type: "stream", name: "stdout", text: `${picture.replace(/.{100}/g, "$&\n")}` }],
  }));
  writeFileSync(join(folder, "large.ipynb"), JSON.stringify({ ...rest, metadata, cells }));
  const [cell] = cells;
  const small = [{ ...cell, source: "20 + 22", execution_count: null, outputs: [] }];
  writeFileSync(join(folder, "small.ipynb"), JSON.stringify({ ...rest, metadata, cells: small }));
}

const ours = {
  name: "latent-lab",
  command: (folder) => [
    process.execPath,
    [join(repository, "dist", "cli", "main.js"), "lab", folder, "--no-browser", "--port", "0"],
  ],
  page: (url) => url,
  freshPage: (url) => url.replace("/lab?", "/lab?reset&"), // without the notebooks that were open
  notebook: (url, name) => url.replace("/lab?", `/lab/tree/${name}?reset&`),
  ready: "body[data-lab-restored]",
  rendered: ".jp-NotebookPanel .jp-CodeCell .cm-line:visible, .jp-NotebookPanel .jp-MarkdownOutput:visible",
  link: (name) => `.jp-DirListing-item:has-text("${name}")`,
  clicks: 2,
  output: ".jp-OutputArea-executeResult pre",
  cell: ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell .cm-content",
};

/** The classic notebook prints the port that it was given, so it cannot be told to take any. */
let nextPort = 41_000 + (process.pid % 10_000);

const classic = {
  name: "classic notebook",
  command: (folder) => [
    "jupyter-notebook",
    ["--no-browser", `--port=${nextPort++}`, "--allow-root", `--notebook-dir=${folder}`],
  ],
  page: (url) => url,
  freshPage: (url) => url,
  notebook: (url, name) => url.replace(/\/(tree)?\?/, `/notebooks/${name}?`),
  ready: "#notebook_list .item_link",
  rendered:
    "#notebook-container .code_cell .CodeMirror-line:visible, #notebook-container .rendered_html:visible",
  link: (name) => `#notebook_list .item_link:has-text("${name}")`,
  clicks: 1,
  output: ".output_result pre",
  cell: "#notebook-container .code_cell .CodeMirror",
};

export function contenders() {
  const hasClassic = spawnSync("jupyter-notebook", ["--version"], { stdio: "ignore" }).status === 0;
  return hasClassic ? [ours, classic] : [ours];
}

/** Starts a lab; `started` is when its process did. */
export async function startLab(contender) {
  const base = mkdtempSync(join(tmpdir(), "latent-lab-bench-"));
  const folder = join(base, "notebooks");
  fill(folder);
  const [program, args] = contender.command(folder);
  const env = { ...process.env, HOME: base, LATENT_LAB_STATE: join(base, "state") };
  spawnSync(process.execPath, [join(repository, "dist", "cli", "main.js"), "kernel", "install", "--user"], {
    env,
  });
  const started = performance.now();
  const server = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const url = await new Promise((resolve, reject) => {
    let printed = "";
    const read = (text) => {
      printed += text;
      const found = /http:\/\/(?:127\.0\.0\.1|localhost):\d+\S*[?&]token=\w+/.exec(printed)?.[0];
      if (found !== undefined) resolve(found);
    };
    for (const stream of [server.stdout, server.stderr]) stream.setEncoding("utf8").on("data", read);
    server.once("exit", () => reject(new Error(`${contender.name} ended:\n${printed}`)));
  });
  return {
    url,
    started,
    async stop() {
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
      server.kill("SIGKILL");
      rmSync(base, { recursive: true, force: true });
    },
  };
}
