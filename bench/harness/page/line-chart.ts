/** Lines over a common axis, for what changes with time or with load. */
import { drawLegend, LEGEND_HEIGHT } from './legend.ts';
import { type Panel, requireColours, WIDTH } from './panel.ts';
import { element, shortened, text } from './svg.ts';
import { showNumber } from './table.ts';

export interface LineChart {
  readonly kind: 'lines';
  readonly title: string;
  /** What the axis across and the axis upwards are, with their units. */
  readonly x: string;
  readonly y: string;
  readonly series: readonly {
    readonly name: string;
    /** By rising x; values are zero or more. */
    readonly points: readonly (readonly [x: number, y: number])[];
    /** A value that stays until the next one is drawn as steps: replicas, for instance. */
    readonly steps?: boolean;
  }[];
}

const [HEIGHT, LEFT, RIGHT] = [220, 64, 12];
const TICKS = 5;

export function drawLines({ x, y, series }: LineChart): Panel {
  requireColours(series.length);
  const points = series.flatMap((one) => one.points);
  const across = ticks(Math.min(...points.map(([at]) => at)), Math.max(...points.map(([at]) => at)));
  const upwards = ticks(0, Math.max(...points.map(([, value]) => value)));
  const place =
    (of: readonly number[], from: number, to: number) =>
    (value: number): number => {
      const [first, last] = [of.at(0) ?? 0, of.at(-1) ?? 1];
      return from + ((value - first) / (last - first)) * (to - from);
    };
  const [top, bottom] = [LEGEND_HEIGHT + 20, LEGEND_HEIGHT + 20 + HEIGHT];
  const [toX, toY] = [place(across, LEFT, WIDTH - RIGHT), place(upwards, bottom, top)];
  const parts = [
    drawLegend(series.map(({ name }) => name)),
    text({ class: 'quiet', x: 0, y: LEGEND_HEIGHT + 8 }, y),
    ...upwards.flatMap((value) => [
      element('line', { class: 'axis', x1: LEFT, x2: WIDTH - RIGHT, y1: toY(value), y2: toY(value) }),
      text({ class: 'quiet', x: LEFT - 8, y: toY(value) + 4.5, 'text-anchor': 'end' }, showNumber(value)),
    ]),
    ...across.map((value) =>
      text({ class: 'quiet', x: toX(value), y: bottom + 18, 'text-anchor': 'middle' }, showNumber(value)),
    ),
    text({ class: 'quiet', x: (LEFT + WIDTH - RIGHT) / 2, y: bottom + 36, 'text-anchor': 'middle' }, x),
    ...series.map(({ points: line, steps }, index) =>
      element('path', {
        class: `line${index}`,
        'stroke-width': 2,
        'stroke-linejoin': 'round',
        d: path(line, steps === true, toX, toY),
      }),
    ),
  ];
  return { height: bottom + 38, content: parts.join('\n') };
}

function path(
  points: LineChart['series'][number]['points'],
  steps: boolean,
  toX: (value: number) => number,
  toY: (value: number) => number,
): string {
  return points
    .map(([x, y], index) => {
      const [left, up] = [shortened(toX(x)), shortened(toY(y))];
      return index === 0 ? `M${left} ${up}` : steps ? `H${left}V${up}` : `L${left} ${up}`;
    })
    .join('');
}

/** Round numbers around `from` to `to`, at least two. */
export function ticks(from: number, to: number): number[] {
  const rough = (to - from || 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const [first, last] = [Math.floor(from / step), Math.max(Math.ceil(to / step), Math.floor(from / step) + 1)];
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}
