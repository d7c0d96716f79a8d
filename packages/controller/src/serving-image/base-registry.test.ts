/** A base image in a real registry that asks who one is. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { parseReference } from '@farled/image';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startRegistry, type RunningRegistry } from '../../../image/src/testing/start-registry.ts';
import { buildServingImage } from './serving-image.ts';
import { type ServingTest, startServingTest } from './testing/serving-parts.ts';

const run = promisify(execFile);
const PASSWORD = 'password-of-the-base';
/** A line of htpasswd for that password. */
const HTPASSWD = 'puller:$2y$05$abcdefghijklmnopqrstuus06X2NLCgzo1yfP/joZvAfy2uPUm8oG';

let serving: ServingTest;
let closed: RunningRegistry;
beforeAll(async () => {
  serving = await startServingTest();
  closed = await startRegistry({ htpasswd: HTPASSWD });
  await run('skopeo', [
    'copy',
    '--src-tls-verify=false',
    '--dest-tls-verify=false',
    `--dest-creds=puller:${PASSWORD}`,
    `docker://${serving.running.host}/base/python:3.11`,
    `docker://${closed.host}/team/python:3.11`,
  ]);
});
afterAll(async () => {
  await closed?.stop();
  await serving?.[Symbol.asyncDispose]();
});

async function build(baseImageRegistry: object, baseImage = 'team/python:3.11') {
  const lines: string[] = [];
  const image = await buildServingImage(serving.parts, {
    stores: serving.state,
    content: await serving.content({ environment: { docker: { baseImage, baseImageRegistry } } }),
    platforms: [{ os: 'linux', architecture: 'amd64' }],
    pythonPolicy: 'exact',
    tag: () => 'private',
    labels: {},
    log: (line) => lines.push(line),
    signal: AbortSignal.timeout(120_000),
  });
  await serving.parts.attester.settled();
  return { image, said: lines.join('\n') };
}

test('a base is pulled with the password of its environment, and nothing else is done with it', async () => {
  const { image, said } = await build({ address: closed.host, username: 'puller', password: PASSWORD });
  expect(parseReference(image.reference).host).toBe(serving.running.host);
  expect(said).not.toContain(PASSWORD);
  expect(said).not.toContain('WARNING');
}, 120_000);

test.each([
  ['no password', () => ({ address: closed.host })],
  ['a wrong one', () => ({ address: closed.host, username: 'puller', password: 'wrong-password' })],
  ['the one of another registry', () => ({ address: 'other.example', username: 'puller', password: PASSWORD })],
])(
  'with %s the refusal says where, and no secret',
  async (_what, registry) => {
    const failed = await build(registry(), `${closed.host}/team/python:3.11`).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'RegistryUnavailable', message: expect.stringContaining(closed.host) });
    expect(JSON.stringify(failed)).not.toMatch(/password-of-the-base|wrong-password/);
  },
  60_000,
);
