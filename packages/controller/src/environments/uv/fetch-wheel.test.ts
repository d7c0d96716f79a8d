/** fetch_wheel.py against an index of our own. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('fetch_wheel.py', import.meta.url));
const PLATFORMS = ['manylinux_2_17', 'musllinux_1_1', 'macosx_11_0'].flatMap((system) =>
  ['x86_64', 'aarch64', 'arm64'].map((machine) => `${system}_${machine}`),
);

let folder: string;
let server: Server;
let index: string;
let digest: string;
const authorizations: (string | undefined)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-wheel-'));
  const wheel = join(folder, 'wheel.zip');
  const make =
    'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").writestr("uv-1.2.3.data/scripts/uv", "the program")';
  await run('python3', ['-c', make, wheel]);
  const content = await readFile(wheel);
  digest = createHash('sha256').update(content).digest('hex');
  server = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    response.end(request.url === '/simple/uv/' ? listing() : content);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  index = `127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

function listing(): string {
  return PLATFORMS.map((name) => `<a href="../../files/uv-1.2.3-py3-none-${name}.whl#sha256=${digest}">uv</a>`).join(
    '\n',
  );
}

const fetchInto = (name: string, { version = '1.2.3', userInfo = '' } = {}) =>
  run('python3', [SCRIPT, version, join(folder, name)], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PIP_INDEX_URL: `http://${userInfo}${index}` },
  });

test('the program is taken out of the wheel for this machine, from the index that pip was told', async () => {
  await fetchInto('good');
  expect(await readFile(join(folder, 'good', 'bin', 'uv'), 'utf8')).toBe('the program');
  await access(join(folder, 'good', 'bin', 'uv'), 1);
});

test('the user name and password of the index are said to it', async () => {
  authorizations.length = 0;
  await fetchInto('secret', { userInfo: 'me:pass%20word@' });
  expect(authorizations[0]).toBe(`Basic ${Buffer.from('me:pass word').toString('base64')}`);
});

test('a wheel that is not the announced one is refused, and so is a version that is not there', async () => {
  await expect(fetchInto('absent', { version: '9.9.9' })).rejects.toThrow(/has no uv 9\.9\.9/);
  digest = '0'.repeat(64);
  await expect(fetchInto('bad')).rejects.toThrow(/does not have the SHA-256/);
  await expect(access(join(folder, 'bad'))).rejects.toThrow('ENOENT');
});
