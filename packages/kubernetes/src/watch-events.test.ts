import fc from 'fast-check';
import { expect, test } from 'vitest';

import { collect } from './testing/collect.ts';
import { inPieces } from './testing/in-pieces.ts';
import { watchEvents } from './watch-events.ts';

const call = { verb: 'watch', subject: 'pods in n', method: 'GET', path: '/', repeatable: true } as const;

function read(text: string, cuts: readonly number[] = []) {
  return collect(watchEvents(call, inPieces(Buffer.from(text), cuts)));
}

test('events come out as they went in, wherever the bytes are cut', async () => {
  const event = fc.record({
    type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED'),
    object: fc.record({
      metadata: fc.record({ name: fc.string({ unit: 'grapheme' }), resourceVersion: fc.string() }),
      data: fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' }), { noNullPrototype: true }),
    }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(event), fc.array(fc.nat(5000)), async (events, cuts) => {
      const text = events.map((one) => `${JSON.stringify(one)}\n`).join('');
      expect(await read(text, cuts)).toEqual(JSON.parse(JSON.stringify(events)));
    }),
  );
});

test('a bookmark is a version', async () => {
  const text = '{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"12"}}}\n';
  expect(await read(text)).toEqual([{ type: 'BOOKMARK', resourceVersion: '12' }]);
});

test('an error of the API server is thrown with its reason', async () => {
  const status = { kind: 'Status', metadata: {}, code: 410, reason: 'Expired', message: 'too old resource version' };
  await expect(read(`${JSON.stringify({ type: 'ERROR', object: status })}\n`)).rejects.toMatchObject({
    code: 'Expired',
    status: 410,
    message: 'Could not watch pods in n: too old resource version (410 Expired)',
  });
});

test.each([
  ['half a line', '{"type":"ADDED","object":{"metadata":{"name":"secret-of-mine'],
  ['no object', '{"type":"ADDED"}\n'],
  ['another type', '{"type":"SECRET-OF-MINE","object":{"metadata":{}}}\n'],
  ['null', 'null\n'],
  ['an error that is not a Status', '{"type":"ERROR","object":{"metadata":{}}}\n'],
])('%s is not understood, and is not quoted', async (_what, text) => {
  const error: unknown = await read(text).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'NotUnderstood' });
  expect(String(error).toLowerCase()).not.toContain('secret-of-mine');
});
