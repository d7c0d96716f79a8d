/** The page of a benchmark in docs/benchmarks/: what was measured, beside what it must be, as tables and one drawing. */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

import { type Chart, renderCharts } from './chart.ts';
import { type Figure, renderFigures } from './figures.ts';
import { renderTable, type Table } from './table.ts';

export interface Page {
  readonly title: string;
  /** Markdown: what was compared, how, and what the reader should know before they believe it. */
  readonly about: string;
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  /** One below the other. */
  readonly charts: readonly Chart[];
}

const FOLDER = new URL('../../../docs/benchmarks/', import.meta.url);

/** Writes `docs/benchmarks/<name>.md` and `<name>.svg`; `name` is that of the benchmark's folder. */
export async function writePage(name: string, page: Page): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(new URL(`${name}.svg`, FOLDER), renderCharts(page.charts));
  await writeFile(new URL(`${name}.md`, FOLDER), renderPage(name, page, machine()));
}

export function renderPage(name: string, { title, about, figures, tables, charts }: Page, on: string): string {
  const drawing = `![${charts.map((chart) => chart.title).join('; ')}](${name}.svg)`;
  return [
    `# ${title}`,
    `Measured with \`npm run bench -- ${name} --write\` on a machine with ${on}.`,
    about.trim(),
    ...(figures.length === 0 ? [] : [renderFigures(figures)]),
    drawing,
    ...tables.map(renderTable),
  ]
    .map((part) => `${part}\n`)
    .join('\n');
}

/** The class of machine, not which one. */
function machine(): string {
  const system = process.platform === 'linux' ? 'Linux' : process.platform;
  return `${availableParallelism()} cores, ${system}, Node.js ${process.versions.node}`;
}
