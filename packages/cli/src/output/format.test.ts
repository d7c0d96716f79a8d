import { stripVTControlCharacters } from 'node:util';

import { describe, expect, test } from 'vitest';

import { list, type Column } from '../command.ts';
import { formatResult, type FormatOptions } from './format.ts';

const PLAIN: FormatOptions = { format: undefined, terminal: false, colors: false, width: 80 };

describe('results as text', () => {
  test.each<[value: unknown, text: string]>([
    ['Healthy', 'Healthy\n'],
    [42, '42\n'],
    [true, 'true\n'],
    [null, ''],
    [[], ''],
    [['a', 'b'], 'a\nb\n'],
    [{ name: 'a', state: 'Healthy' }, 'a\tHealthy\n'],
    [
      [
        ['a', 1],
        ['b', 2],
      ],
      'a\t1\nb\t2\n',
    ],
    [[{ name: 'a', tags: { k: 'v' }, none: null }], 'a\t{"k":"v"}\t\n'],
    ['two\nlines\tand a tab', 'two lines and a tab\n'],
  ])('%j as tsv', (value, text) => {
    expect(formatResult({ value }, { ...PLAIN, format: 'tsv' })).toBe(text);
  });

  const columns: readonly Column<{ name: string; size: number }>[] = [
    ['Name', ({ name }) => name],
    ['Size', ({ size }) => size],
  ];
  const items = list([{ name: 'a', size: 1 }], columns);

  test('a terminal gets a table, anything else JSON', () => {
    expect(formatResult(items, { ...PLAIN, terminal: true })).toBe('Name  Size\na     1\n');
    expect(formatResult(items, PLAIN)).toBe('[\n  {\n    "name": "a",\n    "size": 1\n  }\n]\n');
  });

  test('what was asked for goes before both', () => {
    expect(formatResult(items, { ...PLAIN, terminal: true, format: 'yaml' })).toBe('- name: a\n  size: 1\n');
    expect(formatResult(items, { ...PLAIN, format: 'table' })).toContain('Name');
    expect(formatResult(items, { ...PLAIN, format: 'none' })).toBe('');
  });

  test('logs are text, unless JSON is asked for', () => {
    const logs = { value: 'one\ntwo', prefer: 'text' as const };
    expect(formatResult(logs, PLAIN)).toBe('one\ntwo\n');
    expect(formatResult(logs, { ...PLAIN, format: 'json' })).toBe('"one\\ntwo"\n');
  });

  test('colours change nothing but colours', () => {
    const value = { text: 'a "b": 1', number: -1.5e9, truth: [true, null] };
    const painted = formatResult({ value }, { ...PLAIN, format: 'jsonc', colors: true });
    expect(painted).not.toBe(stripVTControlCharacters(painted));
    expect(JSON.parse(stripVTControlCharacters(painted))).toEqual(value);
  });

  test.each([40, 60, 80, 120])('a table keeps within %d columns and loses nothing of a long cell', (width) => {
    const long = 'http://127.0.0.1:7311/api/v1/service/a-service-with-quite-a-long-name/score';
    const table = formatResult(list([{ name: long, size: 1 }], columns), { ...PLAIN, format: 'table', width });
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    const first = table.split('\n').map((line) => line.split(/\s{2,}/)[0]);
    expect(first.join('')).toBe(`Name${long}`);
  });

  test('without columns a record is a line for each field, and a list its plain fields', () => {
    const options = { ...PLAIN, format: 'table' as const };
    expect(formatResult({ value: { primaryKey: 'p' } }, options)).toBe('Field       Value\nprimaryKey  p\n');
    expect(formatResult({ value: [{ name: 'a', tags: {} }] }, options)).toBe('name\na\n');
    expect(formatResult({ value: [] }, options)).toBe('Nothing found.\n');
  });
});
