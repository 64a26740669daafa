// The page for people who come without a token: says where to find it and takes it. No script, no style from
// elsewhere, nothing of the request is echoed but the path, escaped, for the way back.

/** HTML of the login page; `wrong` after a token that did not fit. */
export function loginPage({ wrong, next }: { wrong: boolean; next: string }): string {
  const alert = wrong ? '<p role="alert">This token is wrong.</p>' : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Latent Lab: token needed</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 15vh auto; padding: 0 1rem; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .4rem; margin: .5rem 0; }
button { font: inherit; padding: .4rem 1rem; }
[role=alert] { color: #c62828; }
</style>
</head>
<body><main>
<h1>Latent Lab</h1>
${alert}
<p>This lab needs its token. Open the address that <code>latent-lab</code> printed in the terminal, or enter the token, the part after <code>token=</code>, here.</p>
<form method="post" action="/login">
<input type="hidden" name="next" value="${escapeHtml(next)}">
<label>Token <input name="token" type="password" autocomplete="off" autofocus required></label>
<button>Open the lab</button>
</form>
</main></body>
</html>
`;
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? character);
}
