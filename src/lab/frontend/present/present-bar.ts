// The line below a slide: where one is, what can be done, the speaker's notes.
import { Widget } from "@lumino/widgets";

export interface BarActions {
  previous(): void;
  next(): void;
  run(): void;
  stop(): void;
  fullScreen(): void;
  close(): void;
}

export interface BarState {
  at: number;
  count: number;
  /** Markdown. */
  notes: readonly string[];
  hasCode: boolean;
}

export class PresentBar extends Widget {
  private readonly place = document.createElement("output");
  private readonly notes = document.createElement("div");
  private readonly runButton: HTMLButtonElement;

  constructor(actions: BarActions) {
    super();
    this.addClass("latent-lab-Present-bar");
    this.place.setAttribute("aria-label", "Slide");
    this.notes.className = "latent-lab-Present-notes";
    this.notes.hidden = true;
    this.runButton = button("Run", "Run the code (Shift+Enter)", actions.run);
    this.node.append(
      button("Previous", "Previous slide (←)", actions.previous),
      button("Next", "Next slide (→)", actions.next),
      this.runButton,
      button("Stop", "Interrupt the kernel", actions.stop),
      button("Notes", "Speaker notes (N)", () => this.toggleNotes()),
      button("Full screen", "Full screen (F)", actions.fullScreen),
      button("Close", "Back to the notebook (Escape)", actions.close),
      this.place,
      this.notes,
    );
  }

  present({ at, count, notes, hasCode }: BarState): void {
    this.place.textContent = `${at + 1} / ${count}`;
    this.notes.textContent = notes.length === 0 ? "No notes for this slide." : notes.join("\n\n");
    this.runButton.disabled = !hasCode;
  }

  toggleNotes(): void {
    this.notes.hidden = !this.notes.hidden;
  }
}

function button(text: string, title: string, action: () => void): HTMLButtonElement {
  const node = document.createElement("button");
  node.type = "button";
  node.textContent = text;
  node.title = title;
  node.addEventListener("click", action);
  return node;
}
