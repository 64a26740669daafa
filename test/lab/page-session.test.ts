// What a page is told when it comes back: everything that it has not received, in order, once.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MessageLog } from "../../src/lab/server/kernels/message-log.js";
import { type KernelClient, PageSession } from "../../src/lab/server/kernels/page-session.js";
import type { PackedMessage } from "../../src/lab/server/kernels/websocket-protocol.js";

const message = (text: string, bytes = 0): PackedMessage => {
  const empty = Buffer.from("{}");
  return {
    channel: "iopub",
    parts: [empty, empty, empty, Buffer.from(text)],
    buffers: [Buffer.alloc(bytes)],
  };
};

/** A browser that loses what is on its way when its connection breaks. */
class FakePage {
  readonly texts: string[] = [];
  private arriving: string[] = [];

  constructor(
    readonly kernel: PageSession,
    private readonly counts = true,
  ) {}

  connect(meantime = new MessageLog()): KernelClient {
    const client: KernelClient = {
      session: "mine",
      received: this.counts ? this.texts.length : undefined,
      waiting: 0,
      send: ({ parts }) => void this.arriving.push(String(parts[3])),
      close: () => {},
    };
    this.kernel.connect(client, meantime);
    return client;
  }

  receive(count = this.arriving.length): void {
    this.texts.push(...this.arriving.splice(0, count));
  }

  loseConnection(): void {
    this.arriving = [];
  }
}

describe("a page's session", () => {
  it("says again what was on its way or came meanwhile, once and in order, however often it breaks", () => {
    const breaks = fc.array(fc.record({ said: fc.nat(5), received: fc.nat(5), away: fc.nat(5) }));
    fc.assert(
      fc.property(breaks, (rounds) => {
        const kernel = new PageSession();
        const page = new FakePage(kernel);
        let said = 0;
        const say = (count: number) => {
          for (let more = 0; more < count; more++) kernel.say(message(String(said++)));
        };
        for (const round of rounds) {
          const client = page.connect();
          say(round.said);
          page.receive(round.received);
          page.loseConnection();
          say(1); // the server does not know yet that nobody is there
          page.loseConnection();
          kernel.disconnect(client);
          say(round.away);
        }
        page.connect();
        page.receive();
        expect(page.texts).toEqual(
          Array.from({ length: rounds.length === 0 ? 0 : said }, (_, n) => String(n)),
        );
      }),
    );
  });

  it("tells how many were too many to be kept, and goes on with the right ones after it", () => {
    const kernel = new PageSession();
    const page = new FakePage(kernel);
    kernel.disconnect(page.connect());
    const large = 30 * 2 ** 20;
    for (let n = 0; n < 4; n++) kernel.say(message(`large ${n}`, large));
    const client = page.connect();
    page.receive();
    expect(page.texts).toEqual([
      expect.stringContaining("2 messages of the kernel were dropped"),
      "large 2",
      "large 3",
    ]);
    kernel.say(message("lost on its way"));
    page.loseConnection();
    kernel.disconnect(client);
    page.connect();
    page.receive();
    expect(page.texts.slice(3)).toEqual(["lost on its way"]);
  });

  it("of a page that does not count, says what came after it had left", () => {
    const kernel = new PageSession();
    const page = new FakePage(kernel, false);
    const client = page.connect();
    kernel.say(message("before"));
    page.receive();
    kernel.disconnect(client);
    kernel.say(message("meanwhile"));
    page.connect();
    page.receive();
    expect(page.texts).toEqual(["before", "meanwhile"]);
  });

  it("says nothing twice if the page connects again before its old connection is known to have ended", () => {
    for (const counts of [true, false]) {
      const kernel = new PageSession();
      const page = new FakePage(kernel, counts);
      const client = page.connect();
      kernel.say(message("before"));
      page.receive();
      page.connect();
      expect(kernel.disconnect(client)).toBe(false);
      kernel.say(message("after"));
      page.receive();
      expect(page.texts).toEqual(["before", "after"]);
    }
  });

  it("tells a page whose session was forgotten that something is lost", () => {
    const page = new FakePage(new PageSession());
    page.texts.push("from before");
    page.connect();
    page.receive();
    expect(page.texts[1]).toMatch(/away is lost/);
  });

  it("gives a page that is new what was said when nobody was there, but no reply to another", () => {
    const meantime = new MessageLog();
    meantime.add(message("for all"));
    meantime.add(message("for another"), "another");
    meantime.add(message("for me"), "mine");
    const page = new FakePage(new PageSession());
    page.connect(meantime);
    page.receive();
    expect(page.texts).toEqual(["for all", "for me"]);
  });
});
