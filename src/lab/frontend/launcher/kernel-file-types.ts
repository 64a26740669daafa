// Takes the place of JupyterLab's list of languages whose files the launcher and the menus offer to make (Python,
// Julia and R, where such a kernel is installed): here it is TypeScript, for the modules beside a notebook.

interface FileType {
  name: string;
  extensions: string[];
  icon: string;
  displayName: string;
  mimeTypes: string[];
}

export async function getAvailableKernelFileTypes(): Promise<Set<FileType>> {
  const typescript = {
    name: "typescript",
    extensions: [".ts"],
    icon: "ui-components:code",
    displayName: "TypeScript",
    mimeTypes: ["text/typescript"],
  };
  return new Set([typescript]);
}
