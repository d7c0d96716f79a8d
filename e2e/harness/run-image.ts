/** Runs an image by itself: its files in a folder, its entry point in it, and nothing of Farled around. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';

import { run } from '../cluster/commands.ts';
import { until } from './until.ts';

export interface ImageSettings {
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly User: string;
}

/** What other tools make of an image: its files below a folder, and how it is to be run. */
export async function unpackImage(
  reference: string,
  folder: string,
): Promise<{ readonly root: string; readonly settings: ImageSettings }> {
  const layout = await mkdtemp(join(folder, 'oci-'));
  const root = await mkdtemp(join(folder, 'root-'));
  await run('skopeo', ['copy', '--src-tls-verify=false', `docker://${reference}`, `oci:${layout}:x`]);
  const json = async <T>(path: string): Promise<T> => JSON.parse(await readFile(join(layout, path), 'utf8')) as T;
  const blob = (digest: string): string => join('blobs', digest.replace(':', '/'));
  const index = await json<{ manifests: [{ digest: string }] }>('index.json');
  const manifest = await json<{ layers: { digest: string; mediaType: string }[]; config: { digest: string } }>(
    blob(index.manifests[0].digest),
  );
  for (const { digest, mediaType } of manifest.layers) {
    const how = mediaType.endsWith('zstd') ? '--zstd' : mediaType.endsWith('gzip') ? '--gzip' : '--no-auto-compress';
    await run('tar', [how, '-xpf', join(layout, blob(digest)), '-C', root]);
  }
  const { config } = await json<{ config: ImageSettings }>(blob(manifest.config.digest));
  return { root, settings: config };
}

export interface RunningImage extends AsyncDisposable {
  score(body: string): Promise<{ readonly status: number; readonly body: string }>;
}

/** Waits until it is ready. It listens on a socket in its own /tmp: tests share no ports. */
export async function startImage(root: string, { Env, Entrypoint, User }: ImageSettings): Promise<RunningImage> {
  const socket = join(root, 'tmp', 'scoring.sock');
  await mkdir(join(root, 'dev'), { recursive: true });
  await run('mknod', ['-m', '666', join(root, 'dev', 'null'), 'c', '1', '3']).catch(() => '');
  const variables = Env.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]);
  const child = spawn('/usr/sbin/chroot', [`--userspec=${User}`, root, ...Entrypoint], {
    env: { ...(Object.fromEntries(variables) as Record<string, string>), FARLED_LISTEN: '/tmp/scoring.sock' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  await until('the image answers', async () => {
    if (child.exitCode !== null) {
      throw new Error(`The image ended: ${said}`);
    }
    return (await ask(socket, '/', '').catch(() => ({ status: 0 }))).status === 200;
  });
  return { score: (body) => ask(socket, '/score', body), [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function ask(
  socketPath: string,
  path: string,
  body: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const method = body === '' ? 'GET' : 'POST';
  const asked = request({ socketPath, path, method, headers: { 'content-type': 'application/json' }, timeout: 10_000 });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [AsyncIterable<Buffer> & { statusCode?: number }];
  let text = '';
  for await (const chunk of answer) {
    text += chunk.toString();
  }
  return { status: answer.statusCode ?? 0, body: text };
}
