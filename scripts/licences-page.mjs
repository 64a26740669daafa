// The text of docs/licences.md.

export function installed({ packages }) {
  return Object.entries(packages)
    .filter(([path, { dev, link }]) => path !== "" && !dev && !link)
    .map(([path, { version = "", license = "unknown", hasInstallScript = false }]) => ({
      name: path.replace(/^.*node_modules\//, ""),
      ...{ version, license, hasScript: hasInstallScript },
    }))
    .sort((a, b) => (a.name + a.version < b.name + b.version ? -1 : 1));
}

export function licencesPage(lock) {
  const all = installed(lock);
  const counts = new Map();
  for (const { license } of all) counts.set(license, (counts.get(license) ?? 0) + 1);
  const summary = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([license, count]) => `${count} × ${license}`);
  const scripts = all.filter(({ hasScript }) => hasScript).map(({ name }) => `\`${name}\``);
  const rows = all.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`);
  return `# Licences of what is installed along

Made from \`package-lock.json\` by \`npm run docs:licences\`. ${all.length} packages: ${summary.join(", ")}. JupyterLab and the other packages of the page are bundled when we build; their licences (BSD-3-Clause, MIT and Apache-2.0) are in their packages.

Install scripts: ${scripts.join(", ")}. None is needed: \`onnxruntime-node\` would fetch CUDA, \`zeromq\` brings prebuilt files, the others print thanks or a check. \`allowScripts\` in package.json refuses all of them.

| package | version | licence |
|---|---|---|
${rows.join("\n")}
`;
}
