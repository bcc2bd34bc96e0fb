/** The API as this page uses it; docs/api.md describes it. */

export interface Point {
  t: string;
  events_per_second: number | null;
  total: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  lag: number | null;
  pending: number | null;
  undelivered: number | null;
}

export interface Processor {
  consumer: string;
  state: 'counting' | 'waiting' | 'blocked' | 'silent';
  problem: string | null;
  since: string | null;
  version: string | null;
  events_per_second: number | null;
  events: number | null;
  pending: number;
  idle_seconds: number;
  p99: number | null;
  busy: number | null;
}

export interface Pipeline {
  as_of: string;
  complete_through: string;
  lag_seconds: number;
  degraded: boolean;
  stream: string;
  group: string;
  status: 'healthy' | 'degraded' | 'unhealthy';
  problems: { check: string; status: string; detail: string }[];
  totals: { events: number; value: number; sessions: number; dead_lettered: number; late: number; clamped: number; lost: number; residue: number };
  last_updated: string | null;
  now: Point;
  stages: { name: string; share: number }[];
  processors: Processor[];
  dead_letters: { stored: number; oldest_age_seconds: number };
  history?: Point[];
}

export interface Aggregates {
  event_types: { count: number; items: { name: string; count: number; value: number; share: number }[]; other: { count: number; share: number } };
  products: { count: number; items: { name: string; count: number; share: number }[]; other: { count: number; share: number } };
  sessions: { count: number; retained_hours: number; items: { id: string; events: number }[] };
}

export interface RecentEvent {
  id: string;
  index: number;
  event_type: string | null;
  product?: string | null;
  user_id?: string | null;
  session_id?: string | null;
  value?: number | null;
  arrived: string;
}

export interface ViewInfo {
  name: string;
  description: string | null;
  group_by: string[];
  measures: string[];
  tiers: { every: string; retain: string | null }[];
  state: string;
  built_in: boolean;
  links: Record<string, string>;
}

export type Value = number | null | Record<string, number | null>;

export interface ViewSeries {
  group: Record<string, string | null>;
  rest?: boolean;
  values?: Record<string, Value[]>;
  totals: Record<string, Value>;
}

export interface ViewAnswer {
  view: string;
  step?: string;
  from?: string;
  to?: string;
  buckets: { start: string; end: string; final: boolean }[];
  series: ViewSeries[];
  totals: Record<string, Value>;
  hidden_groups: number;
  compare?: { from: string; to: string; series: ViewSeries[]; totals: Record<string, Value> };
}

export interface SessionTotals {
  live: number;
  sessions: number;
  average_duration_seconds: number | null;
  entries: { event_type: string; sessions: number }[];
  exits: { event_type: string; sessions: number }[];
}

export interface DeadLetters {
  stored: number;
  looked_at: number;
  reasons: { reason: string; count: number; retried: number; oldest: string; newest: string }[];
  items: { id: string; reason: string; origin: string; at: string; fields: [string, string][] }[];
}

/** An answer that is none: what the server said about it, in words for people. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly retryAfterSeconds: number | null,
  ) {
    super(message);
  }
}

const TIMEOUT_MS = 10_000;

/** Asks for JSON. Throws {@link ApiError} with the server's own explanation, or one that says that it did not answer. */
export async function ask<T>(path: string, signal: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]), headers: { Accept: 'application/json' } });
  } catch {
    throw new ApiError('The server does not answer.', 0, null);
  }

  if (!response.ok) throw await errorOf(response);
  return (await response.json()) as T;
}

/** What an error answer says: the detail of its problem document. */
export async function errorOf(response: Response): Promise<ApiError> {
  const after = Number(response.headers.get('Retry-After'));
  let detail = `The server answered ${response.status}.`;
  try {
    const problem = (await response.json()) as { detail?: string; title?: string };
    detail = problem.detail ?? problem.title ?? detail;
  } catch {
    // no problem document; the status says it
  }

  return new ApiError(detail, response.status, Number.isFinite(after) && after > 0 ? after : null);
}
