import { expect, test } from 'vitest';

import { SecretBox } from './secret-box.ts';
import { SkipTokens } from './skip-tokens.ts';

const box = new SecretBox(Buffer.alloc(32, 1));

test('a secret opens for its owner alone, with its key alone, unchanged alone', () => {
  const sealed = box.seal('secret', 'owner');
  expect(sealed).not.toContain('secret');
  expect(box.seal('secret', 'owner')).not.toBe(sealed);
  expect(box.open(sealed, 'owner')).toBe('secret');
  expect(() => box.open(sealed, 'other')).toThrow('can not be read');
  expect(() => new SecretBox(Buffer.alloc(32, 2)).open(sealed, 'owner')).toThrow('can not be read');
  expect(() => box.open(`${sealed.slice(0, -2)}AA`, 'owner')).toThrow('can not be read');
  expect(() => box.open('v1.', 'owner')).toThrow('can not be read');
  expect(() => new SecretBox(Buffer.alloc(16))).toThrow('32');
});

test('a skip token is good for its list, as it was given', () => {
  const tokens = new SkipTokens(Buffer.alloc(32, 1));
  const token = tokens.write('models', ['2026', 3]);
  expect(tokens.read('models', token)).toEqual(['2026', 3]);
  expect(() => tokens.read('services', token)).toThrow('not one that this list gave');
  expect(() => tokens.read('models', `${token}x`)).toThrow();
  expect(() => tokens.read('models', 'x')).toThrow();
});
