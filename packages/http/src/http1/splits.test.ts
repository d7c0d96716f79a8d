/** What is read does not depend on the pieces that it comes in. */
import { expect, test } from 'vitest';

import { MessageReader, type MessageSink } from './message-reader.ts';
import { ResponseHead } from './response-head.ts';
import { frame } from './testing/framing.ts';
import { createRandom, generateStream, split } from './testing/generate.ts';

const STREAMS = process.env['FARLED_SOAK'] === undefined ? 150 : 20_000;

test('requests, cut in two at every place, and into single bytes', () => {
  const random = createRandom(3);
  for (let count = 0; count < STREAMS; count += 1) {
    const { bytes } = generateStream(random);
    const whole = JSON.stringify(frame([bytes]));
    expect(JSON.stringify(frame([...bytes].map((byte) => Buffer.from([byte]))))).toBe(whole);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const inTwo = frame([bytes.subarray(0, cut), bytes.subarray(cut)]);
      if (JSON.stringify(inTwo) !== whole) {
        expect({ bytes: bytes.toString('latin1'), cut, ...inTwo }).toEqual(JSON.parse(whole));
      }
    }
  }
});

const ANSWERS = [
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: b\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: a\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.0 200 \r\nConnection: Close\r\n\r\nuntil the end',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n',
  'HTTP/1.1 503 Service Unavailable\r\nx-farled-not-executed: busy\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n',
];

function readAnswer(pieces: readonly Buffer[]): readonly string[] {
  const told: string[] = [];
  let body = '';
  const reader = new MessageReader(new ResponseHead());
  const sink: MessageSink = {
    onHead: () => {
      const { status, framing, length, keepsAlive, isNotExecuted } = reader.head;
      told.push(JSON.stringify({ status, framing, length, keepsAlive, isNotExecuted }));
    },
    onBody: (bytes, start, end) => (body += bytes.toString('latin1', start, end)),
    onEnd: () => told.push('end'),
    onFault: ({ message }) => told.push(message),
  };
  for (const piece of pieces) {
    // Lent: the next bytes come into the same place.
    const lent = Buffer.from(piece);
    reader.read(lent, 0, lent.length, sink);
    lent.fill(0);
  }
  told.push(`closed ${reader.close(sink)}`);
  return [...told, body];
}

test.each(ANSWERS)('the answer %j', (text) => {
  const bytes = Buffer.from(text);
  const whole = readAnswer([bytes]);
  const random = createRandom(5);
  for (let cut = 1; cut < bytes.length; cut += 1) {
    expect(readAnswer([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole);
    expect(readAnswer(split(random, bytes))).toEqual(whole);
  }
});
