import { expect, test } from 'vitest';

import { textFrom } from './range.ts';

const read = (range?: string) => {
  const { status, headers, body } = textFrom('aä1', range);
  return { status, range: headers?.['content-range'], body: Buffer.from(body as string).toString() };
};

test.each([undefined, '', 'bytes=1-2', 'bytes=-2', 'lines=1-', 'bytes=1-,2-'])('%j: all of it', (range) => {
  expect(read(range)).toEqual({ status: 200, range: undefined, body: 'aä1' });
});

test('from a byte on', () => {
  expect(read('bytes=0-')).toEqual({ status: 206, range: 'bytes 0-3/4', body: 'aä1' });
  expect(read('bytes=3-')).toEqual({ status: 206, range: 'bytes 3-3/4', body: '1' });
});

test('nothing is there yet', () => {
  expect(read('bytes=4-')).toEqual({ status: 416, range: 'bytes */4', body: '' });
});
