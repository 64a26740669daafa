// One notebook over the whole window, a slide at a time. What stands on which slide is decided by the same rules as for
// the site's decks (src/core/slides.ts). Code is the notebook's own: the editor here and the one in the notebook share
// one model, and a cell runs as if it were run there, so closing the slides in the middle of a training stops nothing.
import { CodeCell, type ICodeCellModel } from "@jupyterlab/cells";
import { NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import { OutputArea } from "@jupyterlab/outputarea";
import { MimeModel } from "@jupyterlab/rendermime";
import { type Message, MessageLoop } from "@lumino/messaging";
import { Panel, Widget } from "@lumino/widgets";
import { type Slide, type SlidePart, slidesOf } from "../../../core/slides";
import { PresentBar } from "./present-bar";

/** Sizes of text to try, largest first, as shares of the usual one. */
const textSizes = [1.15, 1, 0.9, 0.8, 0.7, 0.62, 0.55];
const largestOutput = 2.2;

export class Presentation extends Panel {
  private slides: Slide[];
  private at = 0;
  private readonly slide = new Panel();
  private readonly bar: PresentBar;
  private readonly focusBefore = document.activeElement;
  private readonly sizes = new ResizeObserver(() => this.fitWindow());

  constructor(private readonly panel: NotebookPanel) {
    super();
    this.addClass("latent-lab-Present");
    this.node.tabIndex = -1;
    this.node.setAttribute("role", "dialog");
    this.node.setAttribute("aria-modal", "true");
    this.node.setAttribute("aria-label", "Slides");
    this.slide.addClass("latent-lab-Present-slide");
    this.slides = slidesOf(this.cells());
    this.at = this.slideOf(panel.content.activeCellIndex);
    this.bar = new PresentBar({
      previous: () => this.step(-1),
      next: () => this.step(1),
      run: () => void this.run(),
      stop: () => void panel.sessionContext.session?.kernel?.interrupt(),
      fullScreen: () => void this.toggleFullScreen(),
      close: () => this.close(),
    });
    this.addWidget(this.slide);
    this.addWidget(this.bar);
    panel.disposed.connect(this.close, this);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.sizes.disconnect();
    this.panel.disposed.disconnect(this.close, this);
    if (document.fullscreenElement === this.node) void document.exitFullscreen();
    super.dispose();
    (this.focusBefore as HTMLElement | null)?.focus();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    // On the window, as focus may still be on the button that began it.
    addEventListener("keydown", this, true);
    addEventListener("resize", this);
    this.go(this.at);
  }

  protected override onBeforeDetach(message: Message): void {
    removeEventListener("keydown", this, true);
    removeEventListener("resize", this);
    super.onBeforeDetach(message);
  }

  protected override onCloseRequest(message: Message): void {
    super.onCloseRequest(message);
    this.dispose();
  }

  handleEvent(event: Event): void {
    if (event.type === "resize") this.fitWindow();
    else if (this.onKey(event as KeyboardEvent)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** @returns whether the key was for us */
  private onKey({ key, shiftKey, ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean {
    const command = ctrlKey || metaKey;
    if (key === "Enter" && (shiftKey || command)) {
      void this.run();
      return true;
    }
    const within = this.node.contains(target as Node) ? (target as Element) : this.node;
    const isTyping = within.closest(".cm-editor, input, textarea, select") !== null;
    if (isTyping && key === "Escape") {
      this.node.focus();
      return true;
    }
    if (command || altKey) return false;
    const action = keys[key];
    if (action === undefined || (isTyping && !/^Page/.test(key))) return false;
    if (within.closest("button, [role=slider]") && /^( |Enter|Arrow.*)$/.test(key)) return false;
    action(this);
    return true;
  }

  /** Shows a slide; beyond the first and the last nothing happens. */
  go(at: number): void {
    const slide = this.slides[at];
    if (slide === undefined) return;
    this.at = at;
    this.clear();
    if (!slide.parts.some(hasHeading) && slide.section !== "") this.addHeading(slide.section);
    for (const part of slide.parts) this.slide.addWidget(this.widgetOf(part));
    this.bar.present({
      at,
      count: this.slides.length,
      notes: slide.notes,
      hasCode: this.codeCell() !== undefined,
    });
    this.node.focus();
    this.fitWindow();
  }

  step(by: 1 | -1): void {
    this.go(this.at + by);
  }

  toEnd(): void {
    this.go(this.slides.length - 1);
  }

  edit(): void {
    this.slide.widgets.find((each): each is CodeCell => each instanceof CodeCell)?.editor?.focus();
  }

  toggleNotes(): void {
    this.bar.toggleNotes();
  }

  async toggleFullScreen(): Promise<void> {
    if (document.fullscreenElement === null) await this.node.requestFullscreen();
    else await document.exitFullscreen();
  }

  /** Runs the slide's code and goes on to what comes of it, as soon as there is something. */
  private async run(): Promise<void> {
    const cell = this.codeCell();
    if (cell === undefined) return this.step(1);
    const { content, sessionContext } = this.panel;
    const { outputs } = this.codeModel(cell);
    content.activeCellIndex = cell;
    content.deselectAll();
    const ended = NotebookActions.run(content, sessionContext);
    const begun = new Promise<void>((resolve) => {
      const listen = (): void => {
        if (outputs.length === 0) return;
        outputs.changed.disconnect(listen);
        resolve();
      };
      outputs.changed.connect(listen);
      void ended.then(() => {
        outputs.changed.disconnect(listen);
        resolve();
      });
    });
    await begun;
    if (this.isDisposed || this.codeCell() !== cell) return; // the lecturer has gone on
    this.slides = slidesOf(this.cells());
    const own = this.slides.findIndex(({ parts }) =>
      parts.some((part) => part.kind === "code" && part.cell === cell),
    );
    const shown = this.slides[own]?.parts.some((part) => part.kind === "output" && part.cell === cell);
    this.go(shown ? own : Math.min(own + 1, this.slides.length - 1));
  }

  /** Place in the notebook of the code on this slide, or whose result it shows. */
  private codeCell(): number | undefined {
    const parts = this.slides[this.at]?.parts ?? [];
    return parts.find(({ kind }) => kind === "code")?.cell;
  }

  private codeModel(cell: number): ICodeCellModel {
    return (this.panel.content.widgets[cell] as CodeCell).model;
  }

  private cells() {
    return this.panel.content.widgets.map(({ model }) => ({
      type: model.type,
      source: model.sharedModel.getSource(),
      metadata: model.metadata as Record<string, unknown>,
      hasOutputs: model.type === "code" && (model as ICodeCellModel).outputs.length > 0,
    }));
  }

  private slideOf(cell: number): number {
    const found = this.slides.findIndex(({ parts }) => parts.some((part) => part.cell >= cell));
    return found < 0 ? 0 : found;
  }

  private widgetOf(part: SlidePart): Widget {
    const { content } = this.panel;
    const { rendermime, contentFactory } = content;
    if (part.kind === "markdown") {
      const renderer = rendermime.createRenderer("text/markdown");
      renderer.addClass("jp-MarkdownOutput");
      void renderer
        .renderModel(new MimeModel({ trusted: true, data: { "text/markdown": part.source } }))
        .then(() => this.fitWindow());
      return renderer;
    }
    const model = this.codeModel(part.cell);
    if (part.kind === "code") {
      const cell = new CodeCell({
        ...{ model, rendermime, contentFactory, placeholder: false },
        editorConfig: { ...content.editorConfig.code, lineNumbers: false },
      }).initializeState();
      cell.addClass("latent-lab-Present-code");
      return cell;
    }
    const output = new OutputArea({ model: model.outputs, rendermime, contentFactory });
    output.addClass("latent-lab-Present-output");
    this.sizes.observe(output.node);
    return output;
  }

  private addHeading(text: string): void {
    const heading = document.createElement("h2");
    heading.textContent = text;
    const widget = new Widget({ node: heading });
    widget.addClass("latent-lab-Present-section");
    this.slide.addWidget(widget);
  }

  private clear(): void {
    this.sizes.disconnect();
    for (const widget of [...this.slide.widgets]) widget.dispose();
  }

  /** Text as large as fits; results enlarged to what room is left. */
  private fitWindow(): void {
    if (this.isDisposed || !this.isAttached) return;
    const { node } = this.slide;
    const outputs = [...node.querySelectorAll<HTMLElement>(".latent-lab-Present-output")];
    for (const output of outputs) output.style.removeProperty("--scale");
    for (const size of textSizes) {
      this.node.style.setProperty("--fit", String(size));
      if (node.scrollHeight <= node.clientHeight) break;
    }
    for (const output of outputs) {
      const rest = node.scrollHeight - output.offsetHeight;
      const scale = Math.min(
        largestOutput,
        (node.clientHeight - rest - 8) / Math.max(1, output.offsetHeight),
      );
      output.style.setProperty("--scale", String(Math.max(0.3, Math.min(scale, 10))));
    }
    MessageLoop.sendMessage(this.slide, Widget.ResizeMessage.UnknownSize);
  }
}

/** Outside of an editor; the page keys, which presenters' remote controls send, also within. */
const keys: Readonly<Record<string, (slides: Presentation) => void>> = {
  ArrowRight: (slides) => slides.step(1),
  ArrowDown: (slides) => slides.step(1),
  PageDown: (slides) => slides.step(1),
  " ": (slides) => slides.step(1),
  ArrowLeft: (slides) => slides.step(-1),
  ArrowUp: (slides) => slides.step(-1),
  PageUp: (slides) => slides.step(-1),
  Home: (slides) => slides.go(0),
  End: (slides) => slides.toEnd(),
  Enter: (slides) => slides.edit(),
  f: (slides) => void slides.toggleFullScreen(),
  n: (slides) => slides.toggleNotes(),
  Escape: (slides) => slides.close(),
};

function hasHeading(part: SlidePart): boolean {
  return part.kind === "markdown" && /^#{1,3} /m.test(part.source);
}
