import './styles/base.css';
import './styles/page.css';
import './styles/panels.css';
import { h } from './dom';
import { Feed } from './live/feed';
import { Counters } from './panels/counters';
import { Dead } from './panels/dead';
import { Flow } from './panels/flow';
import { Strip } from './panels/strip';
import { Tail } from './panels/tail';
import { Tiles } from './panels/tiles';
import { Views } from './panels/views';
import { hint, Work } from './panels/work';
import { afterEvent, initial, type State } from './state/store';

const CLOCK_MS = 250; // for what counts seconds: ages and countdowns

let state: State = initial;
const feed = new Feed(
  'v1/pipeline/stream',
  (event) => set(afterEvent(state, event, Date.now())),
  (link) => set({ ...state, link }),
);

const strip = new Strip(() => feed.retryNow());
const tiles = new Tiles();
const flow = new Flow();
const work = new Work();
const counters = new Counters();
const views = new Views();
const tail = new Tail();
const dead = new Dead();
const empty = h('section', { id: 'empty', class: 'panel', hidden: true, 'aria-label': 'No events yet' });

document.body.append(
  h('a', { class: 'skip', href: '#main' }, 'Skip to the numbers'),
  strip.element,
  h('main', { id: 'main', tabindex: -1 },
    empty, tiles.element,
    h('div', { class: 'grid' },
      flow.throughputPanel.element, flow.latencyPanel.element,
      counters.types.element, counters.products.element, counters.sessions.element,
      work.stages.element, dead.panel.element, work.processors.element,
      views.panel.element, tail.panel.element)),
  h('footer', {}, h('a', { href: 'v1/pipeline' }, 'API'), h('a', { href: 'metrics' }, 'Metrics'), h('a', { href: 'health' }, 'Health'), h('a', { href: 'openapi/v1.json' }, 'OpenAPI')));

function set(next: State): void {
  state = next;
  const { pipeline } = state;
  const isEmpty = pipeline !== null && pipeline.totals.events === 0 && pipeline.now.undelivered === 0 && pipeline.now.pending === 0;
  if (isEmpty && empty.childElementCount === 0) empty.append(...hints(pipeline.stream));
  document.body.classList.toggle('no-events', isEmpty);
  empty.hidden = !isEmpty;
  tick();
  tiles.update(state);
  flow.update(state);
  work.update(state);
}

function hints(stream: string): HTMLElement[] {
  return [
    hint('No events yet. Make some up to see the gauge move:', `./streamgauge produce --rate 1000${stream === 'events' ? '' : ` --stream ${stream}`}`),
    hint('Or send one of your own, from any Redis client:', `redis-cli XADD ${stream} '*' event_type click product laptop user_id u1`),
  ];
}

function tick(): void {
  strip.update(state, Date.now());
  document.body.classList.toggle('degraded', state.pipeline?.degraded ?? false);
  document.body.dataset['condition'] = strip.element.dataset['condition'] ?? '';
}

tick();
setInterval(tick, CLOCK_MS);
void feed.run();
counters.start();
views.start();
tail.start();
dead.start();
