// Loads the packages that the build script listed and sorts their plugins into enabled and disabled, as
// JupyterLab's own generated entry point does. A package that fails is reported and left out, so that one
// broken extension does not cost the user the lab.
import type { JupyterFrontEnd, JupyterFrontEndPlugin, JupyterLab } from "@jupyterlab/application";
import { PageConfig } from "@jupyterlab/coreutils";
import type { LazyPackage } from "#lab/extensions";

type Plugin = JupyterFrontEndPlugin<unknown, JupyterFrontEnd.IShell>;

export interface LoadedPlugins<T> {
  enabled: T[];
  disabledIds: string[];
  available: JupyterLab.IPluginInfo[];
}

/** Loads packages at once, in the order of the list. */
export async function loadPlugins<T extends { id: string }>(
  packages: readonly LazyPackage[],
): Promise<LoadedPlugins<T>> {
  const loaded: LoadedPlugins<T> = { enabled: [], disabledIds: [], available: [] };
  const modules = await Promise.allSettled(packages.map(([, load]) => load()));
  for (const [index, result] of modules.entries()) {
    const name = packages[index]?.[0] ?? "";
    if (result.status === "rejected") {
      console.error(`The extension ${name} could not be loaded.`, result.reason);
      continue;
    }
    for (const plugin of pluginsOf<T>(result.value)) {
      const disabled = PageConfig.Extension.isDisabled(plugin.id);
      if (disabled) loaded.disabledIds.push(plugin.id);
      else loaded.enabled.push(plugin);
      loaded.available.push(describe(plugin as unknown as Plugin, name, !disabled));
    }
  }
  return loaded;
}

function pluginsOf<T>(module: unknown): T[] {
  const plugins = (module as { default?: unknown }).default ?? module;
  return (Array.isArray(plugins) ? plugins : [plugins]) as T[];
}

function describe(plugin: Plugin, extension: string, enabled: boolean): JupyterLab.IPluginInfo {
  const { id, description = "", requires = [], optional = [], provides = null, autoStart } = plugin;
  return {
    id,
    description,
    requires,
    optional,
    provides,
    autoStart,
    enabled,
    extension,
  };
}
