import { Chart } from '../charts/chart';
import { h } from '../dom';
import { compact, duration } from '../format';
import type { State } from '../state/store';
import { choices, choose, onChoices } from '../state/url';
import { Panel } from './panel';

const RANGES: Record<string, number> = { '1m': 60, '5m': 300, '15m': 900 };

/** Throughput and latency over the last minutes, under one cursor. */
export class Flow {
  private readonly rate = new Chart((value) => compact(value), 'flow');
  private readonly latency = new Chart((value) => duration(value), 'flow');
  private readonly buttons = Object.keys(RANGES).map((range) => h('button', { type: 'button', class: 'choice', onclick: () => choose({ range }) }, range));
  readonly throughputPanel = new Panel('throughput', 'Throughput', h('div', { class: 'choices', role: 'group', 'aria-label': 'Time range of the charts' }, ...this.buttons));
  readonly latencyPanel = new Panel('latency', 'Latency, arrival to counted');
  private state: State | null = null;

  constructor() {
    this.mark();
    onChoices(() => {
      this.mark();
      if (this.state) this.update(this.state);
    });
  }

  update(state: State): void {
    if (state.pipeline === null) return;
    const isFirst = this.state === null;
    this.state = state;
    if (isFirst) {
      this.throughputPanel.fill(this.rate.element);
      this.latencyPanel.fill(this.latency.element);
    }

    const seconds = RANGES[choices().range] ?? 300;
    const points = state.history.slice(-seconds);
    const times = points.map((point) => Date.parse(point.t) / 1000);
    this.throughputPanel.try(() => this.rate.show([{ label: 'Events/s', fill: true }], times, [points.map((point) => point.events_per_second)]));
    this.latencyPanel.try(() => this.latency.show(
      [{ label: 'p50' }, { label: 'p95' }, { label: 'p99' }], times,
      [points.map((point) => point.p50), points.map((point) => point.p95), points.map((point) => point.p99)]));
  }

  private mark(): void {
    for (const button of this.buttons) button.setAttribute('aria-pressed', String(button.textContent === choices().range));
  }
}
