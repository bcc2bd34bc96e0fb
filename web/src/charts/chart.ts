import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { h, replace } from '../dom';
import { dateTime, momentLabels } from '../format';
import { onTheme } from '../state/theme';
import { color, seriesColor } from './colors';

export interface Line {
  label: string;
  /** Filled below; for one line that stands for an amount. */
  fill?: boolean;
  dash?: boolean;
}

const HEIGHT = 220;
const ROWS_MAX = 60;

/** Lines over time, with a cursor that all charts of one group share, and the same numbers as a table for those who cannot see them. */
export class Chart {
  private readonly canvas = h('div', { class: 'chart-canvas', 'aria-hidden': 'true' });
  private readonly table = h('table', { class: 'numbers' });
  private readonly details = h('details', { class: 'chart-table', ontoggle: () => this.fillTable() }, h('summary', {}, 'Show as a table'), this.table);
  readonly element = h('div', { class: 'chart' }, this.canvas, this.details);
  private plot: uPlot | null = null;
  private data: uPlot.AlignedData = [[]];
  private lines: readonly Line[] = [];

  /**
   * @param write how a value is written at the axis and in the legend
   * @param group charts of one group share the cursor
   */
  constructor(
    private readonly write: (value: number | null) => string,
    private readonly group: string,
  ) {
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.canvas);
    onTheme(() => this.draw());
  }

  /** Shows lines over moments (Unix seconds, ascending). */
  show(lines: readonly Line[], times: readonly number[], values: readonly (readonly (number | null)[])[]): void {
    const isSame = this.plot !== null && lines.length === this.lines.length && lines.every((line, index) => line.label === this.lines[index]?.label);
    this.lines = lines;
    this.data = [times, ...values] as unknown as uPlot.AlignedData;
    if (isSame) this.plot?.setData(this.data);
    else this.draw();
    if (this.details.open) this.fillTable();
  }

  private draw(): void {
    this.plot?.destroy();
    this.plot = null;
    if (this.lines.length === 0) return;
    const axis = { stroke: color('muted'), grid: { stroke: color('line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
    this.plot = new uPlot(
      {
        ...this.size(),
        padding: [8, 8, 0, 0],
        cursor: { sync: { key: this.group }, points: { size: 6 }, drag: { x: false, y: false } },
        legend: { live: true },
        scales: { y: { range: (_, min, max) => [Math.min(0, min ?? 0), (max ?? 0) > 0 ? (max ?? 0) * 1.1 : 1] } },
        axes: [{ ...axis, space: 70, values: (_, splits) => momentLabels(splits) }, { ...axis, size: 64, values: (_, splits) => splits.map((value) => this.write(value)) }],
        series: [
          { label: 'Time', value: (_, value) => (value === null ? '' : dateTime(new Date(value * 1000).toISOString())) },
          ...this.lines.map((line, index) => ({
            label: line.label,
            stroke: seriesColor(index),
            width: 1.5,
            ...(line.fill ? { fill: color('series-1-soft') } : {}),
            ...(line.dash ? { dash: [5, 4] } : {}),
            points: { show: false },
            value: (_: uPlot, value: number | null) => this.write(value),
          })),
        ],
      },
      this.data,
      this.canvas,
    );
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(200, this.canvas.clientWidth), height: HEIGHT };
  }

  private fillTable(): void {
    if (!this.details.open) return;
    const times = this.data[0];
    const rows = [...times.keys()].slice(-ROWS_MAX).reverse();
    replace(
      this.table,
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Time'), ...this.lines.map((line) => h('th', { scope: 'col', class: 'number' }, line.label)))),
      h('tbody', {}, ...rows.map((row) => h('tr', {},
        h('th', { scope: 'row' }, dateTime(new Date((times[row] ?? 0) * 1000).toISOString())),
        ...this.lines.map((_, index) => h('td', { class: 'number' }, this.write((this.data[index + 1]?.[row] as number | null | undefined) ?? null)))))),
    );
  }
}
