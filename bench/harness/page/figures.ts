/** What a benchmark comes to, beside what it must be: the numbers of `--json` that are promised. */
import { renderTable, showNumber } from './table.ts';

export interface Figure {
  /** As in `--json`. */
  readonly name: string;
  /** What it is, in words. */
  readonly what: string;
  readonly value: number;
  /** Absent: it is told, and nothing is promised. */
  readonly must?: { readonly atMost: number } | { readonly atLeast: number };
  /** Absent: a ratio, shown as a multiple. */
  readonly unit?: string;
}

export function holds({ value, must }: Figure): boolean {
  return must === undefined || ('atMost' in must ? value <= must.atMost : value >= must.atLeast);
}

export function renderFigures(figures: readonly Figure[]): string {
  return renderTable({
    title: 'Figures',
    head: ['figure', 'what it is', 'measured', 'must be', ''],
    rows: figures.map((figure) => [
      `\`${figure.name}\``,
      figure.what,
      withUnit(figure.value, figure),
      bound(figure),
      figure.must === undefined ? '' : holds(figure) ? 'holds' : '**missed**',
    ]),
  });
}

function bound(figure: Figure): string {
  const { must } = figure;
  if (must === undefined) {
    return '';
  }
  return 'atMost' in must ? `≤ ${withUnit(must.atMost, figure)}` : `≥ ${withUnit(must.atLeast, figure)}`;
}

function withUnit(value: number, { unit = 'x' }: Figure): string {
  return `${showNumber(value)} ${unit}`;
}
