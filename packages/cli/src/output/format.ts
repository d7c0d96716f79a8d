/** Results as text, in the formats of `az`. Pure. */
import { stringify } from 'yaml';

import type { Column, Result } from '../command.ts';
import type { OutputFormat } from '../parse/shared-options.ts';
import { scalar } from './cell.ts';
import { paintJson } from './paint-json.ts';
import { renderTable } from './table.ts';

export interface FormatOptions {
  /** Undefined: nobody asked for one. */
  readonly format: OutputFormat | undefined;
  readonly terminal: boolean;
  readonly colors: boolean;
  readonly width: number;
}

/** Text to print, with its last line break; empty when there is nothing to print. */
export function formatResult({ value, columns, prefer, text }: Result, options: FormatOptions): string {
  const format = options.format ?? (prefer !== undefined ? prefer : options.terminal ? 'table' : 'json');
  if (value === undefined || format === 'none') {
    return '';
  }
  switch (format) {
    case 'text':
      return typeof value === 'string' ? endLine(value) : text === undefined ? json(value) : endLine(text);
    case 'json':
      return json(value);
    case 'jsonc':
      return options.colors ? paintJson(json(value)) : json(value);
    case 'yaml':
      return stringify(value);
    case 'tsv':
      return tsv(value);
    case 'table':
      return renderTable(value, columns as readonly Column<unknown>[] | undefined, options);
    default:
      return format satisfies never;
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** A row for each item of a list, a single row for anything else, none for null; nested values as JSON. */
function tsv(value: unknown): string {
  if (value === null) {
    return '';
  }
  const rows = Array.isArray(value) ? value : [value];
  return rows.map((row) => `${cellsOf(row).join('\t')}\n`).join('');
}

function cellsOf(row: unknown): string[] {
  if (Array.isArray(row)) {
    return row.map(scalar);
  }
  return typeof row === 'object' && row !== null ? Object.values(row).map(scalar) : [scalar(row)];
}
