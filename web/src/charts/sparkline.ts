import { svg } from '../dom';

const WIDTH = 120;
const HEIGHT = 28;

/** A line without axes, for a glance: where did it come from? */
export class Sparkline {
  private readonly area = svg('path', { class: 'spark-area' });
  private readonly line = svg('path', { class: 'spark-line' });
  readonly element = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', class: 'spark', 'aria-hidden': 'true' }, this.area, this.line);

  /** Draws values, oldest first; null is a gap. */
  show(values: readonly (number | null)[]): void {
    const { line, area } = sparkPaths(values, WIDTH, HEIGHT);
    this.line.setAttribute('d', line);
    this.area.setAttribute('d', area);
  }
}

/** The paths of a sparkline: the line, and what is below it. */
export function sparkPaths(values: readonly (number | null)[], width: number, height: number): { line: string; area: string } {
  const known = values.filter((value): value is number => value !== null);
  if (known.length === 0) return { line: '', area: '' };
  const max = Math.max(...known, 0);
  const min = Math.min(...known, 0);
  const step = width / Math.max(1, values.length - 1);
  const y = (value: number): string => (max === min ? height - 1 : 1 + (height - 2) * (1 - (value - min) / (max - min))).toFixed(1);
  let line = '';
  let area = '';
  let begin: string | null = null;
  let x = '0';
  values.forEach((value, index) => {
    if (value === null) {
      if (begin !== null) area += `L${x} ${height}Z`;
      begin = null;
      return;
    }

    x = (index * step).toFixed(1);
    line += `${begin === null ? 'M' : 'L'}${x} ${y(value)}`;
    area += begin === null ? `M${x} ${height}L${x} ${y(value)}` : `L${x} ${y(value)}`;
    begin ??= x;
  });
  if (begin !== null) area += `L${x} ${height}Z`;
  return { line, area };
}
