/** Which colour is which series, in a row. */
import { element, text } from './svg.ts';

export const LEGEND_HEIGHT = 24;
/** What a character of 13 pixels takes, amply. */
const CHARACTER = 7.2;
const [MARK, GAP] = [12, 18];

export function drawLegend(series: readonly string[]): string {
  let x = 0;
  return series
    .map((name, index) => {
      const mark = element('rect', { class: `fill${index}`, x, y: 0, width: MARK, height: MARK, rx: 2 });
      const label = text({ class: 'quiet', x: x + MARK + 6, y: 11 }, name);
      x += MARK + 6 + name.length * CHARACTER + GAP;
      return mark + label;
    })
    .join('\n');
}
