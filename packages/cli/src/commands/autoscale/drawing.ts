/** A simulation as an SVG: requests, replicas and the queue, one below the other over the same time. Pure. */
import type { Outcome, Trace } from '@farled/autoscaling';

export interface Simulation {
  readonly law: string;
  readonly outcome: Outcome;
}

type Point = readonly [second: number, value: number];
interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

const [WIDTH, LEFT, RIGHT, HEIGHT, TOP, GAP] = [900, 60, 20, 150, 60, 46];
/** Okabe and Ito's, which those who see fewer colours tell apart too. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a8a8a'];

export function drawSimulation(trace: Trace, simulations: readonly Simulation[]): string {
  const lines = (value: (look: Outcome['looks'][number]) => number): Line[] =>
    simulations.map(({ law, outcome }) => ({
      name: law,
      points: outcome.looks.map((look): Point => [look.now / 1000, value(look)]),
    }));
  const came = simulations.slice(0, 1).map(({ outcome }): Line => ({
    name: 'requests',
    points: outcome.looks.map((look): Point => [look.now / 1000, look.arrived]),
  }));
  const panels: readonly (readonly [title: string, lines: readonly Line[]])[] = [
    ['requests per second', came],
    ['replicas asked for', lines(({ asked }) => asked)],
    ['requests that wait', lines(({ queued }) => queued)],
    ['refused so far', lines(({ refused }) => refused)],
  ];
  const seconds = trace.durationMs / 1000;
  const height = TOP + panels.length * (HEIGHT + GAP);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="16">${escaped(trace.name)}, ${seconds.toFixed(0)} s</text>`,
    ...simulations.map(
      ({ law }, index) =>
        `<text x="${LEFT + index * 120}" y="42" fill="${COLOURS[index % COLOURS.length]}">${escaped(law)}</text>`,
    ),
    ...panels.map(([title, drawn], index) => panel(title, drawn, seconds, TOP + index * (HEIGHT + GAP))),
    '</svg>',
    '',
  ].join('\n');
}

function panel(title: string, lines: readonly Line[], seconds: number, top: number): string {
  const most = Math.max(1, ...lines.map(({ points }) => points.reduce((high, [, value]) => Math.max(high, value), 0)));
  const x = (second: number): string => (LEFT + (second / seconds) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (value: number): string => (top + 18 + (1 - value / most) * (HEIGHT - 18)).toFixed(1);
  return [
    `<text x="${LEFT}" y="${top + 12}">${title}</text>`,
    ...[0, most].map((value) => `<text x="${LEFT - 8}" y="${y(value)}" text-anchor="end">${value}</text>`),
    `<path d="M${LEFT} ${y(0)}H${WIDTH - RIGHT}" stroke="#ccc"/>`,
    ...lines.map(({ points }, index) => {
      const path = points.map(([second, value], at) =>
        at === 0 ? `M${x(second)} ${y(value)}` : `H${x(second)}V${y(value)}`,
      );
      return `<path d="${path.join('')}" fill="none" stroke="${COLOURS[index % COLOURS.length]}" stroke-width="1.3"/>`;
    }),
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
