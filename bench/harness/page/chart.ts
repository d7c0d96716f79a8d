/**
 * Charts as SVG without scripts or fonts of their own, below each other in one drawing. It has a background and follows
 * the reader's choice of light or dark, so it can be read wherever it is shown.
 */
import { type BarChart, drawBars } from './bar-chart.ts';
import { drawLines, type LineChart } from './line-chart.ts';
import { WIDTH } from './panel.ts';
import { element, text } from './svg.ts';

export type Chart = BarChart | LineChart;

const MARGIN = 24;
const GAP = 32;
const TITLE_HEIGHT = 26;

/** Okabe and Ito's colours, which those who see fewer colours tell apart too; the first is Farled's. */
const LIGHT = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#8a8a8a', '#d55e00'];
const DARK = ['#56b4e9', '#e69f00', '#2fbf94', '#e09cc4', '#a6a6a6', '#ff8a3d'];

const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; }
.quiet { fill: #59636e; }
.back { fill: #ffffff; }
.axis { stroke: #d1d9e0; }
.must { stroke: #59636e; stroke-dasharray: 4 3; }
${colours(LIGHT)}
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; }
.quiet { fill: #9198a1; }
.back { fill: #0d1117; }
.axis { stroke: #3d444d; }
.must { stroke: #9198a1; }
${colours(DARK)}
}
`;

/** @throws RangeError when a chart has more series than there are colours. */
export function renderCharts(charts: readonly Chart[]): string {
  let top = MARGIN;
  const panels: string[] = [];
  for (const chart of charts) {
    const { height, content } = chart.kind === 'bars' ? drawBars(chart) : drawLines(chart);
    const title = text({ x: 0, y: 13, class: 'title' }, chart.title);
    const body = element('g', { transform: `translate(0 ${TITLE_HEIGHT})` }, content);
    panels.push(element('g', { transform: `translate(${MARGIN} ${top})` }, title + body));
    top += TITLE_HEIGHT + height + GAP;
  }
  const [width, height] = [WIDTH + 2 * MARGIN, top - GAP + MARGIN];
  const content = [
    element('style', {}, STYLE),
    element('rect', { class: 'back', width, height, rx: 6 }),
    ...panels,
    '',
  ].join('\n');
  const title = charts.map((chart) => chart.title).join('; ');
  return `${element('svg', { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': title }, `\n${content}`)}\n`;
}

function colours(palette: readonly string[]): string {
  return palette
    .map((colour, index) => `.fill${index} { fill: ${colour}; }\n.line${index} { fill: none; stroke: ${colour}; }`)
    .join('\n');
}
