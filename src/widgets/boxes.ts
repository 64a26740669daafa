// Widgets beside, below and behind each other: hBox, vBox, tabs, accordion.
import { checkWidgetOptions, isPlainObject, refuse } from "./checks.js";
import { escapeHtml, Widget, type WidgetOptions } from "./widget.js";

export type BoxOptions = Pick<WidgetOptions, "width">;

/** Functions by the models that they make. */
const callers = { HBox: "hBox", VBox: "vBox", Tab: "tabs", Accordion: "accordion" } as const;

export class Box extends Widget {
  #children: readonly Widget[];

  /** @internal */
  constructor(
    name: "HBox" | "VBox" | "Tab" | "Accordion",
    children: readonly Widget[],
    state: object,
    options: BoxOptions,
  ) {
    checkWidgetOptions(callers[name], options, {}, ["width"]);
    super({ name }, { ...state, children: references(children) }, options);
    this.#children = children;
  }

  /** What is inside; assign a new list to change it. */
  get children(): readonly Widget[] {
    return this.#children;
  }

  set children(children: readonly Widget[]) {
    this.model.set({ children: references(children) });
    this.#children = children;
  }

  override toString(): string {
    return this.#children.map(String).join("\n");
  }

  override toHtml(): string {
    return `<div>${this.#children.map((child) => child.toHtml()).join("")}</div>`;
  }
}

/** A box of pages of which one is shown, or none. */
export class Pages extends Box {
  readonly #caller: string;
  readonly #titles: readonly string[];

  /** @internal */
  constructor(
    name: "Tab" | "Accordion",
    pages: Readonly<Record<string, Widget>>,
    selected: number | null,
    options: BoxOptions,
  ) {
    const caller = callers[name];
    if (!isPlainObject(pages))
      refuse(caller, "widgets by their titles", pages, `Write ${caller}({ title: widget }).`);
    const titles = Object.keys(pages);
    super(name, Object.values(pages), { titles, selected_index: selected }, options);
    this.#caller = caller;
    this.#titles = titles;
  }

  override get children(): readonly Widget[] {
    return super.children;
  }

  /** As many as there are titles. */
  override set children(children: readonly Widget[]) {
    const count = this.#titles.length;
    if (Array.isArray(children) && children.length !== count)
      refuse(
        this.#caller,
        `${count} children, one for each title`,
        children.length,
        `Make new ${this.#caller}({ … }) for other titles.`,
      );
    super.children = children;
  }

  /** Title of the page that is shown, or null. */
  get selected(): string | null {
    const index = this.model.state.selected_index;
    return typeof index === "number" ? (this.#titles[index] ?? null) : null;
  }

  set selected(title: string | null) {
    const index = title === null ? null : this.#titles.indexOf(title);
    if (index === -1)
      refuse("selected", `one of ${this.#titles.join(", ")}, or null`, title, "Choose a page's title.");
    this.model.set({ selected_index: index });
  }

  override toString(): string {
    return this.#titles.map((title, index) => `${title}:\n${this.children[index]}`).join("\n");
  }

  override toHtml(): string {
    const pages = this.#titles.map((title, index) => {
      const page = this.children[index]?.toHtml() ?? "";
      return `<p><strong>${escapeHtml(title)}</strong></p>${page}`;
    });
    return `<div>${pages.join("")}</div>`;
  }
}

/** Widgets beside each other. */
export function hBox(children: readonly Widget[], options: BoxOptions = {}): Box {
  return new Box("HBox", children, {}, options);
}

/** Widgets below each other. */
export function vBox(children: readonly Widget[], options: BoxOptions = {}): Box {
  return new Box("VBox", children, {}, options);
}

/** Pages by their titles, one shown at a time; the first at first. */
export function tabs(pages: Readonly<Record<string, Widget>>, options: BoxOptions = {}): Pages {
  return new Pages("Tab", pages, 0, options);
}

/** Pages by their titles, below each other and closed until they are clicked. */
export function accordion(pages: Readonly<Record<string, Widget>>, options: BoxOptions = {}): Pages {
  return new Pages("Accordion", pages, null, options);
}

function references(children: readonly Widget[]): string[] {
  if (!Array.isArray(children)) refuse("children", "a list of widgets", children, "Put them into [ ].");
  return children.map((child) =>
    child instanceof Widget
      ? child.model.reference
      : refuse("children", "widgets", child, "Wrap text in label(…)."),
  );
}
