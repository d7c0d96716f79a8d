/** Streams of requests: right, nearly right, and wrong in the ways that proxies and servers have disagreed about. */

/** Numbers below one, the same for the same seed. */
export type Random = () => number;

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[below(random, choices.length)] as T;
}

/** Mostly the first. */
function usually<T>(random: Random, usual: T, others: readonly T[], odds = 0.85): T {
  return random() < odds ? usual : oneOf(random, others);
}

const METHODS = ['POST', 'GET', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'CONNECT', 'FOO', 'get', 'PO ST', ''];
const TARGETS = [
  '/api/v1/service/a/score',
  '/?x=%20&y',
  '/a b',
  '*',
  'http://a/b',
  'HTTP://a:80?x',
  'https://u@a/',
  'a:80',
  '',
  '/\u00e9',
  '/#f',
  '//a/b',
  '/../..',
];
const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/0.9',
  'http/1.1',
  'HTTP/1.1 ',
  'HTTP/01.1',
  'HTTP',
  '',
];
const ENDS = ['\r\n', '\n', '\r', '\r\r\n', '\n\r', ''];
const HOSTS = ['a', 'a:80', '[::1]:80', '', 'a b', 'a,b', 'a/b', 'a@b', 'a:b', 'a:80:80', '\u00e4', 'a\t'];
const NAMES = [
  'Content-Type',
  'X-Custom',
  'x_y',
  'Accept',
  'Cookie',
  'Content-Length ',
  ' Content-Length',
  'Content_Length',
  'Transfer-Encoding ',
  'X Y',
  'X(',
  '',
  'X\u0000Y',
  'X\u00e9',
  'Transfer\u2010Encoding',
];
const VALUES = [
  'a',
  '',
  ' ',
  'a, b',
  '\t a \t',
  'a\u0000b',
  'a\u007fb',
  '\u00e9',
  'a\rb',
  'a\nb',
  'a\r\n b',
  'a\r\n\tb',
  '"a"',
];
const EXPECTATIONS = ['100-continue', '100-Continue', 'nothing', '100-continue, x', ''];
const CONNECTIONS = ['keep-alive', 'close', 'Upgrade', 'close, keep-alive', 'x-custom', ', ,', 'Content-Length', ''];
const CODINGS = [
  'chunked',
  'Chunked',
  'chunked ',
  ' chunked',
  '\tchunked',
  'gzip',
  'gzip, chunked',
  'chunked, gzip',
  'chunked, chunked',
  'identity',
  'xchunked',
  'chunked;q=1',
  '"chunked"',
  'chunked\u000b',
  ',chunked',
  'chun ked',
  '',
];

function lengthText(random: Random, length: number): string {
  return usually(random, `${length}`, [
    `+${length}`,
    `-${length}`,
    `0${length}`,
    `${length} `,
    ` ${length}`,
    `${length}, ${length}`,
    `0x${length.toString(16)}`,
    `${length}.0`,
    `${length}a`,
    `${length + 1}`,
    `${Math.max(0, length - 1)}`,
    '99999999999999999999999',
    '',
  ]);
}

function body(random: Random): string {
  const inner = [
    '',
    '{}',
    'abc',
    'x'.repeat(below(random, 40)),
    '0\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: smuggled\r\n\r\n',
  ];
  return oneOf(random, inner);
}

function chunked(random: Random, text: string): string {
  const end = (): string => usually(random, '\r\n', ENDS, 0.97);
  const extension = (): string =>
    usually(
      random,
      '',
      [';a', ';a=b', ';a="b;c"', ';a="b\\"c"', ' ;a=b', '; a=b', ';', ';=b', ';a="b', ';a\nb', ';a=b=c', ' ', '\t'],
      0.9,
    );
  const size = (length: number): string => {
    const hex = length.toString(16);
    const odd = [
      hex.toUpperCase(),
      `0${hex}`,
      `0x${hex}`,
      `${hex} `,
      ` ${hex}`,
      `+${hex}`,
      `-${hex}`,
      `${hex}g`,
      '',
      `${hex}0`,
      'ffffffffffffffff',
      'fffffffffffffffff',
    ];
    return usually(random, hex, odd, 0.93);
  };
  let result = '';
  for (let position = 0; position < text.length;) {
    const piece = text.slice(position, position + 1 + below(random, text.length));
    position += piece.length;
    result += size(piece.length) + extension() + end() + piece + end();
  }
  const trailer = usually(
    random,
    '',
    [
      'X-T: a\r\n',
      'Content-Length: 5\r\n',
      'X-T a\r\n',
      ' X-T: a\r\n',
      'X-T: a\n',
      'X-T : a\r\n',
      'X\u0000: a\r\n',
      'X-T: a\r\n b\r\n',
    ],
    0.85,
  );
  return result + usually(random, '0', ['00', '0x0', '', '0 ', '-0'], 0.97) + extension() + end() + trailer + end();
}

function message(random: Random): string {
  const end = (): string => usually(random, '\r\n', ENDS, 0.99);
  const lines: string[] = [];
  const add = (name: string, value: string): void => {
    const separator = usually(random, ': ', [':', ' : ', ':\t', '\t:', ':  ', '', ' '], 0.97);
    lines.push(`${name}${separator}${value}`);
  };
  add('Host', usually(random, 'router', HOSTS, 0.93));
  for (let count = below(random, 3); count > 0; count -= 1) {
    add(usually(random, 'X-Custom', NAMES, 0.9), usually(random, 'value', VALUES, 0.9));
  }
  if (random() < 0.1) {
    add('Connection', oneOf(random, CONNECTIONS));
  }
  if (random() < 0.05) {
    add('Expect', oneOf(random, EXPECTATIONS));
  }
  if (random() < 0.03) {
    add('Upgrade', oneOf(random, ['websocket', 'h2c']));
  }
  if (random() < 0.03) {
    add('Host', oneOf(random, HOSTS));
  }
  const text = body(random);
  const kind = random();
  let sent = '';
  if (kind < 0.35) {
    add('Content-Length', lengthText(random, text.length));
    sent = text;
  } else if (kind < 0.75) {
    add('Transfer-Encoding', usually(random, 'chunked', CODINGS, 0.85));
    sent = chunked(random, text);
  }
  if (random() < 0.05) {
    add('Content-Length', lengthText(random, sent.length));
  }
  if (random() < 0.03) {
    add('Transfer-Encoding', oneOf(random, CODINGS));
  }
  if (random() < 0.02) {
    lines.reverse();
  }
  const first = `${usually(random, 'POST', METHODS, 0.9)} ${usually(random, '/score', TARGETS, 0.9)} ${usually(random, 'HTTP/1.1', VERSIONS, 0.93)}`;
  const before = usually(random, '', ['\r\n', '\n', '\r', ' ', '\r\n\r\n'], 0.97);
  return before + [first, ...lines, ''].map((line) => line + end()).join('') + sent;
}

const BYTES = [0x00, 0x09, 0x0a, 0x0b, 0x0d, 0x20, 0x22, 0x2c, 0x30, 0x3a, 0x3b, 0x7f, 0x80, 0xa0, 0xff];

/** A byte changed, added, left out or said twice. */
function mutated(random: Random, bytes: Buffer): Buffer {
  const position = below(random, bytes.length + 1);
  const length = random() < 0.7 ? 1 : below(random, 8);
  const before = bytes.subarray(0, position);
  const after = bytes.subarray(position);
  const added = Buffer.from([random() < 0.7 ? oneOf(random, BYTES) : below(random, 256)]);
  switch (below(random, 4)) {
    case 0:
      return Buffer.concat([before, added, after.subarray(1)]);
    case 1:
      return Buffer.concat([before, added, after]);
    case 2:
      return Buffer.concat([before, after.subarray(length)]);
    default:
      return Buffer.concat([before, after.subarray(0, length), after]);
  }
}

export interface Stream {
  readonly bytes: Buffer;
  /** How many messages it was made of. */
  readonly messages: number;
}

export function generateStream(random: Random): Stream {
  const messages = 1 + below(random, 3);
  const text = Array.from({ length: messages }, () => message(random)).join('');
  let bytes: Buffer = Buffer.from(text, 'latin1');
  for (let count = random() < 0.8 ? 0 : 1 + below(random, 3); count > 0; count -= 1) {
    bytes = mutated(random, bytes);
  }
  return { bytes, messages };
}

/** The same bytes in pieces. */
export function split(random: Random, bytes: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  const longest = oneOf(random, [1, 3, 20, 100]);
  for (let position = 0; position < bytes.length;) {
    const length = 1 + below(random, longest);
    // A copy of its own, as from a socket, and overwritten by nobody: readers are told not to count on it.
    pieces.push(Buffer.from(bytes.subarray(position, position + length)));
    position += length;
  }
  return pieces;
}
