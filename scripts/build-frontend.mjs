// Bundles the real JupyterLab from npm, with our renderers, into dist/lab/frontend: `static/` (the page's
// code), `themes/`, `schemas.json` (settings) and `stamp` (a hash of all that went in; equal means nothing to
// do). It builds beside the old bundle and swaps at the end, so a running lab is never left with half of one.
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const script = fileURLToPath(import.meta.url);
const root = dirname(dirname(script));
const source = join(root, "src", "lab", "frontend");
/** Slides and colours, which the page shares with the library. */
const shared = join(root, "src", "core");
const target = join(root, "dist", "lab", "frontend");

async function main() {
  const stamp = stampOfInputs();
  if (existsSync(join(target, "stamp")) && readFileSync(join(target, "stamp"), "utf8") === stamp) return;
  const started = Date.now();
  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(join(dirname(target), "frontend-"));
  try {
    const packages = labPackages();
    const generated = writeGenerated(folder, packages);
    writeFileSync(join(folder, "schemas.json"), JSON.stringify(settingsSchemas(packages)));
    await bundle([
      pageConfig(folder, generated),
      ...["markdown", "highlight"].map((name) => nodeModuleConfig(folder, name)),
      ...["page-figures", "site", "deck"].map((name) => pageScriptConfig(folder, name)),
      ...packages.flatMap((entry) => themeConfig(folder, entry)),
    ]);
    await writePlotly(folder);
    rmSync(generated, { recursive: true });
    writeFileSync(join(folder, "stamp"), stamp);
    chmodSync(folder, 0o755); // mkdtemp makes it private; others may run an installed package
    rmSync(target, { recursive: true, force: true });
    renameSync(folder, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`front end: ${(sizeOf(target) / 2 ** 20).toFixed(1)} MiB in ${seconds} s`);
}

/** Hash of everything that the bundle depends on. */
function stampOfInputs() {
  const hash = createHash("sha256");
  const files = [source, shared]
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of [join(root, "package-lock.json"), script, ...files]) {
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex");
}

/** JupyterLab's extensions among our dependencies, from their own package.json, in a stable order. */
function labPackages() {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return Object.keys(devDependencies)
    .filter((name) => /^@(jupyterlab|jupyter-widgets)\//.test(name))
    .sort()
    .map((name) => {
      const manifest = require.resolve(`${name}/package.json`);
      return { name, folder: dirname(manifest), ...JSON.parse(readFileSync(manifest, "utf8")) };
    })
    .filter(({ jupyterlab }) => jupyterlab?.extension || jupyterlab?.mimeExtension);
}

/** Modules that import the packages found: their plugins lazily, their styles at once. */
function writeGenerated(folder, packages) {
  const generated = join(folder, "generated");
  mkdirSync(generated);
  const list = (key) =>
    packages
      .filter(({ jupyterlab }) => jupyterlab[key])
      .map(({ name, jupyterlab }) => {
        const path = typeof jupyterlab[key] === "string" ? `${name}/${jupyterlab[key]}` : name;
        return `  [${JSON.stringify(name)}, () => import(${JSON.stringify(path)})],\n`;
      })
      .join("");
  writeFileSync(
    join(generated, "extensions.js"),
    `export const extensions = [\n${list("extension")}];\nexport const mimeExtensions = [\n${list("mimeExtension")}];\n`,
  );
  const styles = packages.flatMap(({ name, styleModule, style }) => {
    const path = styleModule ?? style;
    return path === undefined ? [] : [`import ${JSON.stringify(`${name}/${path}`)};\n`];
  });
  writeFileSync(join(generated, "styles.js"), styles.join(""));
  return generated;
}

/** Every settings schema by its id, e.g. `@jupyterlab/notebook-extension:tracker`, for /lab/api/settings. */
function settingsSchemas(packages) {
  const schemas = {};
  for (const { name, version, folder, jupyterlab } of packages) {
    if (jupyterlab.schemaDir === undefined) continue;
    const schemaFolder = join(folder, jupyterlab.schemaDir);
    for (const file of readdirSync(schemaFolder).filter((file) => file.endsWith(".json"))) {
      const schema = JSON.parse(readFileSync(join(schemaFolder, file), "utf8"));
      schemas[`${name}:${file.slice(0, -".json".length)}`] = { version, schema };
    }
  }
  return schemas;
}

function pageConfig(folder, generated) {
  const rspack = require("@rspack/core");
  return {
    ...sharedConfig("page"),
    entry: { lab: [join(source, "public-path.ts"), join(source, "index.ts")] },
    output: {
      path: join(folder, "static"),
      filename: "[name].js",
      chunkFilename: "[contenthash].js",
      assetModuleFilename: "[hash][ext]",
      publicPath: "auto",
    },
    // Plotly is one finished file, which exported notebooks carry too; see writePlotly.
    externals: { ws: "WebSocket", "plotly.js-dist": "script Plotly@/static/lab/plotly.min.js" },
    // Only JavaScript is minified; the style sheets are small and stay as published.
    optimization: { minimizer: [new rspack.SwcJsMinimizerRspackPlugin({ extractComments: false })] },
    resolve: {
      ...sharedConfig("page").resolve,
      extensions: [".ts", ".js"],
      alias: {
        "#lab/extensions": join(generated, "extensions.js"),
        "#lab/styles": join(generated, "styles.js"),
      },
    },
    module: {
      rules: [
        cssRule(rspack),
        typescriptRule,
        { test: /\.raw\.css$/, type: "asset/source" },
        { test: /\.(txt|md)$/, type: "asset/source" },
        { test: /\.(jpg|png|gif)$|\.js\.map$|\.(woff2?|ttf|eot)(\?.*)?$/, type: "asset/resource" },
        { ...inlineSvg, issuer: /\.css$/ },
        { test: /\.svg(\?.*)?$/, issuer: /\.js$/, type: "asset/source" },
        { test: /\.[cm]?js$/, type: "javascript/auto", resolve: { fullySpecified: false } },
      ],
    },
    plugins: [
      new rspack.CssExtractRspackPlugin({
        filename: "[name].css",
        chunkFilename: "[contenthash].css",
        ignoreOrder: true,
      }),
      new rspack.ProvidePlugin({ process: "process/browser" }),
      new rspack.NormalModuleReplacementPlugin(
        /[\\/]kernelfilestypes(\.js)?$/,
        join(source, "launcher", "kernel-file-types.ts"),
      ),
    ],
  };
}

/** What exports need of packages that are there at build time only, as a module for Node. */
function nodeModuleConfig(folder, name) {
  return {
    ...sharedConfig(name),
    target: "node20",
    entry: { [name]: join(source, "export", `${name}.ts`) },
    experiments: { outputModule: true },
    output: { path: folder, filename: "[name].mjs", library: { type: "module" }, chunkFormat: "module" },
    resolve: { extensions: [".ts", ".js"] },
    module: { rules: [typescriptRule] },
  };
}

/** The script, and style sheet, of exported pages: a plain script, since a page from a file may load no module. */
function pageScriptConfig(folder, name) {
  const rspack = require("@rspack/core");
  return {
    ...sharedConfig(name),
    entry: { [name]: join(source, "export", `${name}.ts`) },
    output: { path: folder, filename: "[name].js" },
    resolve: { ...sharedConfig(name).resolve, extensions: [".ts", ".js"] },
    module: { rules: [cssRule(rspack), typescriptRule] },
    plugins: [new rspack.CssExtractRspackPlugin({ filename: "[name].css" })],
  };
}

/** Plotly as a plain script that defines `Plotly`, for the page (loaded with the first figure) and for exports. */
async function writePlotly(folder) {
  const { rspack } = require("@rspack/core");
  const code = readFileSync(require.resolve("plotly.js-dist/plotly.js"), "utf8");
  const script = `(function(){var module={exports:{}};${code}\n;self.Plotly=module.exports})();`;
  const { code: minified } = await rspack.experiments.swc.minify(script, { compress: true, mangle: true });
  writeFileSync(join(folder, "static", "plotly.min.js"), minified);
}

/** A theme is a style sheet of its own, which JupyterLab's theme manager loads by name. */
function themeConfig(folder, { name, folder: packageFolder, jupyterlab }) {
  if (jupyterlab.themePath === undefined) return [];
  const rspack = require("@rspack/core");
  return [
    {
      ...sharedConfig(name),
      entry: { index: join(packageFolder, jupyterlab.themePath) },
      output: {
        path: join(folder, "themes", name),
        filename: "[name].js",
        assetModuleFilename: "[hash][ext]",
        publicPath: "",
      },
      module: {
        rules: [
          cssRule(rspack),
          inlineSvg,
          { test: /\.(cur|png|jpg|gif|ttf|woff2?|eot)(\?.*)?$/, type: "asset" },
        ],
      },
      plugins: [new rspack.CssExtractRspackPlugin({ filename: "[name].css" })],
    },
  ];
}

function sharedConfig(name) {
  return {
    name,
    context: root,
    target: ["web", "es2022"],
    mode: "production",
    devtool: false,
    bail: true,
    performance: { hints: false },
    resolve: {
      fallback: {
        url: false,
        buffer: false,
        crypto: false,
        path: require.resolve("path-browserify"),
        process: require.resolve("process/browser"),
      },
    },
  };
}

function cssRule(rspack) {
  return {
    test: /\.css$/,
    exclude: /\.raw\.css$/,
    type: "javascript/auto",
    use: [rspack.CssExtractRspackPlugin.loader, require.resolve("css-loader")],
  };
}

const typescriptRule = {
  test: /\.ts$/,
  loader: "builtin:swc-loader",
  options: { jsc: { parser: { syntax: "typescript" } } },
};

const svgToDataUri = require("mini-svg-data-uri");
const inlineSvg = {
  test: /\.svg(\?.*)?$/,
  type: "asset/inline",
  generator: { dataUrl: (svg) => svgToDataUri(String(svg.content ?? svg)) },
};

async function bundle(configs) {
  const { rspack } = require("@rspack/core");
  const stats = await new Promise((resolve, reject) => {
    rspack(configs, (error, result) => (error ? reject(error) : resolve(result)));
  });
  if (!stats.hasErrors()) return;
  const { errors = [], children = [] } = stats.toJson({ all: false, errors: true });
  const messages = [...errors, ...children.flatMap((child) => child.errors ?? [])].map(
    ({ message }) => message,
  );
  throw new Error(`The front end cannot be bundled:\n${messages.join("\n").slice(0, 4000)}`);
}

function sizeOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((bytes, entry) => bytes + statSync(join(entry.parentPath, entry.name)).size, 0);
}

await main();
