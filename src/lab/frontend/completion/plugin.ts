// Auto-import: the kernel offers names of libraries that the notebook has not imported yet and says which import
// each needs (`latent_lab_import` in its complete_reply). JupyterLab drops that; here it is kept, and when such a name
// is accepted, its import is written at the top of the cell.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { CodeMirrorEditor } from "@jupyterlab/codemirror";
import { ICompletionProviderManager } from "@jupyterlab/completer";
import { IConsoleTracker } from "@jupyterlab/console";
import { INotebookTracker } from "@jupyterlab/notebook";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import type { ISignal } from "@lumino/signaling";
import { importInsertion } from "./insert-import";

type KernelSource = {
  sessionContext: {
    session: { kernel: Kernel.IKernelConnection | null } | null;
    kernelChanged: ISignal<unknown, { newValue: Kernel.IKernelConnection | null }>;
  };
};

export const completionPlugin: JupyterFrontEndPlugin<void> = {
  id: "latent-lab:auto-import",
  description: "Writes the import of a completed name at the top of its cell.",
  autoStart: true,
  requires: [ICompletionProviderManager],
  optional: [INotebookTracker, IConsoleTracker],
  activate: (
    app: JupyterFrontEnd,
    completions: ICompletionProviderManager,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null,
  ) => {
    const imports = new LastImports();
    notebooks?.widgetAdded.connect((_tracker, panel) => imports.watch(panel));
    consoles?.widgetAdded.connect((_tracker, panel) => imports.watch(panel));
    completions.selected.connect((_manager, { insertText }) => {
      const statement = imports.of(insertText);
      const { currentWidget } = app.shell;
      const notebook = notebooks?.find((panel) => panel === currentWidget);
      const console = consoles?.find((panel) => panel === currentWidget)?.console;
      const editor = notebook?.content.activeCell?.editor ?? console?.promptCell?.editor;
      if (statement !== undefined && editor) insert(editor as CodeMirrorEditor, statement);
    });
  },
};

/** The imports of the latest list of completions, by name. */
class LastImports {
  private statements = new Map<string, string>();

  of(name: string): string | undefined {
    return this.statements.get(name);
  }

  watch({ sessionContext }: KernelSource): void {
    const listen = (kernel: Kernel.IKernelConnection | null) => kernel?.anyMessage.connect(this.read, this);
    listen(sessionContext.session?.kernel ?? null);
    sessionContext.kernelChanged.connect((_context, { newValue }) => listen(newValue));
  }

  private read(_kernel: unknown, { msg, direction }: Kernel.IAnyMessageArgs): void {
    if (direction !== "recv" || msg.header.msg_type !== "complete_reply") return;
    const { content } = msg as KernelMessage.ICompleteReplyMsg;
    const items = (content.status === "ok" && content.metadata._jupyter_types_experimental) || [];
    this.statements = new Map(
      (items as { text: string; latent_lab_import?: string }[]).flatMap(
        ({ text, latent_lab_import: statement }) => (statement === undefined ? [] : [[text, statement]]),
      ),
    );
  }
}

/** The editor's undo takes both changes together, as they come within its half second. */
function insert({ editor }: CodeMirrorEditor, statement: string): void {
  const insertion = importInsertion(editor.state.doc.toString(), statement);
  if (insertion === undefined) return;
  editor.dispatch({ changes: { from: insertion.offset, insert: insertion.text } });
}
