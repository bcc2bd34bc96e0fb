/** What is known of the pipeline: the newest answer, the last minutes, and how the line to the server is. */

import type { Pipeline, Point } from '../api';
import type { ServerEvent } from '../live/events';
import type { Link } from '../live/feed';

export const POINTS_MAX = 900; // as many as the server keeps: 15 minutes
export const STALE_AFTER_MS = 5_000;

export interface State {
  pipeline: Pipeline | null;
  history: readonly Point[];
  receivedAt: number | null;
  link: Link;
}

export const initial: State = { pipeline: null, history: [], receivedAt: null, link: { state: 'connecting' } };

/** The state after an event. A snapshot is everything; a delta brings the points since the last event. */
export function afterEvent(state: State, event: ServerEvent, now: number): State {
  if (event.kind !== 'snapshot' && event.kind !== 'delta') return state;
  const pipeline = JSON.parse(event.data) as Pipeline;
  const points = pipeline.history ?? [];
  return { ...state, pipeline, history: event.kind === 'snapshot' ? points : joined(state.history, points), receivedAt: now };
}

function joined(old: readonly Point[], more: readonly Point[]): readonly Point[] {
  const last = old.at(-1)?.t ?? '';
  return [...old, ...more.filter((point) => point.t > last)].slice(-POINTS_MAX);
}

/** How long nothing has been heard, when that is longer than it should be. */
export function staleFor(state: State, now: number): number | null {
  if (state.receivedAt === null) return null;
  const age = now - state.receivedAt;
  return age > STALE_AFTER_MS ? age : null;
}
