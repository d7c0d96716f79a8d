import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  AksCompute,
  AksWebservice,
  ComputeTarget,
  CondaDependencies,
  createClient,
  Environment,
  InferenceConfig,
  Model,
  type SettingParameters,
  Webservice,
  Workspace,
} from './index.ts';
import { startTestServer, type TestServer } from './testing/server.ts';

let server: TestServer;
let folder: string;
let workspace: Workspace;

beforeEach(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'farled-sdk-'));
  const client = createClient({ url: server.url, token: server.token });
  workspace = await Workspace.create({ name: 'harbour', resourceGroup: 'rg', client });
  await writeFile(join(folder, 'model.pkl'), 'weights');
  await mkdir(join(folder, 'src'));
  await writeFile(join(folder, 'src', 'score.py'), 'def init(): pass\ndef run(raw): return raw\n');
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function deployed(settings: SettingParameters = {}): Promise<AksWebservice> {
  const model = await Model.register(workspace, { modelPath: join(folder, 'model.pkl'), modelName: 'mymodel' });
  const target = await ComputeTarget.create(
    workspace,
    'myaks',
    AksCompute.provisioningConfiguration({ clusterPurpose: AksCompute.ClusterPurpose.DEV_TEST, agentCount: 1 }),
  );
  await target.waitForCompletion();
  const environment = new Environment('myenv');
  environment.python.condaDependencies = CondaDependencies.create({
    condaPackages: ['scikit-learn'],
    pipPackages: ['joblib'],
    pythonVersion: '3.11',
  });
  const service = await Model.deploy(
    workspace,
    'myservice',
    [model],
    new InferenceConfig({ entryScript: 'score.py', sourceDirectory: join(folder, 'src'), environment }),
    AksWebservice.deployConfiguration({ cpuCores: 1, memoryGb: 1, ...settings }),
    target,
  );
  await service.waitForDeployment();
  return service;
}

describe('the steps of the documentation', () => {
  test('register, create, deploy, score, regenerate a key, update, delete', async () => {
    const service = await deployed();
    expect(service.state).toBe('Healthy');
    expect(await service.getLogs()).toContain('init() called');
    expect((await service.getDecisions({ last: 1 })).map(({ because }) => because)).toEqual(['maxReplicas is 2']);
    expect(await service.run({ data: [[1, 2]] })).toEqual([42]);

    const [primary, secondary] = await service.getKeys();
    const renewed = await service.regenKey('Primary');
    expect(renewed[0]).not.toBe(primary);
    expect(renewed[1]).toBe(secondary);

    const second = await Model.register(workspace, { modelPath: join(folder, 'model.pkl'), modelName: 'mymodel' });
    expect(second.id).toBe('mymodel:2');
    await service.update({ models: [second], tags: { release: '2' } });
    await service.waitForDeployment();
    const again = await Webservice.get(workspace, 'myservice');
    expect(again.tags).toEqual({ release: '2' });
    expect(again.serialize().models).toEqual(['mymodel:2']);

    await again.delete();
    expect(await Webservice.list(workspace)).toEqual([]);
  });

  test('a service with tokens is scored with them, and with keys when it changed over', async () => {
    const service = await deployed({ tokenAuthEnabled: true });
    expect(service.serialize().settings).toMatchObject({ authEnabled: false, tokenAuthEnabled: true });
    expect(await service.run({ data: [[1, 2]] })).toEqual([42]);
    const [token, refreshAfter] = await service.getToken();
    const issued = await service.getAccessToken();
    expect(token).not.toBe(issued.accessToken);
    expect(issued).toMatchObject({ tokenType: 'Bearer', refreshAfter: expect.any(Date) });
    expect(issued.expiryOn.getTime()).toBeGreaterThan(refreshAfter.getTime());
    await expect(service.getKeys()).rejects.toMatchObject({ code: 'AuthenticationKindDiffers' });
    await service.revokeTokens();
    expect(server.state.tokens.size).toBe(0);

    const elsewhere = await Webservice.get(workspace, 'myservice');
    await elsewhere.update({ authEnabled: true, tokenAuthEnabled: false });
    await elsewhere.waitForDeployment();
    await expect(elsewhere.getToken()).rejects.toMatchObject({ code: 'AuthenticationKindDiffers' });
    // This one knows of tokens still.
    expect(await service.run({ data: [[1, 2]] })).toEqual([42]);
  });

  test('a credential that is refused is taken anew once, and the request is sent again', async () => {
    const service = await deployed({ tokenAuthEnabled: true });
    const scored: string[] = [];
    server.onScore = (body) => {
      scored.push(body);
      return scored.length === 1 ? [401, { message: 'The token was revoked.' }] : [200, 'again'];
    };
    expect(await service.run('x')).toBe('again');
    const taken = () => server.seen.filter(({ operationId }) => operationId === 'getServiceToken').length;
    expect([scored, taken()]).toEqual([['x', 'x'], 2]);
    server.onScore = () => [401, { message: 'The token was revoked.' }];
    await expect(service.run('x')).rejects.toMatchObject({ code: 'Unauthorized' });
    expect(taken()).toBe(4);
    server.onScore = () => [502, { message: 'it failed' }];
    await expect(service.run('x')).rejects.toThrow('it failed');
    expect(taken()).toBe(5);
  });

  test('the lines of the log are shown once each, in order', async () => {
    server.state.holdOperations = true;
    const target = await ComputeTarget.create(workspace, 'myaks', AksCompute.provisioningConfiguration());
    const lines: string[] = [];
    const waiting = target.waitForCompletion({ showOutput: (line) => lines.push(line) });
    await expect.poll(() => lines).toEqual(['CreateCompute of myaks started.']);
    [...server.state.operations.values()].forEach((held) => held.finish());
    await waiting;
    expect(lines).toEqual(['CreateCompute of myaks started.', 'CreateCompute of myaks ended.']);
  });

  test('waiting ends when the caller aborts, and the operation goes on', async () => {
    server.state.holdOperations = true;
    const target = await ComputeTarget.create(workspace, 'myaks', AksCompute.provisioningConfiguration());
    const stop = new AbortController();
    const waiting = target.waitForCompletion({
      signal: stop.signal,
      showOutput: () => stop.abort(new Error('enough')),
    });
    await expect(waiting).rejects.toThrow('enough');
    expect([...server.state.operations.values()][0]?.operation.state).toBe('Running');
  });

  test('only files that the server lacks are uploaded', async () => {
    await deployed();
    const uploads = (): number => server.seen.filter((one) => one.operationId === 'uploadArtifact').length;
    expect(uploads()).toBe(2);
    await Model.register(workspace, { modelPath: join(folder, 'model.pkl'), modelName: 'other' });
    expect(uploads()).toBe(2);
  });

  test('a registered folder keeps its name, and comes back as it was', async () => {
    await mkdir(join(folder, 'saved', 'variables'), { recursive: true });
    await writeFile(join(folder, 'saved', 'graph.pb'), 'graph');
    await writeFile(join(folder, 'saved', 'variables', 'data'), 'x'.repeat(100_000), { mode: 0o755 });
    const model = await Model.register(workspace, { modelPath: join(folder, 'saved'), modelName: 'folder' });
    expect(model.serialize().files.map(({ path, executable }) => [path, executable === true])).toEqual([
      ['saved/graph.pb', false],
      ['saved/variables/data', true],
    ]);
    const target = join(folder, 'back');
    expect(await model.download({ targetDir: target })).toBe(join(target, 'saved'));
    expect(await readFile(join(target, 'saved', 'graph.pb'), 'utf8')).toBe('graph');
    await expect(model.download({ targetDir: target })).rejects.toThrow('exists already');
    await model.download({ targetDir: target, existOk: true });
  });

  test('a download whose bytes do not match their digest leaves nothing behind', async () => {
    const model = await Model.register(workspace, { modelPath: join(folder, 'model.pkl'), modelName: 'mymodel' });
    const [sha256 = ''] = server.state.artifacts.keys();
    server.state.artifacts.set(sha256, Buffer.from('other'));
    const target = join(folder, 'back');
    await expect(model.download({ targetDir: target })).rejects.toMatchObject({ code: 'ArtifactDigestMismatch' });
    await expect(readFile(join(target, 'model.pkl'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
