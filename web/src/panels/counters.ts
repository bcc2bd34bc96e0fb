import { ask, type Aggregates } from '../api';
import { h } from '../dom';
import { count, name } from '../format';
import { Poll } from '../live/poll';
import { isType } from '../state/filter';
import { choose } from '../state/url';
import { bars } from './bars';
import { Panel } from './panel';

const TOP = 10;
const SESSIONS = 8; // the server may give more: small hashes come whole
const EVERY_MS = 1_000;

/** Event types, products and sessions: the documented counters. */
export class Counters {
  readonly types = new Panel('types', 'Event types');
  readonly products = new Panel('products', 'Top products');
  readonly sessions = new Panel('sessions', 'Sessions');
  private shown = '';

  start(): void {
    new Poll(EVERY_MS, async (signal) => this.show(await ask<Aggregates>(`aggregates?top=${TOP}&sessions=${SESSIONS}`, signal)), (error) => {
      for (const panel of [this.types, this.products, this.sessions]) panel.fail(error);
    }).now();
  }

  private show(answer: Aggregates): void {
    for (const panel of [this.types, this.products, this.sessions]) panel.ok();
    const { event_types: types, products, sessions } = answer;
    const text = JSON.stringify([types, products, sessions]);
    if (text === this.shown) return; // what stands there keeps focus and selection
    this.shown = text;
    keepingFocus(this.types.body, () => this.types.try(() => this.types.fill(
      ...list('Event types', types, (type) => choose({ where: isType(type) })))));
    this.products.try(() => this.products.fill(...list('Products', products)));
    this.sessions.try(() => this.sessions.fill(
      h('p', { class: 'figure' }, h('span', { class: 'number', id: 'sessions-count' }, count(sessions.count)), h('span', { class: 'muted' }, ` distinct in ${count(sessions.retained_hours)} h`)),
      h('table', { class: 'bars' }, h('caption', { class: 'hidden' }, 'Some of the newest sessions'),
        h('tbody', {}, ...sessions.items.slice(0, SESSIONS).map((session) => h('tr', {}, h('th', { scope: 'row' }, h('bdi', {}, name(session.id))), h('td', { class: 'number' }, count(session.events))))))));
  }
}

function list(caption: string, part: Aggregates['event_types'] | Aggregates['products'], onChoose?: (name: string) => void): (HTMLElement | null)[] {
  if (part.count === 0) return [h('p', { class: 'muted' }, 'Nothing counted yet.')];
  const hidden = part.count - part.items.length;
  return [
    bars(caption, part.items, onChoose),
    hidden > 0 || part.other.count > 0 ? h('p', { class: 'muted small-text' }, `and ${count(Math.max(hidden, 0))} more with ${count(part.other.count)} events`) : null,
  ];
}

// A list is written anew each second; whoever went through it by keyboard stays where they were.
function keepingFocus(body: HTMLElement, update: () => void): void {
  const buttons = (): HTMLElement[] => [...body.querySelectorAll<HTMLElement>('button')];
  const title = document.activeElement instanceof HTMLElement && body.contains(document.activeElement) ? document.activeElement.title : null;
  update();
  if (title !== null) buttons().find((button) => button.title === title)?.focus();
}
