/** Asks again and again while the page is looked at. One question at a time: a new one gives the last up, and its late answer is not shown. An error does not end it. */
export class Poll {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = new AbortController();

  constructor(
    private readonly everyMs: number,
    private readonly work: (signal: AbortSignal) => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.now();
    });
  }

  /** Asks at once, and then at the usual pace. */
  now(): void {
    clearTimeout(this.timer);
    this.asking.abort();
    this.asking = new AbortController();
    void this.ask(this.asking.signal);
  }

  private async ask(signal: AbortSignal): Promise<void> {
    try {
      if (!document.hidden) await this.work(signal);
    } catch (error) {
      if (!signal.aborted) this.onError(error);
    }

    if (!signal.aborted) this.timer = setTimeout(() => void this.ask(signal), this.everyMs);
  }
}
