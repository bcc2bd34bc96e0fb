import { describe, expect, it, vi } from 'vitest';
import { afterEvent, initial, POINTS_MAX, staleFor } from '../src/state/store';

const point = (second: number) => ({ t: new Date(second * 1000).toISOString(), events_per_second: second, total: 0, p50: null, p95: null, p99: null, lag: 0, pending: 0, undelivered: 0 });
const event = (kind: string, ...seconds: number[]) => ({ kind, id: null, data: JSON.stringify({ history: seconds.map(point) }) });

describe('afterEvent', () => {
  it('takes a snapshot for everything, and adds what a delta brings, once', () => {
    let state = afterEvent(initial, event('snapshot', 1, 2), 0);
    state = afterEvent(state, event('delta', 2, 3), 0);
    expect(state.history.map((kept) => kept.events_per_second)).toEqual([1, 2, 3]);
    expect(afterEvent(state, event('snapshot', 9), 0).history).toHaveLength(1);
  });

  it('keeps no more than the server does', () => {
    const state = afterEvent(initial, event('snapshot', ...Array.from({ length: POINTS_MAX }, (_, index) => index)), 0);
    expect(afterEvent(state, event('delta', POINTS_MAX), 0).history).toHaveLength(POINTS_MAX);
  });

  it('passes over kinds of a later version', () => expect(afterEvent(initial, { kind: 'news', id: null, data: '?' }, 0)).toBe(initial));
});

describe('staleFor', () => {
  it('tells after five seconds of silence, and not before the first answer', () => {
    expect(staleFor(initial, 1e6)).toBeNull();
    expect(staleFor({ ...initial, receivedAt: 1000 }, 6000)).toBeNull();
    expect(staleFor({ ...initial, receivedAt: 1000 }, 6001)).toBe(5001);
  });
});

describe('choices', async () => {
  vi.stubGlobal('location', { search: '?range=1m&where=a%20%3D%3D%20%27b%27&other=1', pathname: '/', hash: '' });
  vi.stubGlobal('addEventListener', () => undefined);
  const { defaults, read, write } = await import('../src/state/url');

  it('come from the address and go back into it', () => {
    const choices = read('?range=1m&where=a%20%3D%3D%20%27b%27&other=1');
    expect(choices).toEqual({ ...defaults, range: '1m', where: "a == 'b'" });
    expect(read(write(choices))).toEqual(choices);
    expect(write(defaults)).toBe('');
  });
});
