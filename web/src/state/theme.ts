/** Light or dark: as the system says, until somebody chooses; the choice is remembered. */

const KEY = 'streamgauge-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners: (() => void)[] = [];

export const isDark = (): boolean => document.documentElement.dataset['theme'] === 'dark';

export function toggleTheme(): void {
  const next = isDark() ? 'light' : 'dark';
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // private windows may forbid it; the choice then lasts as long as the page
  }

  apply(next);
}

/** Tells when the colours change. */
export function onTheme(listener: () => void): void {
  listeners.push(listener);
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function apply(theme: string): void {
  document.documentElement.dataset['theme'] = theme;
  for (const listener of listeners) listener();
}

apply(remembered() ?? (dark.matches ? 'dark' : 'light'));
dark.addEventListener('change', () => {
  if (remembered() === null) apply(dark.matches ? 'dark' : 'light');
});
