/** Bars that lie, one for each series in each group, with their values at their ends. */
import { drawLegend, LEGEND_HEIGHT } from './legend.ts';
import { type Panel, requireColours, WIDTH } from './panel.ts';
import { element, text } from './svg.ts';
import { showNumber } from './table.ts';

export interface BarChart {
  readonly kind: 'bars';
  readonly title: string;
  /** Of the values, as it is written after them. */
  readonly unit: string;
  /** With one series, each group is a bar, and the first is Farled's; with several, each has its colour and the first is. */
  readonly series: readonly string[];
  /** `values` are as many as `series`, zero or more; one that isn't a number was not measured. */
  readonly groups: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** A line across, for what must be kept. */
  readonly limit?: number;
}

const [BAR, GAP_IN_GROUP, GAP_OF_GROUPS] = [16, 3, 12];
const NAMES = 230;
/** For the value after the longest bar. */
const VALUES = 110;

export function drawBars({ unit, series, groups, limit }: BarChart): Panel {
  requireColours(series.length);
  const measured = groups.flatMap(({ values }) => values).filter((value) => Number.isFinite(value));
  const most = Math.max(limit ?? 0, ...measured) || 1;
  const scale = (value: number): number => (value / most) * (WIDTH - NAMES - VALUES);
  const hasLegend = series.length > 1;
  const parts = hasLegend ? [drawLegend(series)] : [];
  const top = hasLegend ? LEGEND_HEIGHT : 0;
  let y = top;
  groups.forEach(({ name, values }, place) => {
    const height = values.length * (BAR + GAP_IN_GROUP) - GAP_IN_GROUP;
    parts.push(text({ x: NAMES - 10, y: y + height / 2 + 4.5, 'text-anchor': 'end' }, name));
    values.forEach((value, index) => {
      const colour = hasLegend ? index : place === 0 ? 0 : 4;
      const width = Number.isFinite(value) ? Math.max(1, scale(value)) : 0;
      parts.push(
        element('rect', { class: `fill${colour}`, x: NAMES, y, width, height: BAR, rx: 2 }),
        text({ class: 'quiet', x: NAMES + width + 6, y: y + 12.5 }, `${showNumber(value)} ${unit}`),
      );
      y += BAR + GAP_IN_GROUP;
    });
    y += GAP_OF_GROUPS - GAP_IN_GROUP;
  });
  const bottom = y - GAP_OF_GROUPS;
  parts.push(element('line', { class: 'axis', x1: NAMES, x2: NAMES, y1: top - 4, y2: bottom + 4 }));
  if (limit === undefined) {
    return { height: bottom, content: parts.join('\n') };
  }
  const x = NAMES + scale(limit);
  parts.push(
    element('line', { class: 'must', x1: x, x2: x, y1: top - 4, y2: bottom + 4 }),
    text({ class: 'quiet', x, y: bottom + 18, 'text-anchor': 'middle' }, `limit ${showNumber(limit)} ${unit}`),
  );
  return { height: bottom + 20, content: parts.join('\n') };
}
