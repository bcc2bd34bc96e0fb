/** Colours of the style sheet, for what is drawn on a canvas. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** One colour for each line of a chart; further lines begin again. */
export const seriesColor = (index: number): string => color(`series-${(index % 6) + 1}`);
