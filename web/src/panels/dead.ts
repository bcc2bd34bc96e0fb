import { ask, type DeadLetters } from '../api';
import { h, replace } from '../dom';
import { count, dateTime, duration, name } from '../format';
import { Poll } from '../live/poll';
import { Panel } from './panel';
import { hint } from './work';

const EVERY_MS = 5_000;

/** What could not be counted, by reason, and the command that looks after it. */
export class Dead {
  readonly panel = new Panel('dead-letters', 'Dead letters');
  private readonly summary = h('div');
  private readonly letters = h('div');
  private shown = ''; // letters that stand there stay open, with focus and selection

  start(): void {
    new Poll(EVERY_MS, async (signal) => {
      const answer = await ask<DeadLetters>('v1/dead-letters?limit=3', signal);
      this.panel.try(() => this.show(answer));
    }, (error) => this.panel.fail(error)).now();
  }

  private show(answer: DeadLetters): void {
    if (answer.stored === 0) {
      this.shown = '';
      this.panel.fill(h('p', { class: 'muted' }, 'None: every event could be counted.'));
      return;
    }

    const oldest = Math.min(...answer.reasons.map((reason) => Date.parse(reason.oldest)));
    replace(this.summary,
      h('p', { class: 'figure' }, h('span', { class: 'number' }, count(answer.stored)), h('span', { class: 'muted' }, ` waiting, the oldest for ${duration((Date.now() - oldest) / 1000)}`)),
      h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Reasons' }, h('table', { class: 'rows' }, h('caption', { class: 'hidden' }, 'Dead letters by reason'),
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Reason'), h('th', { scope: 'col', class: 'number' }, 'Count'), h('th', { scope: 'col' }, 'Newest'))),
        h('tbody', {}, ...answer.reasons.map((reason) => h('tr', {}, h('th', { scope: 'row' }, name(reason.reason)), h('td', { class: 'number' }, count(reason.count)), h('td', { title: dateTime(reason.newest) }, `${duration(Math.max(0, (Date.now() - Date.parse(reason.newest)) / 1000))} ago`)))))));
    const text = JSON.stringify(answer.items);
    if (text === this.shown) return;
    this.shown = text;
    replace(this.letters, ...answer.items.map((item) => h('details', {}, h('summary', {}, `${item.reason}, entry ${item.origin}`),
      h('dl', { class: 'fields' }, ...item.fields.flatMap(([field, value]) => [h('dt', {}, h('bdi', {}, name(field))), h('dd', {}, h('bdi', {}, name(value)))])))));
    this.panel.fill(this.summary, this.letters, hint('To look closer, mend and count them after all, or give them up:', './streamgauge dlq list'));
  }
}
