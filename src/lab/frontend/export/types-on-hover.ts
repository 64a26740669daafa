// The types that the build found (`data-t` is a place in the page's list), shown under the pointer, or after a tap.

/** Shows a box below the name that is pointed at; Escape, scrolling and leaving hide it. */
export function addTypes(): void {
  const list = document.querySelector("#types")?.textContent;
  if (list === undefined || list === null) return;
  const types = JSON.parse(list) as string[];
  const box = document.createElement("div");
  box.id = "type";
  box.role = "tooltip";
  box.hidden = true;
  document.body.append(box);
  const hide = (): void => {
    box.hidden = true;
  };
  const show = (event: Event): void => {
    const name = (event.target as Element).closest?.("[data-t]");
    const text = types[Number(name?.getAttribute("data-t"))];
    if (name === null || name === undefined || text === undefined) return hide();
    const [signature = "", ...rest] = text.split("\n\n");
    const code = document.createElement("code");
    code.textContent = signature;
    const prose = document.createElement("p");
    prose.textContent = rest.join("\n\n");
    box.replaceChildren(code, ...(rest.length > 0 ? [prose] : []));
    box.hidden = false;
    place(box, name.getBoundingClientRect());
  };
  document.addEventListener("pointerover", show);
  document.addEventListener("click", show);
  document.addEventListener("scroll", hide, { passive: true, capture: true });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") hide();
  });
}

/** Below the name, or above it where there is no room; within the screen. */
function place(box: HTMLElement, name: DOMRect): void {
  const { width, height } = box.getBoundingClientRect();
  const below = name.bottom + 6;
  const above = name.top - height - 6;
  box.style.top = `${below + height > innerHeight && above > 0 ? above : below}px`;
  box.style.left = `${Math.max(8, Math.min(name.left, innerWidth - width - 8))}px`;
}
