import type { Point } from '../api';
import { Sparkline } from '../charts/sparkline';
import { h, setText } from '../dom';
import { compact, count, duration, NOTHING } from '../format';
import type { State } from '../state/store';

const POINTS = 120; // two minutes

interface Spec {
  id: string;
  label: string;
  of: (point: Point) => number | null;
  write: (value: number | null) => string;
}

const specs: Spec[] = [
  { id: 'rate', label: 'Events per second', of: (point) => point.events_per_second, write: compact },
  { id: 'total', label: 'Events counted', of: (point) => point.total, write: (value) => (value === null ? NOTHING : count(value)) },
  { id: 'p99', label: 'Latency p99', of: (point) => point.p99, write: duration },
  { id: 'lag', label: 'Lag', of: (point) => point.lag, write: duration },
  { id: 'pending', label: 'In hand', of: (point) => point.pending, write: count },
];

/** The five numbers to glance at, each with where it came from. */
export class Tiles {
  private readonly tiles = specs.map((spec) => {
    const value = h('span', { class: 'tile-value number', id: `tile-${spec.id}` }, NOTHING);
    const spark = new Sparkline();
    return { spec, value, spark, element: h('div', { class: 'tile' }, h('dt', {}, spec.label), h('dd', {}, value), spark.element) };
  });

  readonly element = h('dl', { class: 'tiles', 'aria-label': 'At a glance' }, ...this.tiles.map((tile) => tile.element));

  update(state: State): void {
    const now = state.pipeline?.now;
    const points = state.history.slice(-POINTS);
    for (const { spec, value, spark } of this.tiles) {
      // While Redis is away, the last number known, greyed; otherwise nothing is nothing.
      const known = now ? (spec.of(now) ?? (state.pipeline?.degraded ? lastKnown(state.history, spec.of) : null)) : null;
      setText(value, spec.write(known));
      spark.show(points.map(spec.of));
    }
  }
}

function lastKnown(history: readonly Point[], of: (point: Point) => number | null): number | null {
  const point = history.findLast((candidate) => of(candidate) !== null);
  return point ? of(point) : null;
}
