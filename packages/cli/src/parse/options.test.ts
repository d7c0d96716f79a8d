import { describe, expect, test } from 'vitest';

import type { Option } from '../command.ts';
import { choice, decimal, flag, pairs, required, text, texts, truth, unbuilt, whole } from './options.ts';

describe('options', () => {
  test.each<[what: string, option: Option<unknown>, given: string[], value: unknown]>([
    ['text', text('--a', 'A', ''), [], undefined],
    ['text', text('--a', 'A', ''), ['x', 'y'], 'y'],
    ['texts', texts('--a', 'A', ''), ['x', 'y'], ['x', 'y']],
    ['a required text', required(text('--a', 'A', '')), ['x'], 'x'],
    ['a flag', flag('--a', ''), [], false],
    ['a flag', flag('--a', ''), [''], true],
    ['a truth', truth('--a', ''), [], undefined],
    ['a truth', truth('--a', ''), [''], true],
    ['a truth', truth('--a', ''), ['True'], true],
    ['a truth', truth('--a', ''), ['FALSE'], false],
    ['a decimal', decimal('--a', ''), ['0.5'], 0.5],
    ['a whole number', whole('--a', ''), ['12'], 12],
    ['a choice', choice('--a', ['DevTest'], ''), ['devtest'], 'DevTest'],
    ['pairs', pairs('--a', ''), [], undefined],
    ['pairs', pairs('--a', ''), ['k=v', 'q=a=b', 'e='], { k: 'v', q: 'a=b', e: '' }],
    ['an unbuilt option', unbuilt('--a'), [], undefined],
  ])('%s (%#)', (_what, option, given, value) => {
    expect(option.parse(given)).toEqual(value);
  });

  test.each<[option: Option<unknown>, given: string, message: string]>([
    [whole('-a --agents', ''), '1.5', '--agents must be a whole number, not "1.5".'],
    [whole('-a --agents', ''), '', '--agents must be a whole number, not "".'],
    [decimal('--cc --cpu-cores', ''), '1,5', '--cpu-cores must be a number, not "1,5".'],
    [truth('--ae --auth', ''), 'yes', '--auth must be true or false, not "yes".'],
    [choice('--k', ['Primary', 'Secondary'], ''), 'third', '--k must be one of Primary, Secondary, not "third".'],
    [pairs('--tag', ''), 'k', '--tag must be KEY=VALUE, not "k".'],
    [pairs('--tag', ''), '=v', '--tag must be KEY=VALUE, not "=v".'],
    [unbuilt('--se --ssl-enabled'), 'true', 'The option --ssl-enabled is not supported yet.'],
  ])('a value that does not fit is refused by name (%#)', (option, given, message) => {
    expect(() => option.parse([given])).toThrow(message);
  });
});
