/** Tables without borders; the only file that knows the table library. */
import Table from 'cli-table3';

import type { Column } from '../command.ts';
import { scalar } from './cell.ts';

const BORDERLESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
const NARROWEST = 8;

export interface TableOptions {
  readonly width: number;
  readonly colors: boolean;
}

/** Without columns of its own, a list of records shows their plain fields, and one record a line for each field. */
export function renderTable(
  value: unknown,
  columns: readonly Column<unknown>[] | undefined,
  { width, colors }: TableOptions,
): string {
  const rows = Array.isArray(value) ? (value as unknown[]) : [value];
  if (rows.length === 0) {
    return 'Nothing found.\n';
  }
  if (columns !== undefined) {
    return draw(
      columns.map(([title]) => title),
      rows.map((row) => columns.map(([, cell]) => scalar(cell(row)))),
      { width, colors },
    );
  }
  if (!rows.every(isRecord)) {
    return rows.map((row) => `${scalar(row)}\n`).join('');
  }
  const records = rows;
  if (!Array.isArray(value)) {
    return draw(
      ['Field', 'Value'],
      Object.entries(records[0] ?? {}).map(([key, field]) => [key, scalar(field)]),
      { width, colors },
    );
  }
  const keys = Object.keys(records[0] ?? {}).filter(
    (key) => !isRecord(records[0]?.[key]) && !Array.isArray(records[0]?.[key]),
  );
  return draw(
    keys,
    records.map((record) => keys.map((key) => scalar(record[key]))),
    { width, colors },
  );
}

function draw(head: readonly string[], rows: readonly (readonly string[])[], { width, colors }: TableOptions): string {
  const table = new Table({
    head: [...head],
    chars: BORDERLESS,
    style: { head: colors ? ['bold'] : [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: widths(head, rows, width),
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  table.push(...rows.map((row) => [...row]));
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

/** As wide as the widest cell, the widest columns narrowed until the table fits. */
function widths(head: readonly string[], rows: readonly (readonly string[])[], width: number): number[] {
  const wanted = head.map((title, at) => Math.max(title.length, 1, ...rows.map((row) => row[at]?.length ?? 0)));
  const room = Math.max(head.length * NARROWEST, width - 2 * (head.length - 1));
  while (sum(wanted) > room) {
    const widest = wanted.indexOf(Math.max(...wanted));
    wanted[widest] = Math.max(NARROWEST, (wanted[widest] ?? 0) - (sum(wanted) - room), secondOf(wanted) - 1);
  }
  return wanted;
}

function secondOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => b - a)[1] ?? 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
