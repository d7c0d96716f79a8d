/** run(raw_data) without decorators. */
import { type Asked, type Case, get, post } from '../case.ts';

const RESULTS = `
import datetime, decimal, enum, uuid
class Color(str, enum.Enum):
    RED = 'red'
class Plain:
    pass
circle = []
circle.append(circle)
def later():
    yield 1
async def soon():
    return 1
RESULTS = {
    'none': None, 'true': True, 'int': 7, 'float': 1.5, 'big': 10 ** 30, 'tiny': 1e-300, 'text': 'ä€😀',
    'empty text': '', 'list': [1, None, 'x'], 'tuple': (1, 2), 'nested': {'a': {'b': [{}]}}, 'keys': {1: 'a', None: 'b', True: 'c'},
    'nan': float('nan'), 'infinity': float('inf'), 'enum': Color.RED, 'json text': '{"a": 1}', 'status': ({}, 404),
    'bytes': b'x', 'set': {1}, 'date': datetime.date(2020, 1, 1), 'decimal': decimal.Decimal('1'), 'uuid': uuid.UUID(int=1),
    'object': Plain(), 'circle': circle, 'tuple keys': {(1, 2): 3}, 'surrogate': '\\ud800',
    'zero': 0, 'false': False, 'empty list': [], 'empty dict': {},
}
def init():
    pass
def run(name):
    if name == 'generator': return later()
    if name == 'coroutine': return soon()
    return RESULTS[name]
`;

const RAISES = `
import socket
def init():
    pass
def run(raw):
    if raw == 'key': return {}['missing']
    if raw == 'os': raise OSError('disk')
    if raw == 'own':
        class Own(Exception): pass
        raise Own()
    if raw == 'assert': assert False, 'secret'
    if raw == 'recursion': return run(raw)
    if raw == 'timeout': raise TimeoutError('upstream')
    if raw == 'socket': raise socket.timeout('upstream')
    return 'fine'
`;

const piecewise = {
  why: 'awaitedAndYielded',
  status: 200,
  headers: { 'x-ms-run-fn-exec-ms': '<ms>' },
} as const;
const timeout: Asked['differs'] = {
  why: 'timeoutOfTheScript',
  body: { message: 'An unexpected error occurred in scoring script. Check the logs for more info.' },
};

const ids = (...headers: string[]): Asked => post('x', { headers });
const LONG = 'x'.repeat(101);

export const TEXT: readonly Case[] = [
  {
    name: 'echo',
    script: 'def init():\n    pass\ndef run(raw_data):\n    return raw_data\n',
    requests: [
      post('plain'),
      post(''),
      post('{"data": [1, 2]}', { headers: [] }),
      post('ä€😀'),
      post('\uFEFFwith a byte order mark'),
      post('line\r\nline\u0000end'),
      post(Buffer.from([0xff, 0xfe])),
      post(Buffer.from('caf\u00e9', 'latin1'), { headers: ['content-type', 'text/plain; charset=latin-1'] }),
      post('x'.repeat(300_000)),
      post('a=1', { headers: ['content-type', 'text/plain'] }),
      post('a=1&b=2', {
        headers: ['content-type', 'application/x-www-form-urlencoded'],
        differs: { why: 'formsAsText', body: 'a=1&b=2' },
      }),
      post('{"data": 1}', { path: '/score?version=2' }),
      post('x', { path: '//score' }),
      post('x', { path: '/score/' }),
      post('x', { path: '/Score' }),
      post('x', { path: '/' }),
      post('x', { path: '/swagger.json' }),
      get('/score'),
      get('/score?'),
      get('/score?a=1&b=x&a=2'),
      get('/score?a&b=&=c'),
      get('/score?a=%FF&b=%C3%A4&%FF=1'),
      get('/score?a=1;b=2'),
      get('/score?a=NaN&b=1e400&c=-Infinity'),
      get('/score?q=%22text%22&r=[1,%202]&s={%22a%22:null}&t=nul'),
      get('/score?a=1+2&b=%2B&c=%20%26'),
      get('/score?A=1&a=2'),
      get('/score?a=%7B'),
      get('/score', { body: 'of a GET' }),
      get('/'),
      get('/?a=1'),
      get('//'),
      get('/nowhere'),
      get('/score/x'),
      { method: 'HEAD', path: '/' },
      { method: 'OPTIONS', path: '/' },
      { method: 'OPTIONS', path: '/swagger.json' },
      { method: 'HEAD', path: '/swagger.json' },
      { method: 'OPTIONS', path: '/score' },
      { method: 'HEAD', path: '/score' },
      { method: 'PUT', path: '/score', body: 'x' },
      { method: 'PATCH', path: '/score', body: 'x' },
      { method: 'DELETE', path: '/score' },
      { method: 'DELETE', path: '/' },
      { method: 'PUT', path: '/nowhere' },
    ],
  },
  {
    name: 'ids of requests',
    script: 'def init(): pass\ndef run(raw): return 1 if raw == "x" else {}[1]\n',
    requests: [
      ids(),
      ids('x-request-id', 'mine'),
      ids('x-ms-request-id', 'legacy'),
      ids('x-ms-client-request-id', 'client'),
      ids('x-request-id', 'mine', 'x-ms-request-id', 'legacy'),
      ids('x-request-id', 'mine', 'x-ms-client-request-id', 'client'),
      ids('x-ms-request-id', 'legacy', 'x-ms-client-request-id', 'client'),
      ids('x-request-id', 'mine', 'x-ms-request-id', 'legacy', 'x-ms-client-request-id', 'client'),
      ids('x-request-id', ''),
      ids('x-request-id', '  '),
      ids('x-ms-request-id', ''),
      ids('x-request-id', 'a', 'x-request-id', 'b'),
      ids('TraceId', 'trace'),
      ids('x-request-id', 'x'.repeat(100)),
      ids('x-request-id', LONG),
      ids('x-ms-request-id', LONG),
      ids('x-ms-client-request-id', LONG, 'x-request-id', 'mine', 'traceid', 'trace'),
      ids('x-request-id', LONG, 'x-ms-client-request-id', 'client'),
      post('raise', { headers: ['x-request-id', 'mine'] }),
      get('/', { headers: ['x-request-id', LONG] }),
      get('/', { headers: ['x-request-id', 'mine'] }),
      get('/swagger.json?version=9', { headers: ['x-request-id', 'mine'] }),
      get('/nowhere', { headers: ['x-request-id', 'mine', 'traceid', 'trace'] }),
      { method: 'PUT', path: '/score', headers: ['x-request-id', LONG] },
      { method: 'OPTIONS', path: '/score', headers: ['x-ms-request-id', 'legacy'] },
    ],
  },
  {
    name: 'results',
    script: RESULTS,
    requests: [
      'none',
      'true',
      'int',
      'float',
      'big',
      'tiny',
      'text',
      'empty text',
      'list',
      'tuple',
      'nested',
      'keys',
      'nan',
      'infinity',
      'enum',
      'json text',
      'status',
      'bytes',
      'set',
      'date',
      'decimal',
      'uuid',
      'object',
      'circle',
      'tuple keys',
      'surrogate',
      'zero',
      'false',
      'empty list',
      'empty dict',
    ]
      .map((name) => post(name))
      .concat(
        post('generator', {
          differs: {
            ...piecewise,
            body: 1,
            headers: { ...piecewise.headers, 'content-type': 'application/x-ndjson' },
          },
        }),
        post('coroutine', { differs: { ...piecewise, body: 1 } }),
      ),
  },
  {
    name: 'exceptions',
    script: RAISES,
    requests: [
      ...['key', 'os', 'own', 'assert', 'recursion', 'fine'].map((name) => post(name)),
      post('timeout', { differs: timeout }),
      post('socket', { differs: timeout }),
    ],
  },
  {
    name: 'request_headers',
    script: `
def init():
    pass
def run(data, request_headers):
    wanted = ('X-', 'Content-', 'User-Agent', 'Authorization', 'Cookie')
    return [type(request_headers).__name__, {k: v for k, v in request_headers.items() if k.startswith(wanted)}, data]
`,
    requests: [
      post('x', { headers: ['x-t-2nd-header', 'v', 'content-type', 'text/csv', 'authorization', 'Bearer k'] }),
      post('x', { headers: ['x-a', '1', 'X-A', '2', 'cookie', 'a=b; c=d'] }),
      post('x', { headers: ['x_under', '1', 'x-empty', '', 'x-latin', 'caf\u00e9'] }),
      post('x', { headers: ['x-request-id', 'mine'] }),
      get('/score?a=1', { headers: ['x-one', 'v'] }),
    ],
  },
  {
    name: 'request_headers by keyword, with a default',
    script: 'def init(): pass\ndef run(x, *, request_headers=None): return [x, request_headers["X-A"]]\n',
    requests: [post('x', { headers: ['x-a', 'v'] }), get('/score', { headers: ['x-a', 'v'] })],
  },
  {
    name: 'data by keyword alone',
    script: 'def init(): pass\ndef run(*, data, more=5): return [data, more]\n',
    requests: [post('x'), get('/score?more=7')],
  },
  {
    name: 'a run() with a wrapper around it',
    script: `
import functools
def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return ['wrapped', function(*args, **kwargs)]
    return wrapper
def init():
    pass
@logged
def run(data):
    return data
`,
    requests: [post('x'), get('/score?a=1')],
  },
  {
    name: 'run() of an object, bound before init()',
    script: `
class Model:
    def run(self, data):
        return ['first', data]
run = Model().run
def init():
    global run
    run = lambda data: ['second', data]
`,
    requests: [post('x')],
  },
  {
    name: 'a driver module',
    script: `
import sys
import types
driver_module = types.ModuleType('own')
driver_module.__file__ = __file__
driver_module.run = lambda data: ['driven', data]
sys.modules['own'] = driver_module
def init():
    pass
def run(data):
    return ['driver', data]
`,
    requests: [post('x'), get('/score?a=1')],
  },
  {
    name: 'state and output',
    script: `
import os, sys
count = 0
def init():
    global count
    count = 10
def run(raw):
    global count
    count += 1
    print('to standard output', raw)
    sys.stderr.write('to standard error')
    return [count, os.path.basename(os.getcwd()) != '', __name__]
`,
    requests: [post('1'), post('2'), get('/score?a=3')],
  },
];
