import type { Processor } from '../api';
import { h, replace, setText } from '../dom';
import { compact, count, dateTime, duration, name, share } from '../format';
import type { State } from '../state/store';
import { Panel } from './panel';

const STAGES: Record<string, string> = { read: 'Waiting for entries', add_up: 'Adding up', commit: 'Waiting for Redis' };

const STATES: Record<Processor['state'], string> = { counting: 'counting', waiting: 'nothing to do', blocked: 'blocked', silent: 'silent' };

/** Who counts, and where their time goes. */
export class Work {
  readonly processors = new Panel('processors', 'Processors');
  private readonly scroll = h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Table of processors' });
  readonly stages = new Panel('stages', 'Where the time goes');

  update(state: State): void {
    const { pipeline } = state;
    if (pipeline === null) return;
    this.processors.try(() => {
      if (pipeline.processors.length === 0) {
        this.processors.fill(hint('No processor has joined the group. Start one:', './streamgauge process'));
        return;
      }

      replace(this.scroll, table(pipeline.processors)); // the scroller stays, with its place and its focus
      if (!this.scroll.isConnected) this.processors.fill(this.scroll);
    });
    this.stages.try(() => this.stages.fill(
      h('ol', { class: 'stages' },
        h('li', {}, h('b', {}, 'Stream'), h('span', { class: 'number' }, pipeline.now.undelivered === null ? 'backlog unknown' : `${count(pipeline.now.undelivered)} waiting`)),
        ...pipeline.stages.map((stage) => stageItem(STAGES[stage.name] ?? stage.name, stage.share)),
        h('li', {}, h('b', {}, 'Counted'), h('span', { class: 'number' }, `${compact(pipeline.now.events_per_second)} events/s`))),
      pipeline.stages.length === 0 && h('p', { class: 'muted' }, 'No processor reports.')));
  }
}

function stageItem(label: string, value: number): HTMLElement {
  const bar = h('span', { class: 'bar' });
  bar.style.setProperty('--length', `${value * 100}%`);
  return h('li', {}, h('b', {}, label), h('span', { class: 'number' }, share(value)), bar);
}

function table(processors: readonly Processor[]): HTMLElement {
  const heads = ['Consumer', 'State', 'Events/s', 'Counted', 'In hand', 'Idle', 'p99', 'Busy'];
  return h('table', { class: 'rows' },
    h('caption', { class: 'hidden' }, 'Processors'),
    h('thead', {}, h('tr', {}, ...heads.map((head, index) => h('th', { scope: 'col', class: index > 1 ? 'number' : '' }, head)))),
    h('tbody', {}, ...processors.map((processor) => h('tr', { class: `is-${processor.state}` },
      h('th', { scope: 'row', title: processor.since ? `since ${dateTime(processor.since)}, version ${processor.version ?? ''}` : '' }, h('bdi', {}, name(processor.consumer))),
      h('td', {}, h('span', { class: 'state' }, STATES[processor.state]), processor.problem && h('span', { class: 'problem' }, ` ${processor.problem}`)),
      h('td', { class: 'number' }, compact(processor.events_per_second)),
      h('td', { class: 'number' }, count(processor.events)),
      h('td', { class: 'number' }, count(processor.pending)),
      h('td', { class: 'number' }, duration(processor.idle_seconds)),
      h('td', { class: 'number' }, duration(processor.p99)),
      h('td', { class: 'number' }, share(processor.busy))))));
}

/** What to run when there is nothing to show. */
export function hint(text: string, command: string): HTMLElement {
  const copy = h('button', { type: 'button', class: 'small' }, 'Copy');
  copy.addEventListener('click', () => void navigator.clipboard.writeText(command).then(() => setText(copy, 'Copied'), () => setText(copy, 'Select and copy it')));
  return h('div', { class: 'hint' }, h('p', {}, text), h('div', { class: 'command' }, h('code', {}, command), copy));
}
