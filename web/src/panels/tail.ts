import { ask, type RecentEvent } from '../api';
import { h, replace, setText } from '../dom';
import { amount, name, timeOfDay } from '../format';
import { Poll } from '../live/poll';
import { choices, choose, onChoices } from '../state/url';
import { Panel } from './panel';

const LIMIT = 50;
const EVERY_MS = 1_000;

/** The newest events as they arrive. Stands still while it is paused, scrolled or filled with what somebody selects. */
export class Tail {
  private readonly filter = h('input', { type: 'search', id: 'where', placeholder: "event_type == 'purchase'", 'aria-label': 'Filter of events', autocomplete: 'off', spellcheck: 'false' });
  private readonly pause = h('button', { type: 'button', class: 'small', 'aria-pressed': 'false', onclick: () => this.togglePause() }, 'Pause');
  private readonly held = h('p', { class: 'muted small-text' });
  private readonly rows = h('tbody');
  private readonly scroll = h('div', { class: 'scroll tail', tabindex: 0, role: 'group', 'aria-label': 'Newest events' },
    h('table', { class: 'rows' }, h('caption', { class: 'hidden' }, 'Newest events, newest first'),
      h('thead', {}, h('tr', {}, ...['Arrived', 'Type', 'Product', 'User', 'Session'].map((head) => h('th', { scope: 'col' }, head)), h('th', { scope: 'col', class: 'number' }, 'Value'))),
      this.rows));

  readonly panel = new Panel('events', 'Live events', h('form', { role: 'search', onsubmit: (event) => this.submit(event) }, this.filter), this.pause);
  private readonly poll = new Poll(EVERY_MS, (signal) => this.load(signal), (error) => this.panel.fail(error));
  private isPaused = false;
  private newest = '';
  private asked = '';

  start(): void {
    this.filter.value = choices().where;
    onChoices((now) => {
      if (now.where === this.asked) return;
      this.filter.value = now.where;
      this.newest = '';
      this.poll.now();
    });
    this.panel.fill(this.scroll, this.held);
    this.poll.now();
  }

  private submit(event: Event): void {
    event.preventDefault();
    choose({ where: this.filter.value.trim() });
  }

  private togglePause(): void {
    this.isPaused = !this.isPaused;
    this.pause.setAttribute('aria-pressed', String(this.isPaused));
    setText(this.pause, this.isPaused ? 'Resume' : 'Pause');
  }

  private async load(signal: AbortSignal): Promise<void> {
    const { where } = choices();
    this.asked = where;
    const query = new URLSearchParams({ limit: String(LIMIT) });
    if (where !== '') query.set('where', where);
    const { items } = await ask<{ items: RecentEvent[] }>(`v1/events/recent?${query}`, signal);
    this.panel.ok();
    const key = items[0] ? `${items[0].id}/${items[0].index}` : 'none';
    if (key === this.newest) return;
    const isHeld = this.newest !== '' && (this.isPaused || this.scroll.scrollTop > 8 || isSelecting(this.scroll));
    setText(this.held, isHeld ? 'Newer events wait: resume, or scroll to the top.' : '');
    if (isHeld) return;
    this.newest = key;
    replace(this.rows, ...(items.length > 0 ? items.map(row) : [h('tr', {}, h('td', { colspan: 6, class: 'muted' }, where === '' ? 'No events yet.' : 'None of the newest events passes this filter.'))]));
  }
}

function row(event: RecentEvent): HTMLElement {
  const cell = (text: string | null | undefined): HTMLElement => h('td', {}, h('bdi', { title: name(text) }, name(text)));
  return h('tr', {}, h('th', { scope: 'row', class: 'number' }, timeOfDay(event.arrived)), cell(event.event_type), cell(event.product), cell(event.user_id), cell(event.session_id),
    h('td', { class: 'number' }, amount(event.value)));
}

function isSelecting(within: Node): boolean {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && within.contains(selection.anchorNode);
}
