// The Course panel: the notebooks in order, how far the learner is in each, what comes next, and the way back to an
// original. Plain elements, so that keys and screen readers find buttons and a list.
import { Widget } from "@lumino/widgets";
import type { CourseNotebook } from "./course-api";

export interface CourseActions {
  open(name: string): void;
  reset(notebook: CourseNotebook): void;
}

export class CoursePanel extends Widget {
  constructor(private readonly actions: CourseActions) {
    super();
    this.id = "latent-lab-course";
    this.addClass("latent-lab-Course");
    this.node.setAttribute("role", "navigation");
    this.node.setAttribute("aria-label", "Course");
    this.title.caption = "Course";
  }

  /** Shows the course's state anew. The button that has the focus keeps it. */
  present(notebooks: readonly CourseNotebook[]): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset.key;
    this.node.replaceChildren(...this.content(notebooks));
    if (focused !== undefined)
      this.node.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  private content(notebooks: readonly CourseNotebook[]): HTMLElement[] {
    const heading = element("h2", {}, "Course");
    if (notebooks.length === 0) {
      const where = "The course is not in this folder. Start latent-lab without a folder to open it.";
      return [heading, element("p", {}, where)];
    }
    const done = notebooks.filter(({ state }) => state === "passed").length;
    const summary = element("p", {}, `${done} of ${notebooks.length} notebooks passed`);
    const list = element("ol", {}, ...notebooks.map((notebook) => this.row(notebook)));
    const next = nextOf(notebooks);
    if (next === undefined) return [heading, summary, list];
    const label = next.state === "in progress" ? "Continue" : "Start";
    const go = button(`continue`, `${label}: ${next.title}`, () => this.actions.open(next.name));
    go.classList.add("latent-lab-Course-continue");
    return [heading, summary, go, list];
  }

  private row(notebook: CourseNotebook): HTMLElement {
    const { name, title, state } = notebook;
    const status = element(
      "span",
      { class: "latent-lab-Course-state", "data-state": state },
      statusOf(notebook),
    );
    const open = button(`open ${name}`, title, () => this.actions.open(name));
    open.classList.add("latent-lab-Course-open");
    open.append(status);
    const row = element("li", { "data-name": name }, open);
    if (state === "not started") return row;
    const reset = button(`reset ${name}`, "↺", () => this.actions.reset(notebook));
    reset.title = `Put ${name} back to its original; your version is kept beside it`;
    reset.setAttribute("aria-label", `Reset ${title}`);
    row.append(reset);
    return row;
  }
}

/** The notebook to go on with: the first one begun and not passed, else the first one not passed. */
function nextOf(notebooks: readonly CourseNotebook[]): CourseNotebook | undefined {
  return (
    notebooks.find(({ state }) => state === "in progress") ??
    notebooks.find(({ state }) => state === "not started")
  );
}

function statusOf({ state, exercises: { passed, total } }: CourseNotebook): string {
  const count = total === 0 ? "" : `, ${passed} of ${total} exercises passed`;
  if (state === "passed") return `✓ all ${total} exercises passed`;
  return `${state === "missing" ? "deleted; reset brings it back" : state}${count}`;
}

function button(key: string, text: string, onClick: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", "data-key": key }, text) as HTMLButtonElement;
  made.addEventListener("click", onClick);
  return made;
}

function element(
  tag: string,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
