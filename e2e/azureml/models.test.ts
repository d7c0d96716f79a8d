import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Model, Workspace } from '@farled/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { azuremlClient, type AzuremlClient, faults, type Journey } from '../harness/azureml-client.ts';
import { deployment, devTestCompute, inference, SCORE } from '../harness/sample.ts';
import { startServer, type TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';

const SOAK = process.env['FARLED_SOAK'] !== undefined;
/** Of a file that is uploaded in blocks; a server that held it, or a good part of it, would be larger. */
const LARGE_MIB = SOAK ? 1024 : 200;
const MOST_MEMORY_MIB = 300;

let server: TestServer;
let client: AzuremlClient;

beforeAll(async () => {
  server = await startServer();
  client = await azuremlClient(server);
}, 600_000);

afterAll(async () => {
  await client?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const workspace = (name: string): Promise<Workspace> =>
  Workspace.create({ client: server.client, name, resourceGroup: 'e2e' });

/** Runs a program in a folder of its own. */
async function run(program: string, args: readonly string[] = []): Promise<Journey> {
  const cwd = join(client.home, program);
  await mkdir(cwd, { recursive: true });
  await server.workspace.writeConfig({ path: cwd });
  return client.run(program, args, { cwd });
}

test('scripts register, find, change and fetch models as they did', async () => {
  expect(faults(await run('models.py'))).toEqual([]);
}, 300_000);

test('scripts find what other clients registered, and these what scripts did', async () => {
  const others = await workspace('others');
  const folder = join(client.home, 'sent');
  await mkdir(join(folder, 'net', 'b'), { recursive: true });
  const files = { 'model.txt': 'file', 'net/a.txt': 'a', 'net/b/c.txt': 'c' };
  for (const [path, text] of Object.entries(files)) {
    await writeFile(join(folder, path), text);
  }
  const modelPath = join(folder, 'model.txt');
  for (let version = 1; version <= 45; version += 1) {
    await Model.register(others, { modelPath, modelName: 'many' });
  }
  await Model.register(others, {
    modelPath,
    modelName: 'file',
    description: 'A file',
    tags: { a: '1' },
    properties: { b: '2' },
    modelFramework: 'TfKeras',
    modelFrameworkVersion: '2.15',
  });
  await Model.register(others, { modelPath: join(folder, 'net'), modelName: 'folder' });
  const used = await Model.register(others, { modelPath, modelName: 'used' });
  await devTestCompute(others);
  const service = await used.deploy('scorer', await inference(folder, 'src', SCORE('v1')), deployment(), 'myaks');

  expect(faults(await run('models_of_others.py', ['others']))).toEqual([]);

  const back = await Model.get(others, { name: 'back' });
  expect(back.serialize()).toMatchObject({
    description: 'Sent back',
    files: [{ path: 'net/a.txt' }, { path: 'net/b/c.txt' }],
  });
  const path = await back.download({ targetDir: join(client.home, 'back') });
  expect(await readFile(join(path, 'b', 'c.txt'), 'utf8')).toBe('c');
  await service.delete();
}, 300_000);

test('three workspaces have models of one name side by side', async () => {
  const names = ['one', 'two', 'three'];
  for (const name of names) {
    await workspace(name);
  }
  expect(faults(await run('models_side_by_side.py', names))).toEqual([]);
}, 300_000);

test('the server holds no file that is sent to it, or by it', async () => {
  const { pid } = server.process();
  // Linux: the peak so far is forgotten.
  await writeFile(`/proc/${pid}/clear_refs`, '5');
  expect(faults(await run('models_large.py', [String(LARGE_MIB)]))).toEqual([]);
  expect(await peakMemoryMib(pid)).toBeLessThan(MOST_MEMORY_MIB);
}, 540_000);

test('an upload that breaks off leaves no model, and can be done again', async () => {
  expect((await run('models_broken_off.py', ['broken', '5'])).code).toBe(9);
  expect(await Model.list(server.workspace, { name: 'broken' })).toEqual([]);
  expect(faults(await run('models_broken_off.py', ['broken']))).toEqual([]);
}, 300_000);

test.runIf(SOAK)(
  'an upload goes on when the server comes back',
  async () => {
    const parts = join(server.home, 'artifacts', 'parts');
    const before = await readdir(parts);
    const uploading = run('models_broken_off.py', ['restarted']);
    await until('some blocks have come', async () => {
      const upload = (await readdir(parts)).find((name) => !before.includes(name));
      return upload !== undefined && (await readdir(join(parts, upload))).length >= 3;
    });
    await server.kill();
    await server.restart();
    expect(faults(await uploading)).toEqual([]);
  },
  300_000,
);

async function peakMemoryMib(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
