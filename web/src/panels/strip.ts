import { h, replace, setText } from '../dom';
import { duration, NOTHING } from '../format';
import { staleFor, type State } from '../state/store';
import { isDark, onTheme, toggleTheme } from '../state/theme';

const SPOKEN_EVERY_MS = 5_000;

/** Whether what is on this page can be trusted: health, lag, the last event, and the line to the server. */
export class Strip {
  private readonly health = h('strong', {}, 'Connecting…');
  private readonly lag = h('dd', { class: 'number' });
  private readonly last = h('dd', { class: 'number' });
  private readonly line = h('span', { class: 'line' });
  private readonly retry = h('button', { type: 'button', class: 'small', hidden: true }, 'Retry now');
  private readonly theme = h('button', { type: 'button', class: 'small', id: 'theme', onclick: toggleTheme });
  private readonly problems = h('ul', { class: 'problems' });
  private readonly stream = h('span', { class: 'muted' });
  private readonly spoken = h('p', { class: 'hidden', 'aria-live': 'polite' });
  private spokenAt = 0;
  readonly element = h('header', { class: 'strip', id: 'status' },
    h('div', { class: 'strip-row' },
      h('h1', {}, 'Streamgauge'), this.stream,
      h('p', { class: 'health' }, h('span', { class: 'dot', 'aria-hidden': 'true' }), this.health),
      h('dl', {}, h('div', {}, h('dt', {}, 'Lag'), this.lag), h('div', {}, h('dt', {}, 'Last event'), this.last)),
      h('p', { class: 'connection' }, this.line, this.retry), this.theme),
    this.problems, this.spoken);

  constructor(onRetry: () => void) {
    this.retry.addEventListener('click', onRetry);
    const label = (): void => setText(this.theme, isDark() ? 'Light' : 'Dark');
    onTheme(label);
    label();
    this.theme.setAttribute('aria-label', 'Change between light and dark');
  }

  update(state: State, now: number): void {
    const { pipeline, link } = state;
    const stale = staleFor(state, now);
    const condition = link.state === 'waiting' ? 'disconnected' : pipeline === null ? 'loading' : stale !== null ? 'stale' : pipeline.degraded ? 'unhealthy' : pipeline.status;
    this.element.dataset['condition'] = condition;
    setText(this.health, words(condition, pipeline?.degraded ?? false));
    setText(this.line, lineText(state, now, stale));
    this.retry.hidden = link.state !== 'waiting';
    setText(this.stream, pipeline === null ? '' : `${pipeline.stream} · ${pipeline.group}`);
    setText(this.lag, pipeline?.degraded ? NOTHING : duration(pipeline?.lag_seconds));
    const age = pipeline?.last_updated ? (Math.max(Date.parse(pipeline.as_of), Date.parse(pipeline.now.t)) - Date.parse(pipeline.last_updated)) / 1000 + (now - (state.receivedAt ?? now)) / 1000 : null;
    setText(this.last, age === null ? 'none yet' : age < 2 ? 'just now' : `${duration(Math.floor(age))} ago`);
    const problems = pipeline?.problems ?? [];
    if (this.problems.dataset['shown'] !== JSON.stringify(problems)) {
      this.problems.dataset['shown'] = JSON.stringify(problems);
      replace(this.problems, ...problems.map((problem) => h('li', {}, h('b', {}, problem.check), ` ${problem.detail}`)));
    }

    this.speak(`${this.health.textContent}. ${link.state === 'open' ? 'Connected' : 'Not connected'}. ${problems.map((problem) => problem.detail).join(' ')}`, now);
  }

  // Only what changed, and not too often: this is read aloud.
  private speak(text: string, now: number): void {
    if (this.spoken.textContent === text || now - this.spokenAt < SPOKEN_EVERY_MS) return;
    this.spokenAt = now;
    this.spoken.textContent = text;
  }
}

function words(condition: string, isRedisAway: boolean): string {
  switch (condition) {
    case 'healthy': return 'Healthy';
    case 'degraded': return 'Degraded';
    case 'unhealthy': return isRedisAway ? 'Redis is away: last known numbers' : 'Unhealthy';
    case 'stale': return 'No news';
    case 'disconnected': return 'Disconnected: last known numbers';
    default: return 'Connecting…';
  }
}

function lineText(state: State, now: number, stale: number | null): string {
  if (state.link.state === 'waiting') return `${state.link.reason} Next try in ${Math.max(0, Math.ceil((state.link.until - now) / 1000))} s.`;
  if (state.link.state === 'connecting') return 'Connecting…';
  return stale === null ? 'Live' : `Nothing heard for ${duration(Math.floor(stale / 1000))}`;
}
