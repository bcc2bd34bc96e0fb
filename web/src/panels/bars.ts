import { h } from '../dom';
import { count, name, share } from '../format';

export interface Bar {
  name: string;
  count: number;
  share: number;
}

/** Names with their counts, and a bar for each one's share. */
export function bars(caption: string, items: readonly Bar[], onChoose?: (name: string) => void): HTMLElement {
  const most = Math.max(...items.map((item) => item.share), 0);
  return h('table', { class: 'bars' },
    h('caption', { class: 'hidden' }, caption),
    h('thead', { class: 'hidden' }, h('tr', {}, h('th', { scope: 'col' }, 'Name'), h('th', { scope: 'col' }, 'Share'), h('th', { scope: 'col' }, 'Events'))),
    h('tbody', {}, ...items.map((item) => {
      const shown = name(item.name);
      const label = h('bdi', { title: shown }, shown);
      const length = most > 0 ? Math.max(0.5, (item.share / most) * 100) : 0;
      const meter = h('span', { class: 'bar' });
      meter.style.setProperty('--length', `${length}%`);
      return h('tr', {},
        h('th', { scope: 'row' }, onChoose ? h('button', { class: 'link', type: 'button', title: `Show events of ${shown}`, onclick: () => onChoose(item.name) }, label) : label, meter),
        h('td', { class: 'number muted' }, share(item.share)),
        h('td', { class: 'number' }, count(item.count)));
    })));
}
