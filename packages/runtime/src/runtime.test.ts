import { createHash } from 'node:crypto';

import { REPLICA_CONTROL } from '@farled/contract';
import { isRunning } from '@farled/service';
import { describe, expect, test } from 'vitest';

import { startReplica } from './testing/start-replica.ts';
import { until } from './testing/until.ts';

const ECHO = `
import json

def init():
    print('init was called')

def run(raw):
    return raw
`;

describe('scoring', () => {
  test('gives run() the body as text and encodes what it returns', async () => {
    await using replica = await startReplica({ script: ECHO });
    const { status, text, headers } = await replica.score('{"data": "ä"}');
    expect([status, JSON.parse(text)]).toEqual([200, '{"data": "ä"}']);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-ms-run-function-failed': 'False',
      'x-ms-run-fn-exec-ms': expect.stringMatching(/^\d+\.\d{3}$/),
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(await replica.log()).toMatch(/^\d{4}-\S+Z init was called$/m);
  });

  test.each([
    ['None', '{}'],
    ['[1, 2.5, True, None]', '[1, 2.5, true, null]'],
    ['float("nan")', 'NaN'],
    ['{"a": ("b",)}', '{"a": ["b"]}'],
  ])('a result of %s is %s', async (result, expected) => {
    await using replica = await startReplica({ script: `def init(): pass\ndef run(raw): return ${result}` });
    expect((await replica.score('')).text).toBe(expected);
  });

  test.each([
    ['a=1&b=x&a=2', '{"a": [1, 2], "b": "x"}'],
    ['a&b=', '{"a": "", "b": ""}'],
    ['q=%22text%22&r=[1,%202]', '{"q": "text", "r": [1, 2]}'],
    ['', '{}'],
  ])('GET /score?%s gives run() %s', async (query, expected) => {
    await using replica = await startReplica({ script: ECHO });
    expect(JSON.parse((await replica.call(`/score?${query}`)).text)).toBe(expected);
  });

  test('gives request_headers to a run() that asks for them', async () => {
    const script = 'def init(): pass\ndef run(raw, request_headers): return request_headers';
    await using replica = await startReplica({ script });
    const { text } = await replica.call('/score', { method: 'POST', body: '', headers: { 'x-t-2nd-header': 'v' } });
    expect(JSON.parse(text)).toMatchObject({ 'X-T-2Nd-Header': 'v' });
  });

  test('a body of 20 MB arrives whole', async () => {
    await using replica = await startReplica({ script: 'def init(): pass\ndef run(raw): return len(raw)' });
    expect((await replica.score('x'.repeat(20_000_000))).text).toBe('20000000');
  });

  test('the ids of a request come back', async () => {
    await using replica = await startReplica({ script: ECHO });
    const headers = { 'x-request-id': 'mine', 'x-ms-client-request-id': 'client', traceid: 'trace' };
    const answer = await replica.call('/score', { method: 'POST', body: '', headers });
    expect(answer.headers).toMatchObject({ ...headers, 'x-ms-request-id': 'client' });
    const long = await replica.call('/score', { method: 'POST', headers: { 'x-request-id': 'x'.repeat(101) } });
    expect([long.status, long.text]).toEqual([431, expect.stringContaining('100 characters')]);
  });

  test('several workers score at the same time', async () => {
    const script = `
import os, time
def init(): pass
def run(raw):
    time.sleep(0.2)
    return os.getpid()
`;
    await using replica = await startReplica({
      script,
      variables: { WORKER_COUNT: '3', FARLED_MAX_CONCURRENT_REQUESTS: '3' },
    });
    const answers = await Promise.all([1, 2, 3].map(() => replica.score('')));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(3);
  });
});

describe('failures', () => {
  const BAD = `
import os, time
def init(): pass
def run(raw):
    if raw == 'raise': raise ValueError('secret detail')
    if raw == 'set': return {1, 2}
    if raw == 'sleep': time.sleep(60)
    if raw == 'exit': os._exit(9)
    return 'fine'
`;

  test('an exception is a 500 without its text, which the log has', async () => {
    await using replica = await startReplica({ script: BAD });
    const { status, text, headers } = await replica.score('raise');
    expect(status).toBe(500);
    expect(JSON.parse(text)).toEqual({
      message: 'An unexpected error occurred in scoring script. Check the logs for more info.',
    });
    expect(headers['x-ms-run-function-failed']).toBe('True');
    expect(await replica.log()).toContain('ValueError: secret detail');
    expect((await replica.score('')).text).toBe('"fine"');
  });

  test('a result that is no JSON is a 500 of the server', async () => {
    await using replica = await startReplica({ script: BAD });
    const { status, text, headers } = await replica.score('set');
    expect([status, headers['x-ms-run-function-failed']]).toEqual([500, 'False']);
    expect(text).toContain('An unexpected internal error occurred');
  });

  test('a body that is not UTF-8 is a 400', async () => {
    await using replica = await startReplica({ script: BAD });
    expect((await replica.call('/score', { method: 'POST', body: Buffer.from([0xff, 0xfe]) })).status).toBe(400);
  });

  test('a worker that hangs is killed and replaced, and those that wait are scored', async () => {
    await using replica = await startReplica({
      script: BAD,
      variables: { SCORING_TIMEOUT_MS: '300', FARLED_MAX_CONCURRENT_REQUESTS: '2' },
    });
    const [worker] = (await replica.report()).workers;
    const hanging = replica.score('sleep');
    await until(async () => (await replica.report()).inFlight === 1);
    const waiting = replica.score('');
    expect(await hanging).toMatchObject({ status: 500, text: expect.stringContaining('Scoring timeout after 300 ms') });
    expect((await waiting).text).toBe('"fine"');
    const report = await replica.report();
    expect(report.replaced).toEqual({ crashed: 0, timedOut: 1 });
    expect(report.workers.some(({ pid }) => pid === worker?.pid)).toBe(false);
    expect(await isRunning({ pid: worker?.pid ?? 0, startTicks: null })).toBe(false);
  });

  test('a worker that ends is replaced, and its request says how it ended', async () => {
    await using replica = await startReplica({ script: BAD });
    expect(await replica.score('exit')).toMatchObject({ status: 500, text: expect.stringContaining('exit code 9') });
    expect((await replica.score('')).text).toBe('"fine"');
    expect((await replica.report()).replaced.crashed).toBe(1);
  });

  test('a body that ended two processes is refused and kept, and others are scored', async () => {
    await using replica = await startReplica({ script: BAD });
    expect([(await replica.score('exit')).status, (await replica.score('fine')).status]).toEqual([500, 200]);
    expect((await replica.score('exit')).status).toBe(500);
    const { status, text } = await replica.score('exit');
    const digest = createHash('sha256').update('exit').digest('hex');
    expect([status, text]).toEqual([422, expect.stringContaining(digest)]);
    await until(() => replica.has(`quarantine/${digest}`));
    expect(await replica.read(`quarantine/${digest}`)).toBe('exit');
    expect((await replica.score('fine')).status).toBe(200);
  });

  test('a request that was sent ahead to a worker that ends is scored by the next one', async () => {
    await using replica = await startReplica({
      script: `
import os, time
def init(): pass
def run(raw):
    if raw == 'end':
        while not os.path.exists('go'): time.sleep(0.005)
        os._exit(9)
    return raw
`,
      variables: { FARLED_MAX_CONCURRENT_REQUESTS: '3' },
    });
    const ending = replica.score('end');
    await until(async () => (await replica.report()).inFlight === 1);
    const others = [replica.score('a'), replica.score('b')];
    await until(async () => (await replica.report()).inFlight === 3);
    await replica.write('go', '');
    expect((await ending).text).toContain('ended with exit code 9');
    expect((await Promise.all(others)).map(({ text }) => text)).toEqual(['"a"', '"b"']);
  });

  test('more memory than the limit ends the replica, which says so', async () => {
    const script = 'def init(): pass\ndef run(raw):\n    global kept\n    kept = bytearray(200_000_000)\n    return 1';
    await using replica = await startReplica({ script, variables: { FARLED_MEMORY_LIMIT_BYTES: '100000000' } });
    await replica.score('').catch(() => {});
    const { code, report } = await replica.ended();
    expect([code, report?.failure?.code]).toEqual([3, 'ReplicaOutOfMemory']);
    expect(report?.failure?.message).toContain('its limit is 95 MB');
  });

  test('an allocation far beyond the limit fails before it is made, and the replica goes on', async () => {
    const script = 'def init(): pass\ndef run(raw): return len(bytearray(int(raw)))';
    await using replica = await startReplica({ script, variables: { FARLED_MEMORY_LIMIT_BYTES: '100000000' } });
    expect((await replica.score('8000000000')).status).toBe(500);
    expect(await replica.log()).toContain('MemoryError');
    expect((await replica.score('1000')).text).toBe('1000');
  });

  test('more requests than it has slots are refused as not begun', async () => {
    await using replica = await startReplica({ script: BAD });
    const busy = replica.score('sleep').catch(() => {});
    await until(async () => (await replica.report()).inFlight === 1);
    const refused = await replica.score('');
    expect([refused.status, refused.headers['x-farled-not-executed']]).toEqual([503, 'busy']);
    await replica[Symbol.asyncDispose]();
    await busy;
  });
});

describe('other requests', () => {
  test.each([
    ['GET', '/', 200, 'Healthy'],
    ['GET', '/score/', 404, 'not found'],
    ['POST', '//score', 200, '"x"'],
    ['OPTIONS', '/score', 200, ''],
    ['HEAD', '/score', 405, ''],
    ['PUT', '/score', 405, 'The method is not allowed for the requested URL.'],
    ['DELETE', '/', 405, 'The method is not allowed'],
    ['GET', '/swagger.json', 200, '"title":"test"'],
    ['GET', '/swagger.json?version=5', 404, 'Supported versions: [2, 3, 3.1]'],
  ])('%s %s is %i', async (method, path, status, text) => {
    await using replica = await startReplica({ script: ECHO });
    const answer = await replica.call(path, { method, ...(method === 'POST' ? { body: 'x' } : {}) });
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
  });
});

describe('the start', () => {
  const run = 'def run(raw): return 1';
  test.each([
    [
      'raises in init()',
      `def init(): raise KeyError('weights')\n${run}`,
      'UserScriptInitFailed',
      "KeyError: 'weights'",
    ],
    ['exits in init()', `import sys\ndef init(): sys.exit('bye')\n${run}`, 'UserScriptInitFailed', 'SystemExit: bye'],
    ['does not parse', 'def init(:', 'UserScriptImportError', 'SyntaxError'],
    ['imports what is not there', `import nowhere\n${run}`, 'UserScriptImportError', "No module named 'nowhere'"],
    ['has no init()', run, 'UserScriptFunctionNotFound', 'no function init()'],
    ['has no run()', 'def init(): pass', 'UserScriptFunctionNotFound', 'no function run()'],
    [
      'has a run() without a parameter',
      'def init(): pass\ndef run(): pass',
      'UserScriptFunctionNotFound',
      'one parameter',
    ],
    ['has a run() of anything', 'def init(): pass\ndef run(*args): pass', 'UserScriptFunctionNotFound', '*args'],
    [
      'asks for more of azureml.core',
      'from azureml.core import Workspace',
      'UserScriptImportError',
      'add azureml-core',
    ],
    ['ends its process', `import os\ndef init(): os._exit(5)\n${run}`, 'DeploymentCrashLoopBackOff', 'exit code 5'],
  ])('fails when the script %s', async (_what, script, code, message) => {
    await using replica = await startReplica({ script });
    const ended = await replica.ended();
    expect(ended.code).toBe(3);
    expect(ended.report?.failure).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('the traceback of a failure shows the script and nothing of the server', async () => {
    await using replica = await startReplica({ script: `def init():\n    return 1 / 0\n${run}` });
    const traceback = (await replica.ended()).report?.failure?.traceback;
    expect(traceback).toContain('score.py", line 2, in init');
    expect(traceback).not.toContain('farled_worker');
    expect(await replica.log()).toContain('ZeroDivisionError');
  });

  test('get_model_path finds models without azureml-core: the newest, the one asked for, a folder of several', async () => {
    const script = `
from azureml.core.model import Model
from azureml.core import Model as Same
def init(): pass
def run(raw):
    return [Model.get_model_path('one'), Same.get_model_path('one', version=2), Model.get_model_path('many')]
`;
    await using replica = await startReplica({
      script,
      files: {
        'azureml-models/one/2/a.pkl': '',
        'azureml-models/one/10/b.pkl': '',
        'azureml-models/many/1/c.pkl': '',
        'azureml-models/many/1/d.pkl': '',
      },
    });
    const below = (path: string): string => `${replica.folder}/azureml-models/${path}`;
    expect(JSON.parse((await replica.score('')).text)).toEqual([
      below('one/10/b.pkl'),
      below('one/2/a.pkl'),
      below('many/1'),
    ]);
  });

  test('modules beside the script, also of a script in a subfolder, can be imported, and its classes pickled', async () => {
    const script = `
import pickle
import helper
class Own:
    pass
def init(): pass
def run(raw):
    return [helper.NAME, type(pickle.loads(pickle.dumps(Own()))).__name__]
`;
    await using replica = await startReplica({
      script: '',
      files: { 'source/sub/score.py': script, 'source/helper.py': "NAME = 'beside'" },
      variables: { AZUREML_ENTRY_SCRIPT: 'sub/score.py' },
    });
    expect((await replica.score('')).text).toBe('["beside", "Own"]');
  });
});

describe('the log', () => {
  test('has what a script logs, from INFO on, and says of whom it is', async () => {
    const script = `
import logging
def init():
    logging.info('starts')
    logging.getLogger('mine').debug('not said')
def run(raw): logging.getLogger('mine').warning('scored %s', raw)
`;
    await using replica = await startReplica({ script });
    await replica.score('x');
    const log = await replica.log();
    expect(log).toMatch(/Z I \[\d+\] root - starts$/m);
    expect(log).toMatch(/Z W \[\d+\] mine - scored x$/m);
    expect(log).not.toContain('not said');
  });

  test('is as logging.json in the application’s root says', async () => {
    const logging = {
      version: 1,
      formatters: { f: { format: 'own: %(message)s' } },
      handlers: { h: { class: 'logging.StreamHandler', formatter: 'f' } },
      root: { level: 'DEBUG', handlers: ['h'] },
    };
    await using replica = await startReplica({
      script: `import logging\ndef init(): logging.debug('deep')\ndef run(raw): return raw`,
      files: { 'logging.json': JSON.stringify(logging) },
    });
    expect(await replica.log()).toMatch(/own: deep$/m);
  });

  test('shows the models when init() fails', async () => {
    await using replica = await startReplica({
      script: `def init(): raise ValueError('no such model')\ndef run(raw): return raw`,
      files: { 'azureml-models/iris/1/model.pkl': 'four' },
    });
    await replica.ended();
    expect(await replica.log()).toMatch(/ iris\/$[^]*  1\/$[^]*model\.pkl 4 bytes$/m);
  });

  test('a debugger is asked for that the environment does not have: the start fails and says what to add', async () => {
    await using replica = await startReplica({
      script: ECHO,
      variables: { AZUREML_DEBUG_PORT: '5678' },
    });
    const { report } = await replica.ended();
    expect(report?.failure?.message).toContain('add it to the environment');
  });
});

describe('raw requests', () => {
  const RAW = (name: string): string => `
from ${name}.aml_request import AMLRequest, rawhttp
from ${name}.aml_response import AMLResponse
def init(): pass
@rawhttp
def run(request):
    assert isinstance(request, AMLRequest)
    if request.method == 'OPTIONS': return 'the script was asked'
    status = request.args.get('status', 200, type=int)
    return AMLResponse(request.get_data(), status, {'Content-Type': request.content_type or 'text/plain', 'X-Own': 'v'})
`;

  test.each(['azureml.contrib.services', 'azureml_inference_server_http.api'])(
    'reach run() whole, and are answered as it says, by the names of %s',
    async (name) => {
      await using replica = await startReplica({ script: RAW(name) });
      const body = Buffer.from([0, 255, 1]);
      const headers = { 'content-type': 'image/png' };
      const answer = await replica.call('/score?status=202', { method: 'POST', body, headers });
      expect(answer).toMatchObject({ status: 202, headers: { ...headers, 'x-own': 'v' } });
      const failed = await replica.call('/score?status=507', { method: 'POST', body });
      expect([failed.status, failed.headers['x-ms-run-function-failed']]).toEqual([507, 'True']);
      const impossible = await replica.call('/score?status=99', { method: 'POST', body });
      expect([impossible.status, impossible.headers['x-own']]).toEqual([500, undefined]);
      expect(await replica.log()).toContain("can't be sent");
    },
  );

  test('that ask for a page whether it may score never reach run(), because they come without a key', async () => {
    await using replica = await startReplica({ script: RAW('azureml_inference_server_http.api') });
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'POST' };
    expect((await replica.call('/score', { method: 'OPTIONS', headers })).text).toBe('');
    expect((await replica.call('/score', { method: 'OPTIONS' })).text).toContain('the script was asked');
  });
});

describe('swagger.json', () => {
  const script = 'def init(): pass\ndef run(raw): return raw';

  test('of the user is found in the source folder too', async () => {
    await using replica = await startReplica({ script, files: { 'source/swagger3.json': '{"own": 3}' } });
    expect((await replica.call('/swagger.json?version=3')).text).toBe('{"own": 3}');
  });

  test('of the user that is not JSON ends the start, and its path is told', async () => {
    await using replica = await startReplica({ script, files: { 'swagger.json': '{' } });
    const { code, report } = await replica.ended();
    expect([code, report?.failure?.message]).toEqual([3, expect.stringMatching(/swagger\.json is not JSON/)]);
  });
});

describe('the end', () => {
  const SLOW = 'import time\ndef init(): pass\ndef run(raw):\n    time.sleep(0.3)\n    return "done"';

  test('a replica that drains refuses new requests, answers the accepted ones and exits', async () => {
    await using replica = await startReplica({ script: SLOW, variables: { FARLED_MAX_CONCURRENT_REQUESTS: '2' } });
    const accepted = [replica.score(''), replica.score('')];
    await until(async () => (await replica.report()).inFlight === 2);
    expect((await replica.call(REPLICA_CONTROL.drain, { method: 'POST' })).status).toBe(202);
    const refused = await replica.score('');
    expect([refused.status, refused.headers['x-farled-not-executed']]).toEqual([503, 'draining']);
    expect((await Promise.all(accepted)).map(({ text }) => text)).toEqual(['"done"', '"done"']);
    expect((await replica.ended()).code).toBe(0);
  });

  test('workers do not outlive a front that is killed, even in the middle of run()', async () => {
    await using replica = await startReplica({ script: 'import time\ndef init(): pass\ndef run(raw): time.sleep(60)' });
    const [worker] = (await replica.report()).workers;
    const scoring = replica.score('').catch(() => {});
    await until(async () => (await replica.report()).inFlight === 1);
    process.kill(replica.pid, 'SIGKILL');
    await until(async () => !(await isRunning({ pid: worker?.pid ?? 0, startTicks: null })));
    await scoring;
  });
});
