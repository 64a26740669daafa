// Settings of JupyterLab's extensions whose defaults differ here; the user's own values win, as always.

/** Default values by extension and setting. */
const ourDefaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // A notebook that is opened without a kernel then shows its widgets as they were.
  "@jupyter-widgets/jupyterlab-manager:plugin": { saveState: true },
  // The first completion of a notebook may take TypeScript longer than the second that JupyterLab waits.
  "@jupyterlab/completer-extension:manager": { providerTimeout: 10_000 },
};

interface Schema {
  properties?: Record<string, object>;
}

/** An extension's schema with our defaults in place of its own. */
export function withOurDefaults(id: string, schema: Schema): Schema {
  const defaults = Object.entries(ourDefaults[id] ?? {});
  if (defaults.length === 0) return schema;
  const properties = { ...schema.properties };
  for (const [name, value] of defaults) properties[name] = { ...properties[name], default: value };
  return { ...schema, properties };
}
