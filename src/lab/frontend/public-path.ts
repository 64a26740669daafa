// Tells the bundle where its lazy chunks lie, from the page's configuration. It must be the first module to
// run, so it is an entry of its own and imports nothing.

const config: { fullStaticUrl?: string } = JSON.parse(
  document.getElementById("jupyter-config-data")?.textContent ?? "{}",
);
__webpack_public_path__ = `${config.fullStaticUrl ?? ""}/`;

export {};
