import { expect, test } from 'vitest';

import { renderCharts } from './chart.ts';
import { type Figure, holds } from './figures.ts';
import { ticks } from './line-chart.ts';
import { type Page, renderPage } from './page.ts';
import { showNumber } from './table.ts';

const figure: Figure = {
  name: 'cpuVsNginx',
  what: 'processor time against nginx',
  value: 1.534,
  must: { atMost: 1.7 },
};

const page: Page = {
  title: 'Routing',
  about: 'Two proxies.',
  figures: [figure, { name: 'addedMs', what: 'added', value: 0.31, must: { atMost: 0.3 }, unit: 'ms' }],
  tables: [{ title: 'Rows', head: ['name', 'rate'], rows: [['a|b', 12_345.6]] }],
  charts: [
    {
      kind: 'bars',
      title: 'Processor time',
      unit: 'us',
      series: ['cpu'],
      groups: [
        { name: 'Farled <router> & co', values: [22.8] },
        { name: 'not measured', values: [Number.NaN] },
      ],
      limit: 25,
    },
  ],
};

test('a page has the figures beside their limits, the drawing and the tables', () => {
  expect(renderPage('routing', page, '2 cores')).toBe(`# Routing

Measured with \`npm run bench -- routing --write\` on a machine with 2 cores.

Two proxies.

## Figures

| figure | what it is | measured | must be |  |
| :-- | :-- | :-- | :-- | :-- |
| \`cpuVsNginx\` | processor time against nginx | 1.53 x | ≤ 1.7 x | holds |
| \`addedMs\` | added | 0.31 ms | ≤ 0.3 ms | **missed** |

![Processor time](routing.svg)

## Rows

| name | rate |
| :-- | --: |
| a\\|b | 12,346 |
`);
});

test('a figure of which nothing is promised holds, and one at its bound does', () => {
  expect(holds({ name: 'a', what: 'a', value: 9 })).toBe(true);
  expect(holds({ ...figure, value: 1.7 })).toBe(true);
  expect(holds({ ...figure, value: Number.NaN })).toBe(false);
  expect(holds({ ...figure, must: { atLeast: 2.8 } })).toBe(false);
});

test.each([
  [0, '0'],
  [0.123_456, '0.123'],
  [22.84, '22.8'],
  [999.6, '1000'],
  [12_345.6, '12,346'],
  [Number.NaN, '-'],
])('%f is shown as %s', (value, shown) => {
  expect(showNumber(value)).toBe(shown);
});

test('a drawing is markup whatever the names, and the longest bar has room for its value', () => {
  const svg = renderCharts(page.charts);
  expect(svg).toContain('Farled &lt;router&gt; &amp; co'.replace('&gt;', '>'));
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(svg.match(/<(?!\/|\w+[^>]*\/>)\w+/g)?.length).toBe(svg.match(/<\/\w+/g)?.length);
});

test('lines are drawn between round numbers, those of steps at right angles', () => {
  const points = [
    [0, 1],
    [10, 3],
    [20, 2],
  ] as const;
  const svg = renderCharts([
    { kind: 'lines', title: 'Replicas', x: 's', y: 'replicas', series: [{ name: 'farled', points, steps: true }] },
    { kind: 'lines', title: 'Queue', x: 's', y: 'requests', series: [{ name: 'farled', points }] },
  ]);
  expect(svg).toMatch(/d="M64 \d[\d.]*H\d[\d.]*V\d[\d.]*H/);
  expect(svg).toMatch(/d="M64 \d[\d.]*L/);
});

test('an axis has round numbers around its values', () => {
  expect(ticks(0, 97)).toEqual([0, 20, 40, 60, 80, 100]);
  expect(ticks(0, 0)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1].slice(0, ticks(0, 0).length));
  expect(ticks(0, 0).length).toBeGreaterThan(1);
  expect(ticks(3, 3.4)).toEqual([3, 3.1, 3.2, 3.3, 3.4]);
});

test('a chart with more series than can be told apart is refused', () => {
  const series = Array.from({ length: 7 }, (_, index) => `series ${index}`);
  expect(() => renderCharts([{ kind: 'bars', title: 'Many', unit: 'x', series, groups: [] }])).toThrow(
    /6 series, not for 7/,
  );
});
