// Writes the API's pages from the docstrings: `dist/api/NAME.md`, one for each public part, by TypeDoc with its Markdown
// plugin (both well kept; the site gives Markdown its own looks, navigation and search). `latent-lab build` takes them in.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application } from "typedoc";

const root = fileURLToPath(new URL("..", import.meta.url));
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const out = join(root, "dist", "api");
const entryPoints = Object.values(exports)
  .filter(({ types }) => types)
  .map(({ types }) => join(root, types.replace("dist/", "src/").replace(/\.d\.ts$/, ".ts")));

const app = await Application.bootstrapWithPlugins({
  plugin: ["typedoc-plugin-markdown"],
  entryPoints,
  out,
  tsconfig: join(root, "tsconfig.json"),
  readme: "none",
  router: "module",
  disableSources: true,
  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  parametersFormat: "table",
  propertiesFormat: "table",
  interfacePropertiesFormat: "table",
  useCodeBlocks: true,
  validation: false,
  logLevel: "Error",
});
const project = await app.convert();
if (project === undefined) process.exit(1);
// TypeDoc empties a folder before it writes; this one, not its default, which is docs/.
await app.outputs.writeOutput({ name: "markdown", path: out }, project);
if (app.logger.hasErrors()) process.exit(1);
// Named as they are imported; a public part that lies deeper in src/ comes up to the others.
rmSync(join(out, "README.md"));
for (const name of readdirSync(out, { recursive: true }).filter((each) => each.endsWith(".md"))) {
  const path = join(out, name);
  const text = readFileSync(path, "utf8")
    .replace(/^# (\w+).*/, "# latent-lab/$1")
    .replace(/\]\((?:\.\.\/)*(\w+)(?:\/\w+)*\.md/g, "]($1.md");
  rmSync(path);
  writeFileSync(join(out, `${name.split(/[\\/]/)[0].replace(/\.md$/, "")}.md`), text);
}
console.log(`api: ${entryPoints.length} modules in ${out}`);
