import { text } from 'node:stream/consumers';

import { expect, test } from 'vitest';

import { textFrom } from './range.ts';

const read = async (range?: string) => {
  const { status, headers, body } = textFrom('aä1', range);
  const bytes = typeof body === 'string' ? [Buffer.from(body)] : (body as AsyncIterable<Buffer>);
  return { status, range: headers?.['content-range'], body: await text(bytes as AsyncIterable<Buffer>) };
};

test.each([undefined, '', 'bytes=1-2', 'bytes=-2', 'lines=1-', 'bytes=1-,2-'])('%j: all of it', async (range) => {
  expect(await read(range)).toEqual({ status: 200, range: undefined, body: 'aä1' });
});

test('from a byte on', async () => {
  expect(await read('bytes=0-')).toEqual({ status: 206, range: 'bytes 0-3/4', body: 'aä1' });
  expect(await read('bytes=3-')).toEqual({ status: 206, range: 'bytes 3-3/4', body: '1' });
});

test('nothing is there yet', async () => {
  expect(await read('bytes=4-')).toEqual({ status: 416, range: 'bytes */4', body: '' });
});
