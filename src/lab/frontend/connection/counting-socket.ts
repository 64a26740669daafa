// A WebSocket that counts the messages of each kernel session, over all its connections, and says the number when it
// connects again: the server then repeats what was on its way when the connection broke (server/kernels/page-session.ts).
// Otherwise a page that loses its connection loses lines of output, with nothing to show for it.

/** Messages received so far, by the address of a kernel's channels with the session in it. */
const received = new Map<string, number>();

export class CountingSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    const session = String(url);
    const counts = /\/api\/kernels\/[^/]+\/channels\?/.test(session);
    super(counts ? `${session}&received=${received.get(session) ?? 0}` : url, protocols);
    if (!counts) return;
    // JupyterLab closes a socket as soon as it has stopped listening, and a closing socket tells of no message.
    this.addEventListener("message", () => received.set(session, (received.get(session) ?? 0) + 1));
  }
}
