/**
 * Follows a stream of events for as long as the page is open. A connection that breaks is made again after a pause that grows, and
 * goes on behind the last event: nothing in between is missing. EventSource would do that too, but says neither when nor why.
 */

import { errorOf } from '../api';
import { EventParser, type ServerEvent } from './events';

export type Link = { state: 'connecting' } | { state: 'open' } | { state: 'waiting'; until: number; reason: string };

const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 15_000;
const SILENT_AFTER_MS = 20_000; // the server says something at least every 15 s

export class Feed {
  private lastId: string | null = null;
  private failures = 0;
  private wake: (() => void) | null = null;

  constructor(
    private readonly path: string,
    private readonly onEvent: (event: ServerEvent) => void,
    private readonly onLink: (link: Link) => void,
  ) {}

  /** Runs until the page goes. */
  async run(): Promise<never> {
    for (;;) {
      this.onLink({ state: 'connecting' });
      const { reason, pauseMs } = await this.connectOnce();
      const pause = pauseMs ?? pauseAfter(this.failures);
      this.failures++;
      this.onLink({ state: 'waiting', until: Date.now() + pause, reason });
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, pause);
      });
    }
  }

  /** Does not wait for the end of the pause. */
  retryNow(): void {
    this.wake?.();
  }

  private async connectOnce(): Promise<{ reason: string; pauseMs: number | null }> {
    const ending = new AbortController();
    let silence = setTimeout(() => ending.abort(), SILENT_AFTER_MS);
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (this.lastId !== null) headers['Last-Event-ID'] = this.lastId;
      const response = await fetch(this.path, { headers, signal: ending.signal, cache: 'no-store' });
      if (!response.ok || response.body === null) {
        const error = await errorOf(response);
        return { reason: error.message, pauseMs: error.retryAfterSeconds === null ? null : error.retryAfterSeconds * 1_000 };
      }

      this.onLink({ state: 'open' });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parser = new EventParser();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return { reason: 'The server ended the connection.', pauseMs: null };
        clearTimeout(silence);
        silence = setTimeout(() => ending.abort(), SILENT_AFTER_MS);
        for (const event of parser.push(value)) this.deliver(event);
      }
    } catch {
      return { reason: ending.signal.aborted ? 'The server went silent.' : 'The server cannot be reached.', pauseMs: null };
    } finally {
      clearTimeout(silence);
      ending.abort();
    }
  }

  private deliver(event: ServerEvent): void {
    this.onEvent(event);
    if (event.id !== null) this.lastId = event.id; // what could not be taken in is asked for again
    this.failures = 0;
  }
}

/** One second, doubled with each failure, and a little by chance so that many pages do not come at once. */
export function pauseAfter(failures: number, random: () => number = Math.random): number {
  return Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(failures, 10)) * (0.8 + 0.4 * random());
}
