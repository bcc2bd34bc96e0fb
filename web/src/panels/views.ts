import { ask, type SessionTotals, type Value, type ViewAnswer, type ViewInfo, type ViewSeries } from '../api';
import { Chart } from '../charts/chart';
import { h, replace, setText } from '../dom';
import { amount, compact, count, duration, name, share } from '../format';
import { Poll } from '../live/poll';
import { choices, choose, onChoices } from '../state/url';
import { Panel } from './panel';

const EVERY_MS = 2_000;
const RANGES = ['5m', '15m', '1h', '6h', '24h', '7d'];
const TOPS = ['3', '5', '10'];

/** Any declared view over any range, told apart by group, compared with the period before. */
export class Views {
  private readonly view = select('view', 'View', (value) => choose({ view: value, measure: '' }));
  private readonly measure = select('measure', 'Measure', (value) => choose({ measure: value }));
  private readonly range = select('from', 'Time range', (value) => choose({ from: value }), RANGES.map((range) => [range, `last ${range}`]));
  private readonly top = select('top', 'Groups', (value) => choose({ top: value }), TOPS.map((top) => [top, `top ${top}`]));
  private readonly compare = h('input', { type: 'checkbox', id: 'compare', onchange: () => choose({ compare: this.compare.checked ? 'previous' : '' }) });
  private readonly chart = new Chart((value) => compact(value), 'views');
  private readonly table = h('table', { class: 'rows' });
  private readonly about = h('p', { class: 'muted' });
  readonly panel = new Panel('views', 'Views', this.view, this.measure, this.range, this.top, h('label', { class: 'check' }, this.compare, ' Compare with before'));
  private readonly poll = new Poll(EVERY_MS, (signal) => this.load(signal), (error) => this.panel.fail(error));
  private infos: readonly ViewInfo[] = [];
  private isFilled = false;

  start(): void {
    this.mark();
    onChoices(() => this.poll.now());
    this.poll.now();
  }

  private async load(signal: AbortSignal): Promise<void> {
    const { views } = await ask<{ views: ViewInfo[] }>('v1/views', signal);
    this.infos = views.filter((view) => view.state === 'active');
    const info = this.infos.find((view) => view.name === choices().view) ?? this.infos.find(isKeptOverTime) ?? this.infos[0];
    if (info === undefined) return;
    this.offer(info);
    if (isOfSessions(info)) {
      const totals = await ask<SessionTotals>(`v1/sessions/${encodeURIComponent(info.name)}`, signal);
      this.panel.try(() => this.showSessions(info, totals));
      return;
    }

    const isTimed = isKeptOverTime(info);
    const query = new URLSearchParams({ top: choices().top, order: `${this.measureOf(info).split('(')[0] === 'quantiles' ? 'count' : this.measureOf(info)}:desc` });
    if (isTimed) query.set('from', `-${choices().from}`);
    if (isTimed && choices().compare !== '') query.set('compare', 'previous');
    const answer = await ask<ViewAnswer>(`v1/views/${encodeURIComponent(info.name)}?${query}`, signal);
    this.panel.try(() => this.show(info, answer, isTimed));
  }

  private measureOf(info: ViewInfo): string {
    return info.measures.includes(choices().measure) ? choices().measure : (info.measures[0] ?? 'count');
  }

  private offer(info: ViewInfo): void {
    options(this.view, this.infos.map((view) => [view.name, view.name]), info.name);
    options(this.measure, info.measures.map((measure) => [measure, measure]), this.measureOf(info));
    this.measure.hidden = info.measures.length === 0;
    this.mark();
    const isTimed = isKeptOverTime(info);
    this.range.disabled = !isTimed;
    this.compare.disabled = !isTimed;
  }

  private mark(): void {
    this.range.value = choices().from;
    this.top.value = choices().top;
    this.compare.checked = choices().compare !== '';
  }

  private show(info: ViewInfo, answer: ViewAnswer, isTimed: boolean): void {
    this.fillOnce();
    const measure = this.measureOf(info);
    setText(this.about, [choices().view !== '' && choices().view !== info.name ? `There is no view '${name(choices().view)}'; this is ${info.name}.` : '', info.description, isTimed ? '' : 'Keeps totals of all time only; declare a window to see it over time.'].filter(Boolean).join(' '));
    this.chart.element.hidden = !isTimed;
    if (isTimed) {
      const times = answer.buckets.map((bucket) => Date.parse(bucket.start) / 1000);
      const before = answer.compare?.series ?? [];
      this.chart.show(
        [...answer.series.map((series) => ({ label: label(series, info) })), ...before.map((series) => ({ label: `${label(series, info)}, before`, dash: true }))],
        times,
        [...answer.series, ...before].map((series) => times.map((_, index) => numberOf(series.values?.[measure]?.[index], measure))));
    }

    this.fillTable(info, answer, measure);
  }

  private showSessions(info: ViewInfo, totals: SessionTotals): void {
    this.fillOnce();
    setText(this.about, info.description ?? '');
    this.chart.element.hidden = true;
    const rows: [string, string][] = [
      ['Live now', count(totals.live)], ['Kept', count(totals.sessions)], ['Average duration', duration(totals.average_duration_seconds)],
      ...totals.entries.slice(0, 5).map((entry): [string, string] => [`Begin with ${entry.event_type}`, count(entry.sessions)]),
      ...totals.exits.slice(0, 5).map((exit): [string, string] => [`End with ${exit.event_type}`, count(exit.sessions)]),
    ];
    replace(this.table, h('caption', { class: 'hidden' }, `${info.name}: sessions`), h('tbody', {}, ...rows.map(([what, value]) => h('tr', {}, h('th', { scope: 'row' }, h('bdi', {}, name(what))), h('td', { class: 'number' }, value)))));
  }

  private fillOnce(): void {
    if (!this.isFilled) this.panel.fill(this.about, this.chart.element, h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Groups of the view' }, this.table));
    this.isFilled = true;
  }

  private fillTable(info: ViewInfo, answer: ViewAnswer, measure: string): void {
    const whole = numberOf(answer.totals[measure], measure) ?? 0;
    const isSum = measure === 'count' || measure.startsWith('sum');
    const before = new Map((answer.compare?.series ?? []).map((series) => [label(series, info), numberOf(series.totals[measure], measure)]));
    const hasBefore = answer.compare !== undefined;
    replace(
      this.table,
      h('caption', { class: 'hidden' }, `${info.name}: ${measure} by group`),
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, info.group_by.join(', ') || 'Group'), h('th', { scope: 'col', class: 'number' }, measure),
        isSum && h('th', { scope: 'col', class: 'number' }, 'Share'), hasBefore && h('th', { scope: 'col', class: 'number' }, 'Before'), hasBefore && h('th', { scope: 'col', class: 'number' }, 'Change'))),
      h('tbody', {}, ...answer.series.map((series) => {
        const value = numberOf(series.totals[measure], measure);
        const old = before.get(label(series, info)) ?? null;
        return h('tr', {}, h('th', { scope: 'row' }, h('bdi', {}, name(label(series, info)))), h('td', { class: 'number' }, amount(value)),
          isSum && h('td', { class: 'number' }, whole > 0 && value !== null ? share(value / whole) : ''),
          hasBefore && h('td', { class: 'number' }, amount(old)), hasBefore && h('td', { class: 'number' }, change(value, old)));
      })),
    );
  }
}

/** Whether it has buckets; a view of sessions tells of this moment only, and has no tiers. */
const isKeptOverTime = (info: ViewInfo): boolean => info.tiers.some((tier) => tier.every !== 'all');

const isOfSessions = (info: ViewInfo): boolean => info.links['self']?.startsWith('/v1/sessions/') ?? false;

function label(series: ViewSeries, info: ViewInfo): string {
  const parts = info.group_by.map((field) => series.group[field] ?? '(none)');
  return parts.length === 0 ? 'all' : parts.join(' · ');
}

// Quantiles come as several numbers: the line is their p99.
function numberOf(value: Value | undefined, measure: string): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return value;
  return value[measure.startsWith('quantiles') ? 'p99' : (Object.keys(value)[0] ?? '')] ?? null;
}

function change(value: number | null, old: number | null): string {
  if (value === null || old === null || old === 0) return '';
  const difference = value / old - 1;
  return `${difference > 0 ? '▲ +' : difference < 0 ? '▼ ' : ''}${share(difference)}`;
}

function select(id: string, labelText: string, onChange: (value: string) => void, values: [string, string][] = []): HTMLSelectElement {
  const element = h('select', { id, 'aria-label': labelText, onchange: () => onChange(element.value) });
  options(element, values, '');
  return element;
}

function options(element: HTMLSelectElement, values: [string, string][], chosen: string): void {
  const key = JSON.stringify(values);
  if (element.dataset['options'] !== key) {
    element.dataset['options'] = key;
    replace(element, ...values.map(([value, text]) => h('option', { value }, name(text))));
  }

  if (chosen !== '') element.value = chosen;
}
