import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';

import type { LayerEntry, LayerSource } from '../layers/layer.ts';
import { NODE_IN_IMAGE, nodeLayer } from './node-layer.ts';
import { PROGRAM_FILE, programLayer } from './program-layer.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
const packages = new URL('../../../', import.meta.url);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-programs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function entriesOf(layer: LayerSource): Promise<LayerEntry[]> {
  const found: LayerEntry[] = [];
  for await (const entry of layer.entries(signal)) {
    found.push(entry);
  }
  return found;
}

/** As it would be in an image, with `root` in place of `/`. */
async function unpack(layer: LayerSource, root: string): Promise<void> {
  for (const entry of await entriesOf(layer)) {
    if (entry.kind === 'file' && 'bytes' in entry.source) {
      await mkdir(dirname(join(root, entry.path)), { recursive: true });
      await writeFile(join(root, entry.path), entry.source.bytes, { mode: entry.mode });
    }
  }
}

const runtime = () =>
  programLayer({
    name: 'runtime',
    entry: new URL('runtime/src/main.ts', packages),
    at: '/opt/farled/runtime',
    extraFolders: { python: new URL('runtime/python', packages) },
  });

async function nodeBinary(): Promise<string> {
  const layer = await nodeLayer(
    { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' },
    { toolsFolder: folder },
    signal,
  );
  const [entry] = await entriesOf(layer);
  expect(entry).toMatchObject({ path: NODE_IN_IMAGE, mode: 0o755 });
  return entry?.kind === 'file' && 'file' in entry.source ? entry.source.file : '';
}

test('the runtime of an image answers requests, with nothing beside it but Node and Python', async () => {
  await unpack(await runtime(), folder);
  const [source, socket] = [join(folder, 'source'), join(folder, 'socket')];
  await mkdir(source);
  await writeFile(join(source, 'score.py'), 'def init(): pass\ndef run(raw): return raw + "!"');
  const child = spawn(await nodeBinary(), [join(folder, 'opt/farled/runtime', PROGRAM_FILE)], {
    cwd: '/',
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      AML_APP_ROOT: folder,
      AZUREML_SOURCE_DIRECTORY: source,
      AZUREML_ENTRY_SCRIPT: 'score.py',
      FARLED_REPLICA_ID: 'r',
      FARLED_LISTEN: socket,
      FARLED_PYTHON: 'python3',
      FARLED_LOG_FILE: join(folder, 'log'),
      FARLED_REPORT_FILE: join(folder, 'report'),
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(await score(socket, 'text')).toBe('"text!"');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

/** Asks until it is ready: connections are refused before, and 503 is answered after that. */
async function score(socketPath: string, body: string): Promise<string> {
  for (;;) {
    const answer = await new Promise<{ status: number; text: string } | undefined>((resolve) => {
      const call = request({ socketPath, path: '/score', method: 'POST', timeout: 20_000 }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      call.on('error', () => resolve(undefined));
      call.end(body);
    });
    if (answer?.status === 200) {
      return answer.text;
    }
    await new Promise(setImmediate);
  }
}

test('the router of an image starts, and logs', async () => {
  await unpack(
    await programLayer({ name: 'router', entry: new URL('router/src/main.ts', packages), at: '/r' }),
    folder,
  );
  const child = spawn(await nodeBinary(), [join(folder, 'r', PROGRAM_FILE)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      FARLED_ROUTER_HOST: '127.0.0.1',
      FARLED_ROUTER_PORT: '0',
      FARLED_ROUTER_CONTROL: join(folder, 'control'),
      FARLED_ROUTER_TABLE: join(folder, 'table'),
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stderr });
  const [line] = (await once(lines, 'line')) as [string];
  expect(line).toMatch(/^\{.*"msg":"Router listens"/);
});

test('a program is one file, the same from every folder, and does not say where it was made', async () => {
  const keys: string[] = [];
  for (const place of ['here', 'there']) {
    const root = join(folder, place);
    await mkdir(root);
    await writeFile(
      join(root, 'main.ts'),
      "import { name } from './name.ts';\nconst said: string = name;\nconsole.log(said, import.meta.url);",
    );
    await writeFile(
      join(root, 'name.ts'),
      "import { readFileSync } from 'node:fs';\nexport const name = typeof readFileSync;",
    );
    const layer = await programLayer({ name: 'x', entry: join(root, 'main.ts'), at: '/opt/x' });
    keys.push(layer.key);
    await unpack(layer, root);
    const { stdout } = await run(process.execPath, [join(root, 'opt/x', PROGRAM_FILE)]);
    expect(stdout).toBe(`function file://${join(root, 'opt/x', PROGRAM_FILE)}\n`);
  }
  expect(new Set(keys).size).toBe(1);
  const repository = fileURLToPath(new URL('../', packages));
  const layer = await runtime();
  expect(layer.key).toBe((await runtime()).key);
  for (const entry of await entriesOf(layer)) {
    const bytes = entry.kind === 'file' && 'bytes' in entry.source ? entry.source.bytes : Buffer.alloc(0);
    expect(Buffer.from(bytes).includes(repository)).toBe(false);
    expect(entry.path).not.toContain('__pycache__');
  }
});

test('Node for a platform that is not installed comes from npm, once', async () => {
  const bin = join(folder, 'bin');
  await mkdir(join(folder, 'content/package/bin'), { recursive: true });
  await mkdir(bin);
  await writeFile(join(folder, 'content/package/bin/node'), 'binary');
  await run('tar', ['-czf', join(folder, 'x.tgz'), '-C', join(folder, 'content'), 'package']);
  const npm = (then: string) =>
    writeFile(join(bin, 'npm'), `#!/bin/sh\n${then}\n`).then(() => chmod(join(bin, 'npm'), 0o755));
  const path = process.env['PATH'];
  onTestFinished(() => {
    process.env['PATH'] = path;
  });
  process.env['PATH'] = `${bin}:${path}`;
  const foreign = { os: 'linux', architecture: process.arch === 'arm64' ? 'amd64' : 'arm64' } as const;
  const tools = join(folder, 'tools');

  await npm('echo no network >&2; exit 1');
  await expect(nodeLayer(foreign, { toolsFolder: tools }, signal)).rejects.toMatchObject({
    code: 'ImageBuildFailed',
    message: expect.stringMatching(
      /npm could not fetch node-linux-\w+@[\d.]+, which an image needs: code 1: no network/,
    ),
  });
  expect(await readdir(tools)).toEqual([]);
  await npm(`cp ${join(folder, 'x.tgz')} "$5/node.tgz"`);
  const first = await nodeLayer(foreign, { toolsFolder: tools }, signal);
  await npm('exit 1');
  expect((await nodeLayer(foreign, { toolsFolder: tools }, signal)).key).toBe(first.key);
  expect(await entriesOf(first)).toMatchObject([{ path: NODE_IN_IMAGE, mode: 0o755, size: 6 }]);
});
