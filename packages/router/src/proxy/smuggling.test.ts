/**
 * Messages that proxies and servers have read differently, sent through the router to a real replica: the router must
 * either refuse them and close, or pass exactly what it understood. Requests hidden in bodies must never get there.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { startProxy, type TestProxy } from '../testing/start-proxy.ts';

let proxy: TestProxy;
beforeAll(async () => {
  proxy = await startProxy();
});
beforeEach(() => {
  proxy.seen.splice(0);
});
afterAll(() => proxy[Symbol.asyncDispose]());

const TARGET = '/api/v1/service/test/score';
const LINE = `POST ${TARGET} HTTP/1.1\r\n`;
const HOST = 'Host: router\r\n';
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const HIDDEN = `POST ${TARGET} HTTP/1.1\r\nHost: router\r\nContent-Length: 6\r\n\r\nhidden`;

/** A request with these headers and what follows them. */
const post = (headers: string, rest = ''): string => `${LINE}${HOST}${headers}\r\n${rest}`;
const chunks = (rest: string): string => post(CHUNKED, rest);

/** Each is refused, with the status, and nothing of it is passed on. */
const REFUSED: readonly (readonly [name: string, bytes: string, status?: number])[] = [
  ['both lengths, chunked first', post(`${CHUNKED}Content-Length: 4\r\n`, `0\r\n\r\n${HIDDEN}`)],
  ['both lengths, chunked last', post(`Content-Length: 4\r\n${CHUNKED}`, `0\r\n\r\n${HIDDEN}`)],
  ['both lengths, the length 0', post(`Content-Length: 0\r\n${CHUNKED}`, `0\r\n\r\n${HIDDEN}`)],
  ['two equal lengths', post('Content-Length: 6\r\nContent-Length: 6\r\n', 'abcdef')],
  ['two different lengths', post('Content-Length: 0\r\nContent-Length: 6\r\n', HIDDEN)],
  ['a list of lengths', post('Content-Length: 6, 6\r\n', 'abcdef')],
  ['a length with a sign', post('Content-Length: +6\r\n', 'abcdef')],
  ['a negative length', post('Content-Length: -1\r\n', HIDDEN)],
  ['a length in hexadecimal', post('Content-Length: 0x6\r\n', 'abcdef')],
  ['a length with a fraction', post('Content-Length: 6.0\r\n', 'abcdef')],
  ['a length with a letter', post('Content-Length: 6a\r\n', 'abcdef')],
  ['a length with a space inside', post('Content-Length: 1 0\r\n', 'abcdefghij')],
  ['a length that is empty', post('Content-Length: \r\n', HIDDEN)],
  ['a length beyond any number', post('Content-Length: 99999999999999999999999999\r\n', HIDDEN)],
  ['a length in quotes', post('Content-Length: "6"\r\n', 'abcdef')],
  ['a length with a vertical tab', post('Content-Length: \u000b6\r\n', 'abcdef')],
  ['a space before the colon of the length', post('Content-Length : 6\r\n', 'abcdef')],
  ['a tab before the colon of the length', post('Content-Length\t: 6\r\n', 'abcdef')],
  ['a space before the colon of the coding', post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['a space before the name of the length', `${LINE} Content-Length: 6\r\n${HOST}\r\nabcdef`],
  ['a space before the name of the coding, after a header', post(` ${CHUNKED}`, `0\r\n\r\n${HIDDEN}`)],
  ['a folded coding', post('Transfer-Encoding:\r\n chunked\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['a folded length', post('Content-Length:\r\n\t6\r\n', 'abcdef')],
  ['a fold of another header that hides a length', post('X-A: b\r\n Content-Length: 6\r\n', 'abcdef')],
  ['a coding that is not known', post('Transfer-Encoding: gzip\r\n', HIDDEN)],
  ['two codings', post('Transfer-Encoding: gzip, chunked\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['chunked not last', post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['chunked twice in a header', post('Transfer-Encoding: chunked, chunked\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['chunked in two headers', post(`${CHUNKED}${CHUNKED}`, `0\r\n\r\n${HIDDEN}`)],
  ['chunked and identity in two headers', post(`${CHUNKED}Transfer-Encoding: identity\r\n`, `0\r\n\r\n${HIDDEN}`)],
  ['identity as a coding', post('Transfer-Encoding: identity\r\n', HIDDEN)],
  ['the coding with a letter before', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['the coding with a letter after', post('Transfer-Encoding: chunkedx\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['the coding with a parameter', post('Transfer-Encoding: chunked;q=1\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['the coding in quotes', post('Transfer-Encoding: "chunked"\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['the coding after a comma', post('Transfer-Encoding: , chunked\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['the coding with a vertical tab', post('Transfer-Encoding: \u000bchunked\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['the coding with a NUL', post('Transfer-Encoding: chunked\u0000\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['the coding with a tab after', post('Transfer-Encoding: chunked\t\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['the coding that is empty', post('Transfer-Encoding:\r\n', HIDDEN)],
  ['a NUL in the name of the coding', post('Transfer-Encoding\u0000: chunked\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['a byte beyond ASCII in the name of the coding', post('Transfer\u00ad-Encoding: chunked\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['a header without a colon', post('Transfer-Encoding chunked\r\n', `0\r\n\r\n${HIDDEN}`)],
  ['a header without a name', post(': value\r\n')],
  ['chunked in HTTP/1.0', `POST ${TARGET} HTTP/1.0\r\n${HOST}${CHUNKED}\r\n0\r\n\r\n${HIDDEN}`],
  ['a bare LF after the first line', `POST ${TARGET} HTTP/1.1\n${HOST}\r\n${HIDDEN}`],
  ['a bare LF after a header', `${LINE}Host: router\nContent-Length: 6\r\n\r\nabcdef`],
  ['a bare LF at the end of the head', `${LINE}${HOST}\n${HIDDEN}`],
  ['a head with bare LF only', `POST ${TARGET} HTTP/1.1\nHost: router\n\n${HIDDEN}`],
  ['a bare CR in a value', post('X-A: b\rContent-Length: 6\r\n', 'abcdef')],
  ['a bare CR as the end of a line', `${LINE}Host: router\rX-A: b\r\n\r\n`],
  ['CR CR LF', `${LINE}Host: router\r\r\n\r\n${HIDDEN}`],
  ['a NUL in a value', post('X-A: a\u0000b\r\n')],
  ['a control in a value', post('X-A: a\u0001b\r\n')],
  ['DEL in a value', post('X-A: a\u007fb\r\n')],
  ['no host', `${LINE}X-A: b\r\n\r\n`],
  ['two hosts', `${LINE}${HOST}Host: other\r\n\r\n`],
  ['two equal hosts', `${LINE}${HOST}${HOST}\r\n`],
  ['a host with a space', `${LINE}Host: a b\r\n\r\n`],
  ['a host with a user', `${LINE}Host: a@b\r\n\r\n`],
  ['a host with a path', `${LINE}Host: a/b\r\n\r\n`],
  ['a list of hosts', `${LINE}Host: a, b\r\n\r\n`],
  ['a host with two ports', `${LINE}Host: a:80:81\r\n\r\n`],
  ['two authorizations', post('Authorization: Bearer a\r\nAuthorization: Bearer b\r\n')],
  ['no version', `POST ${TARGET}\r\n${HOST}\r\n`],
  ['a version in small letters', `POST ${TARGET} http/1.1\r\n${HOST}\r\n`],
  ['a space after the version', `POST ${TARGET} HTTP/1.1 \r\n${HOST}\r\n`],
  ['two spaces before the target', `POST  ${TARGET} HTTP/1.1\r\n${HOST}\r\n`],
  ['two spaces before the version', `POST ${TARGET}  HTTP/1.1\r\n${HOST}\r\n`],
  ['a tab for a space', `POST\t${TARGET} HTTP/1.1\r\n${HOST}\r\n`],
  ['a space in the target', `POST ${TARGET}?a b HTTP/1.1\r\n${HOST}\r\n`],
  ['a byte beyond ASCII in the target', `POST ${TARGET}?\u00e9 HTTP/1.1\r\n${HOST}\r\n`],
  ['a fragment in the target', `POST ${TARGET}#a HTTP/1.1\r\n${HOST}\r\n`],
  ['a target that is no path', `POST api/v1/service/test/score HTTP/1.1\r\n${HOST}\r\n`],
  ['an address with a user as target', `POST http://a@b${TARGET} HTTP/1.1\r\n${HOST}\r\n`],
  ['an asterisk as the target of POST', `POST * HTTP/1.1\r\n${HOST}\r\n`],
  ['a space before the method', ` POST ${TARGET} HTTP/1.1\r\n${HOST}\r\n`],
  ['a method with a control', `PO\u0001ST ${TARGET} HTTP/1.1\r\n${HOST}\r\n`],
  ['a bare LF before the method', `\n${LINE}${HOST}\r\n`],
  ['HTTP/2.0 on the line', `POST ${TARGET} HTTP/2.0\r\n${HOST}\r\n`, 505],
  ['HTTP/1.2', `POST ${TARGET} HTTP/1.2\r\n${HOST}\r\n`, 505],
  ['HTTP/0.9', `GET ${TARGET} HTTP/0.9\r\n${HOST}\r\n`, 505],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
  ['the greeting of TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
  ['CONNECT', `CONNECT router:443 HTTP/1.1\r\n${HOST}\r\n${HIDDEN}`, 501],
  ['CONNECT with a path', `CONNECT ${TARGET} HTTP/1.1\r\n${HOST}\r\n${HIDDEN}`, 501],
  ['a method that is not known', `SCORE ${TARGET} HTTP/1.1\r\n${HOST}\r\n${HIDDEN}`, 501],
  ['a method in small letters', `post ${TARGET} HTTP/1.1\r\n${HOST}\r\n${HIDDEN}`, 501],
  ['an expectation that is not known', post('Expect: 200-ok\r\nContent-Length: 6\r\n', 'abcdef'), 417],
  ['a head that is too large', post(`X-A: ${'a'.repeat(17_000)}\r\n`), 431],
  ['too many headers', post('X-A: b\r\n'.repeat(101)), 431],
  ['a size of a chunk that is no number', chunks(`x\r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['a size of a chunk with 0x', chunks(`0x3\r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['a size of a chunk with a sign', chunks(`+3\r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['a size of a chunk below zero', chunks(`-3\r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['a size of a chunk with a space before', chunks(` 3\r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['a size of a chunk with a space after', chunks(`3 \r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['a size of a chunk that is empty', chunks(`\r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['a size of a chunk beyond any number', chunks(`10000000000000003\r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['a size of a chunk with an underscore', chunks(`0_3\r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['a bare LF after the size of a chunk', chunks(`3\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['a bare CR after the size of a chunk', chunks(`3\rabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['a bare LF after a chunk', chunks(`3\r\nabc\n0\r\n\r\n${HIDDEN}`)],
  ['nothing after a chunk', chunks(`3\r\nabc0\r\n\r\n${HIDDEN}`)],
  ['a chunk that is longer than its size', chunks(`3\r\nabcdef\r\n0\r\n\r\n${HIDDEN}`)],
  ['two other characters after a chunk', chunks(`3\r\nabcxx0\r\n\r\n${HIDDEN}`)],
  ['an extension with a bare LF', chunks(`3;a\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['an extension with a bare CR', chunks(`3;a\rb\r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['an extension without a name', chunks(`3;\r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['an extension with an open quote', chunks(`3;a="b\r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['an extension with a space before it', chunks(`3 ;a=b\r\nabc\r\n0\r\n\r\n${HIDDEN}`)],
  ['extensions without end', chunks(`3;a=${'b'.repeat(9000)}\r\nabc\r\n0\r\n\r\n`), 413],
  ['a trailer with a bare LF', chunks(`0\r\nX-T: a\n\r\n${HIDDEN}`)],
  ['a trailer that is folded', chunks(`0\r\nX-T: a\r\n b\r\n\r\n${HIDDEN}`)],
  ['a trailer with a space before the colon', chunks(`0\r\nX-T : a\r\n\r\n${HIDDEN}`)],
  ['a length as a trailer', chunks(`0\r\nContent-Length: 99\r\n\r\n${HIDDEN}`)],
  ['a coding as a trailer', chunks(`0\r\nTransfer-Encoding: chunked\r\n\r\n${HIDDEN}`)],
  ['a bare LF at the end of the trailers', chunks(`0\r\n\n${HIDDEN}`)],
  ['other bytes at the end of the trailers', chunks(`0\r\n\rX${HIDDEN}`)],
];

describe('is refused, and the connection closed:', () => {
  test.each(REFUSED.map(([name, bytes, status = 400]) => ({ name, bytes, status })))(
    '$name',
    async ({ bytes, status }) => {
      const client = await proxy.client();
      client.send(bytes);
      await client.closed;
      expect(client.statuses).toEqual([status]);
      expect(client.received).toMatch(/connection: close/);
      expect(proxy.seen).toEqual([]);
    },
  );
});

/** Each is passed, with the bodies that the replica sees, and the connection is in step after it. */
const PASSED: readonly (readonly [string, string, readonly string[]])[] = [
  ['a request in a body by length', post(`Content-Length: ${HIDDEN.length}\r\n`, HIDDEN), [HIDDEN]],
  ['a request in a chunk', chunks(`${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`), [HIDDEN]],
  ['chunked in any case', post('tRANSFER-eNCODING: cHUNKED\r\n', '3\r\nabc\r\n0\r\n\r\n'), ['abc']],
  ['a size with zeros before it', chunks('0003\r\nabc\r\n000\r\n\r\n'), ['abc']],
  ['a size in capital letters', chunks('A\r\n0123456789\r\n0\r\n\r\n'), ['0123456789']],
  ['extensions', chunks('3;a;b=c;d="e;f\\"\r\n'.replace('\\"', '\\""') + 'abc\r\n0;z\r\n\r\n'), ['abc']],
  ['trailers', chunks('3\r\nabc\r\n0\r\nX-T: a\r\nX-U:\r\n\r\n'), ['abc']],
  ['a length with zeros before it', post('Content-Length: 003\r\n', 'abc'), ['abc']],
  ['a length with spaces around it', post('Content-Length: \t 3 \t\r\n', 'abc'), ['abc']],
  ['an underscore for a hyphen: another header', post('Content_Length: 6\r\n'), ['']],
  ['a length that Connection names', post('Connection: Content-Length\r\nContent-Length: 6\r\n', 'hidden'), ['hidden']],
  [
    'a coding that Connection names',
    post(`Connection: Transfer-Encoding\r\n${CHUNKED}`, '3\r\nabc\r\n0\r\n\r\n'),
    ['abc'],
  ],
  ['a host that Connection names', post('Connection: Host\r\nContent-Length: 1\r\n', 'a'), ['a']],
  ['an empty line before a request', `\r\n${post('Content-Length: 1\r\n', 'a')}`, ['a']],
  ['an address as target', `POST http://other${TARGET} HTTP/1.1\r\n${HOST}Content-Length: 1\r\n\r\na`, ['a']],
  ['two requests at once', post('Content-Length: 1\r\n', 'a') + post('Content-Length: 1\r\n', 'b'), ['a', 'b']],
  ['a chunked one and one by length', chunks('1\r\na\r\n0\r\n\r\n') + post('Content-Length: 1\r\n', 'b'), ['a', 'b']],
  ['GET with a body', post('Content-Length: 1\r\n', 'a').replace('POST', 'GET'), ['a']],
  ['a POST without a body', post(''), ['']],
  [
    'an Upgrade, which is not done',
    post('Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n', 'a'),
    ['a'],
  ],
];

const PROBE = 'GET / HTTP/1.1\r\nHost: router\r\nConnection: close\r\n\r\n';

describe('is passed as it was understood:', () => {
  test.each(PASSED)('%s', async (_name, bytes, bodies) => {
    const client = await proxy.client();
    client.send(bytes);
    await client.until(() => client.statuses.length === bodies.length);
    client.send(PROBE);
    await client.closed;
    expect(client.statuses).toEqual([...bodies.map(() => 200), 200]);
    expect(client.received).toMatch(/Healthy$/);
    expect(proxy.seen.map(({ body }) => body)).toEqual(bodies);
  });

  test('and nothing that frames a message comes from the client', async () => {
    const client = await proxy.client();
    client.send(
      post(
        `${CHUNKED}Connection: X-Named\r\nX-Named: a\r\nTE: trailers\r\nTrailer: X-T\r\nX-Kept: b\r\n`,
        '3;x\r\nabc\r\n0\r\nX-T: a\r\n\r\n',
      ),
    );
    await client.until(() => client.statuses.length === 1);
    const [request] = proxy.seen;
    const names = (request?.rawHeaders ?? []).filter((_, index) => index % 2 === 0);
    expect(names).toEqual(['host', 'X-Kept', 'x-request-id', 'x-farled-timeout-ms', 'content-length']);
    expect(request?.headers['content-length']).toBe('3');
  });
});

test('there are enough of them', () => {
  expect(REFUSED.length + PASSED.length).toBeGreaterThanOrEqual(80);
});
