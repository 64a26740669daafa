// The package as others install it: with npm, into an empty folder, where none of our overrides count.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { examplesOf } from "../docs/examples.js";
import { execute, folderSize, type Installation, install, runModule, shell } from "./installation.js";
import { runInInstalledKernel } from "./installed-kernel.js";

const { tarball, newerNode } = inject("package");
const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const { version, devDependencies } = JSON.parse(
  await readFile(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string; devDependencies: Record<string, string> };

/** Imports each folder that package.json exports, and trains a little. */
const program = `
  import * as tf from "@tensorflow/tfjs-node";
  import { pca } from "latent-lab/analysis";
  import { MissingPackageError, readyBackend } from "latent-lab/core";
  import { load } from "latent-lab/data";
  import { stacked } from "latent-lab/models";
  import { scatter3d } from "latent-lab/plot";
  import { fit, reconstructionError } from "latent-lab/train";
  const digits = await load("digits");
  const { train, test } = digits.split();
  const { autoencoder } = stacked({ inputDim: 64, hidden: [8], codeDim: 3, seed: 1 });
  const { history } = await fit(autoencoder, train.features, train.features, { epochs: 2, batchSize: 128, seed: 1 });
  const linear = pca(train.features, { components: 3 });
  const error = await reconstructionError(linear, test.features);
  const figure = scatter3d(linear.transform(test.features));
  console.log(JSON.stringify({
    sameTensors: digits.features instanceof tf.Tensor,
    shape: digits.features.shape,
    loss: history.loss,
    error,
    traces: figure.data.length,
    backend: await readyBackend(),
    missing: typeof MissingPackageError,
  }));`;

interface Answer {
  sameTensors: boolean;
  shape: number[];
  loss: [number, number];
  error: number;
  traces: number;
  backend: string;
  missing: string;
}

function expectToWork(answer: string): void {
  const { loss, error, ...rest } = JSON.parse(answer) as Answer;
  expect(rest).toEqual({
    sameTensors: true,
    shape: [1797, 64],
    traces: 1,
    backend: "wasm",
    missing: "function",
  });
  expect(loss[1]).toBeLessThan(loss[0]);
  expect(error).toBeCloseTo(0.043601, 6);
}

describe("the packed file", () => {
  const { files } = tarball;

  it("has all that an installation runs: code, front end, data, notebooks, documents", () => {
    for (const file of [
      ...["dist/cli/main.js", "dist/lab/frontend/schemas.json", "dist/lab/frontend/stamp", "LICENSE"],
      ...["datasets/manifest.json", "datasets/digits.csv.gz", "notebooks/08-stacked-autoencoder.ipynb"],
      ...["README.md", "CHANGELOG.md", "docs/errors.md"],
    ]) {
      expect(files).toContain(file);
    }
    expect(files.filter((file) => /^dist\/lab\/frontend\/static\/.*\.js$/.test(file)).length).toBeGreaterThan(
      50,
    );
    expect(files.some((file) => file.startsWith("dist/lab/frontend/themes/"))).toBe(true);
  });

  it("has no sources, tests, source maps, caches or workspace", () => {
    const foreign = /^(src|test|scripts|bench|workspace|node_modules)\/|\.tsbuildinfo$|\.map$|\.test\.|^\.ci/;
    expect(files.filter((file) => foreign.test(file))).toEqual([]);
    expect(files.filter((file) => /\/frontend-[^/]+\//.test(file))).toEqual([]); // an unfinished bundle
  });
});

const cases: [title: string, env: NodeJS.ProcessEnv][] = [
  ["installed as it is", {}],
  ["installed with ONNXRUNTIME_NODE_INSTALL=skip", { ONNXRUNTIME_NODE_INSTALL: "skip" }],
];

describe.each(cases)("%s", (title, env) => {
  let installation: Installation;
  let folder: string;
  const inModules = (...path: string[]) => join(folder, "node_modules", ...path);

  beforeAll(async () => {
    installation = await install(tarball.path, env);
    folder = installation.folder;
    const [whole, own] = await Promise.all([folderSize(inModules()), folderSize(inModules("latent-lab"))]);
    const onnx = existsSync(inModules("onnxruntime-node")) ? "with" : "without";
    console.log(
      `${title}: ${installation.seconds.toFixed(1)} s, packed ${mega(tarball.bytes)}, unpacked ${mega(own)}, ` +
        `node_modules ${mega(whole)} ${onnx} onnxruntime-node`,
    );
  });
  afterAll(() => installation?.dispose());

  it("the command runs", async () => {
    const { stdout } = await shell("npx latent-lab --version", folder);
    expect(stdout.trim()).toBe(version);
  });

  it("the library runs in plain Node", async () => {
    expectToWork(await runModule(folder, program));
  });

  it("the first example of docs/jit.md runs compiled", async () => {
    const [example = ""] = examplesOf("jit.md");
    const { outputText } = ts.transpileModule(example, { compilerOptions: { module: ts.ModuleKind.ESNext } });
    const output = await runModule(
      folder,
      `${outputText}
      console.log(JSON.stringify({ distance: d.dataSync()[0], epochs: history.loss.length, engine }));`,
    );
    const native = existsSync(inModules("onnxruntime-node", "bin"));
    expect(JSON.parse(output)).toEqual({
      distance: 5,
      epochs: 100,
      engine: native ? "onnxruntime-node" : "onnxruntime-web",
    });
  });

  it("the kernel runs from its kernelspec, in a folder that has no packages", async () => {
    const cells = await runInInstalledKernel(folder, process.execPath, [program, "digits.features.shape"]);
    expect(cells.map(({ status }) => status)).toEqual(["ok", "ok"]);
    expectToWork(cells[0]?.stdout ?? "");
    expect(cells[1]?.result).toMatch(/1797,\s*64/);
  });

  it("there is one TensorFlow.js, and nothing that only developers need", async () => {
    const manifests = (await readdir(inModules(), { recursive: true })).filter((path) =>
      /(^|[\\/])@tensorflow[\\/]tfjs-core[\\/]package\.json$/.test(path),
    );
    expect(manifests).toHaveLength(1);
    const installed = Object.keys(devDependencies).filter((name) => existsSync(inModules(name)));
    // Peers, which npm installs.
    expect(installed.sort()).toEqual(["@tensorflow/tfjs-core", "@tensorflow/tfjs-layers"]);
  });

  it.each([
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])("TypeScript sees the types with module %s and moduleResolution %s", async (module, resolution) => {
    const project = join(folder, `types-${resolution}`);
    await mkdir(project);
    await writeFile(join(project, "use.ts"), typedProgram);
    const compilerOptions = {
      ...{ module, moduleResolution: resolution, target: "es2023", lib: ["es2023"], types: ["node"] },
      ...{ strict: true, noEmit: true, skipLibCheck: true },
    };
    await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
    const tsc = inModules("typescript", "bin", "tsc");
    await execute(process.execPath, [tsc, "-p", project], { cwd: folder });
  });

  it("frame() says how to install Danfo.js, and those commands are enough", async () => {
    const ask = `
      import { load } from "latent-lab/data";
      const digits = await load("digits");
      const frame = await digits.frame().catch((error) => error);
      console.log(frame.message ?? frame.shape.join());`;
    const message = await runModule(folder, ask);
    const commands = [...message.matchAll(/^ {2}(npm .+)$/gm)].map(([, command = ""]) => command);
    expect(commands.at(-1)).toBe("npm install danfojs-node@1.2.0");
    for (const command of commands) await shell(command, folder, env);
    expect((await runModule(folder, ask)).trim()).toBe("1797,65");
    expectToWork(await runModule(folder, program));
  });
});

describe.skipIf(newerNode === undefined)(`on the newest Node ${newerNode?.version ?? noNewer()}`, () => {
  let installation: Installation;
  const node = newerNode?.path ?? "";

  beforeAll(async () => {
    installation = await install(tarball.path, { ONNXRUNTIME_NODE_INSTALL: "skip" });
  });
  afterAll(() => installation?.dispose());

  it("the library runs", async () => {
    expectToWork(await runModule(installation.folder, program, node));
  });

  it("the kernel runs", async () => {
    const cells = await runInInstalledKernel(installation.folder, node, [program, "process.version"]);
    expect(cells.map(({ status }) => status)).toEqual(["ok", "ok"]);
    expectToWork(cells[0]?.stdout ?? "");
    expect(cells[1]?.result).toContain(newerNode?.version);
  });

  it("the command runs a notebook", async () => {
    const { folder } = installation;
    const notebook = join(folder, "a.ipynb");
    const cell = { cell_type: "code", metadata: {}, outputs: [], source: "1 + 1", execution_count: null };
    await writeFile(
      notebook,
      JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: {}, cells: [cell] }),
    );
    const main = join(installation.folder, "node_modules", "latent-lab", "dist", "cli", "main.js");
    const { stdout } = await execute(node, [main, "run", notebook], { cwd: folder });
    expect(stdout).toContain("1 of 1 cells");
  });
});

function noNewer(): string {
  return "(skipped: npm has no newer Node for this system)";
}

/** Fails to compile if a type is missing or `any`. */
const typedProgram = `
  import { type Pca, pca } from "latent-lab/analysis";
  import { LatentLabError } from "latent-lab/core";
  import { type LabelledImages, load } from "latent-lab/data";
  import { type Autoencoder, stacked } from "latent-lab/models";
  import { bars } from "latent-lab/plot";
  import { fit } from "latent-lab/train";
  const digits: LabelledImages = await load("digits");
  const linear: Pca = pca(digits.features, { components: 3 });
  const model: Autoencoder = stacked({ inputDim: 64, hidden: [32], codeDim: 3 });
  const { history } = await fit(model.autoencoder, digits.features, digits.features, { epochs: 1 });
  const loss: number | undefined = history.loss[0];
  console.log(linear.mean, loss, bars, LatentLabError);
  // @ts-expect-error there is no such dataset
  await load("letters");
  // @ts-expect-error a shape is no string
  const shape: string = digits.features.shape;
  // @ts-expect-error a layers model has no such method
  model.encoder.forget();
  console.log(shape);
`;
