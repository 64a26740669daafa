// Light, dark, or as the system has it. The choice is kept in the browser; a script in the page's head applies it before
// anything is drawn (see page-template.ts).
const names = { auto: "as the system", light: "light", dark: "dark" } as const;
type Theme = keyof typeof names;
const order: readonly Theme[] = ["auto", "light", "dark"];

/** Makes the page's theme button go through the themes. */
export function addTheme(): void {
  const button = document.querySelector<HTMLButtonElement>("#theme");
  if (button === null) return;
  const show = (): void => {
    button.textContent = `Theme: ${names[current()]}`;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = order[(order.indexOf(current()) + 1) % order.length] ?? "auto";
    if (next === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem("latent-lab-theme", next);
    } catch {
      // A browser that stores nothing keeps the choice for this page.
    }
    show();
  });
  show();
}

function current(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : "auto";
}
