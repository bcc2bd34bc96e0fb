/** What somebody chose on the page, in its address: a link shows the same page, back and forward work. */

export const defaults = {
  range: '5m', // of the charts
  view: '', // the first that is kept over time
  from: '1h', // of the view
  measure: '',
  top: '5',
  compare: '',
  where: '', // filter of the events
};

// What cannot be meant is as if it were not there.
const allowed: Partial<Record<keyof typeof defaults, RegExp>> = { range: /^(1|5|15)m$/, from: /^(5m|15m|1h|6h|24h|7d)$/, top: /^(3|5|10)$/, compare: /^previous$/ };

export type Choices = typeof defaults;
export type Choice = keyof Choices;

/** Choices from the query of an address; what it does not name is as by default. */
export function read(search: string): Choices {
  const query = new URLSearchParams(search);
  const choices = { ...defaults };
  for (const key of Object.keys(defaults) as Choice[]) {
    const value = query.get(key);
    if (value !== null && (allowed[key]?.test(value) ?? true)) choices[key] = value;
  }

  return choices;
}

/** The query that names the choices that are not as by default. */
export function write(choices: Choices): string {
  const query = new URLSearchParams();
  for (const key of Object.keys(defaults) as Choice[]) {
    if (choices[key] !== defaults[key]) query.set(key, choices[key]);
  }

  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

type Listener = (choices: Choices) => void;
const listeners: Listener[] = [];
let current = read(location.search);

export const choices = (): Choices => current;

/** Changes choices, as a step that "back" undoes. */
export function choose(changes: Partial<Choices>): void {
  current = { ...current, ...changes };
  history.pushState(null, '', location.pathname + write(current) + location.hash);
  for (const listener of listeners) listener(current);
}

/** Tells of every change from now on. */
export function onChoices(listener: Listener): void {
  listeners.push(listener);
}

addEventListener('popstate', () => {
  current = read(location.search);
  for (const listener of listeners) listener(current);
});
