import { type Head, passedFields, RequestHead, ResponseHead, withheldWith } from '@farled/http';
import { expect, test } from 'vitest';

import { toReplica } from './headers.ts';

function read<H extends Head>(head: H, startLine: string, lines: readonly string[]): H {
  const bytes = Buffer.from(`${startLine}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`, 'latin1');
  expect(head.parser.read(bytes, 0, bytes.length)).toBe(bytes.length);
  expect(head.interpret()).toBeNull();
  return head;
}

const request = (...lines: string[]): RequestHead => read(new RequestHead(), 'POST / HTTP/1.1', ['Host: a', ...lines]);
const toClient = (head: ResponseHead): string => passedFields(head, withheldWith([]));
const response = (...lines: string[]): ResponseHead => read(new ResponseHead(), 'HTTP/1.1 200 OK', lines);

test('headers of the connection stay with it, those that it names included', () => {
  const lines = [
    'Content-Type: application/json',
    'Connection: keep-alive, X-Hop',
    'Keep-Alive: timeout=5',
    'Transfer-Encoding: chunked',
    'TE: trailers',
    'Trailer: X-T',
    'Upgrade: websocket',
    'Proxy-Authorization: Basic eA==',
    'X-Hop: 1',
    'X-Custom: yes',
  ];
  const kept = 'Content-Type: application/json\r\nX-Custom: yes\r\n';
  expect(toReplica(request(...lines))).toBe(kept);
  expect(toClient(response(...lines))).toBe(kept);
});

test('the key, the host and headers of Farled do not reach the replica', () => {
  const lines = [
    'Authorization: Bearer secret',
    'Expect: 100-continue',
    'X-Farled-Timeout-Ms: 1',
    'x-farled-anything: 1',
    'X-Request-Id: a',
    'A: b',
  ];
  expect(toReplica(request(...lines))).toBe('A: b\r\n');
});

test('headers of Farled do not reach the client, and its request id does', () => {
  expect(toClient(response('X-Farled-Not-Executed: busy', 'X-Request-Id: a', 'Content-Length: 0'))).toBe(
    'X-Request-Id: a\r\n',
  );
});

test('repeated headers stay apart, and values are what they were', () => {
  const lines = ['Set-Cookie: a=1', 'Set-Cookie: b=2', 'X-Bytes: \u00e9'];
  expect(toClient(response(...lines))).toBe(lines.map((line) => `${line}\r\n`).join(''));
});
