/** Numbers, times and names as people read them, in the reader's own locale. */

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumSignificantDigits: 3 });
const two = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
const money = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const part = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const three = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const dateAndClock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** What stands where nothing is known. */
export const NOTHING = '–';

export const count = (value: number | null | undefined): string => known(value, (n) => whole.format(n));
export const compact = (value: number | null | undefined): string => known(value, (n) => (Math.abs(n) < 10 ? two.format(n) : Math.abs(n) < 10_000 ? whole.format(n) : short.format(n)));
export const amount = (value: number | null | undefined): string => known(value, (n) => money.format(n));
export const share = (value: number | null | undefined): string => known(value, (n) => part.format(n));

/** A length of time from seconds, in the unit that fits it. */
export function duration(seconds: number | null | undefined): string {
  return known(seconds, (s) => {
    if (s === 0) return '0 s';
    if (s < 0.001) return `${three.format(s * 1e6)} µs`;
    if (s < 1) return `${three.format(s * 1e3)} ms`;
    if (s < 120) return `${three.format(s)} s`;
    if (s < 7200) return `${whole.format(s / 60)} min`;
    if (s < 172_800) return `${whole.format(s / 3600)} h`;
    return `${whole.format(s / 86_400)} d`;
  });
}

export const timeOfDay = (iso: string | null | undefined): string => (iso ? clock.format(new Date(iso)) : NOTHING);
export const dateTime = (iso: string | null | undefined): string => (iso ? dateAndClock.format(new Date(iso)) : NOTHING);

const hourAndMinute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayAndHour = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', hourCycle: 'h23' });

/** Labels of an axis of time (Unix seconds), as fine as the distance between them asks for. */
export function momentLabels(seconds: readonly number[]): string[] {
  const step = (seconds[1] ?? 0) - (seconds[0] ?? 0);
  const format = step < 60 ? clock : step < 6 * 3600 ? hourAndMinute : dayAndHour;
  return seconds.map((second) => format.format(new Date(second * 1000)));
}

const NAME_MAX = 120;

/**
 * A name from an event, fit to be shown: control characters and those that turn the direction of writing are made visible,
 * and what is very long is cut.
 */
export function name(text: string | null | undefined): string {
  if (text === null || text === undefined || text === '') return NOTHING;
  const visible = text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '\u00b7');
  if (visible.trim() === '') return `"${visible}"`;
  return visible.length <= NAME_MAX ? visible : `${visible.slice(0, NAME_MAX)}…`;
}

function known(value: number | null | undefined, write: (value: number) => string): string {
  return value === null || value === undefined || Number.isNaN(value) ? NOTHING : write(value);
}
