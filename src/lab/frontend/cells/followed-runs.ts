// The runs of cells that a page has taken over, and which of them a message changes, if any. What was said before the
// server answered is in its answer, and may also come over the WebSocket, earlier than the answer or later. The server
// says a mark there when it answers: what comes before the mark is known, and older than the answer's latest state.

export interface FollowedRun {
  /** Id of the request, which its messages name as their parent. */
  readonly id: string;
  readonly cell: unknown;
  /** Whether the answer held what the run had said; else all of it comes over the WebSocket. */
  readonly isTold: boolean;
  /** Position of each display among the cell's outputs. */
  readonly displays: ReadonlyMap<string, number>;
}

export class FollowedRuns<Run extends FollowedRun> {
  private readonly runs = new Map<string, Run>();
  private awaited: string | undefined;

  /** The server has answered, and says this mark; null where it could not. */
  answered(mark: string | null): void {
    this.awaited = mark ?? undefined;
  }

  /** A mark has come over the WebSocket. */
  passed(mark: unknown): void {
    if (mark === this.awaited) this.awaited = undefined;
  }

  add(run: Run): void {
    this.runs.set(run.id, run);
  }

  /** The cell's run is followed no longer. */
  forget(cell: unknown): void {
    for (const run of this.runs.values()) if (run.cell === cell) this.runs.delete(run.id);
  }

  clear(): void {
    this.runs.clear();
  }

  /**
   * The run that a message of the WebSocket changes; messages are to be given in their order.
   * @param parent  id of the request that the message answers
   * @param display  id of the display that it updates: any request may update one, a widget's too
   */
  runOf(parent: string | undefined, display: string | undefined): Run | undefined {
    const shows = display === undefined ? undefined : this.showing(display);
    const run = shows ?? this.runs.get(parent ?? "");
    return this.awaited !== undefined && run?.isTold ? undefined : run;
  }

  private showing(display: string): Run | undefined {
    return [...this.runs.values()].find(({ displays }) => displays.has(display));
  }
}
