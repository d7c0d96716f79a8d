import { expect, test } from 'vitest';

import { toClient, toReplica } from './headers.ts';

test('headers of the connection stay with it, those that it names included', () => {
  const headers = {
    connection: 'keep-alive, X-Hop',
    'keep-alive': 'timeout=5',
    'transfer-encoding': 'chunked',
    te: 'trailers',
    upgrade: 'websocket',
    'x-hop': '1',
    'content-type': 'application/json',
    'x-custom': 'yes',
  };
  expect(toReplica(headers, {})).toEqual({ 'content-type': 'application/json', 'x-custom': 'yes' });
  expect(toClient(headers)).toEqual({ 'content-type': 'application/json', 'x-custom': 'yes' });
});

test('the key, the host and headers of Farled do not reach the replica; what the router adds does', () => {
  const headers = {
    authorization: 'Bearer secret',
    host: 'a',
    expect: '100-continue',
    'x-farled-timeout-ms': '1',
    a: 'b',
  };
  expect(toReplica(headers, { 'x-request-id': 'id' })).toEqual({ a: 'b', 'x-request-id': 'id' });
});

test('repeated headers stay apart on their way back', () => {
  expect(toClient({ 'set-cookie': ['a=1', 'b=2'] })).toEqual({ 'set-cookie': ['a=1', 'b=2'] });
});
