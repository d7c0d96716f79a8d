import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { anonymous, dockerConfigCredentials, firstCredentials, fixedCredentials } from './credentials.ts';

async function config(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'farled-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'config.json');
  await writeFile(path, content);
  return path;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

test('the file of docker login is read, with all the names of Docker Hub', async () => {
  const credentials = dockerConfigCredentials(
    await config(
      JSON.stringify({
        auths: {
          'https://index.docker.io/v1/': { auth: base64('hub:pass:word') },
          'a.azurecr.io': { auth: base64('00000000-0000-0000-0000-000000000000:'), identitytoken: 'refresh' },
          '127.0.0.1:5000': { username: 'u', password: 'p' },
          'empty.example.com': {},
        },
      }),
    ),
  );
  expect(await credentials('docker.io')).toEqual({ username: 'hub', password: 'pass:word' });
  expect(await credentials('a.azurecr.io')).toEqual({ identityToken: 'refresh' });
  expect(await credentials('127.0.0.1:5000')).toEqual({ username: 'u', password: 'p' });
  expect(await credentials('empty.example.com')).toBeNull();
  expect(await credentials('ghcr.io')).toBeNull();
});

test('helper programs are named, not run', async () => {
  const path = await config(
    JSON.stringify({ auths: { 'b.io': {} }, credHelpers: { 'a.io': 'ecr-login' }, credsStore: 'desktop' }),
  );
  const credentials = dockerConfigCredentials(path);
  await expect(credentials('a.io')).rejects.toThrow(/docker-credential-ecr-login/);
  await expect(credentials('b.io')).rejects.toThrow(/docker-credential-desktop/);
  expect(await credentials('c.io')).toBeNull();
});

test('a file that is not there knows nobody; one that can not be read says so without what is in it', async () => {
  const nowhere = dockerConfigCredentials(join(tmpdir(), 'farled-no-such-folder', 'config.json'));
  expect(await nowhere('a.io')).toBeNull();
  const broken = dockerConfigCredentials(await config('{"auths": {"a.io": {"auth": "c2VjcmV0"'));
  const error = await broken('a.io').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'InvalidDocument' });
  expect(String(error)).not.toContain('c2VjcmV0');
  await expect(dockerConfigCredentials(await config('{"auths": 5}'))('a.io')).rejects.toThrow(/auths/);
});

test('the first source that knows a host answers', async () => {
  const fixed = fixedCredentials({ 'index.docker.io': { username: 'a', password: 'b' } });
  const credentials = firstCredentials(anonymous, fixed);
  expect(await credentials('docker.io')).toEqual({ username: 'a', password: 'b' });
  expect(await credentials('other.io')).toBeNull();
});
