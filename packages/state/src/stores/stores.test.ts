/** One suite for both databases: what holds on a laptop holds on a server. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { ANYWHERE, clusterId, EnvironmentDefinition } from '@farled/contract';
import { ManualClock } from '@farled/service';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { DatabaseOptions } from '../database.ts';
import type { Change } from '../records.ts';
import { openState, type State } from '../state.ts';
import { describeOnBothDatabases } from '../testing/databases.ts';
import {
  facts,
  FILE,
  furnish,
  makeCompute,
  makeKubernetes,
  makeWorkspace,
  model,
  newCompute,
  newService,
  PAGE,
  REFERENCE,
  SOURCE,
  spec,
} from '../testing/furnish.ts';
import { writeOldRecord } from '../testing/old-record.ts';

const SECRET = Buffer.alloc(32, 1);
describeOnBothDatabases('the stores', (makeDatabase) => {
  let database: DatabaseOptions;
  let clock: ManualClock;
  let state: State;
  let changes: Change[];

  beforeEach(async () => {
    database = await makeDatabase();
    clock = new ManualClock();
    state = await openState({ database, secretKey: SECRET, clock });
    changes = [];
    state.changes.subscribe((change) => changes.push(change));
  });
  afterEach(() => state[Symbol.asyncDispose]());

  describe('workspaces', () => {
    test('are one, whatever the case of their names', async () => {
      const made = await makeWorkspace(state);
      expect(await state.workspaces.get({ subscriptionId: 'sub', resourceGroup: 'RG', workspace: 'WS' })).toEqual(made);
      await expect(makeWorkspace(state, 'WS')).rejects.toMatchObject({ code: 'WorkspaceAlreadyExists' });
    });

    test('one that is not there is answered with those like it', async () => {
      await makeWorkspace(state, 'production');
      await expect(state.workspaces.get({ ...REFERENCE, workspace: 'producton' })).rejects.toMatchObject({
        code: 'WorkspaceNotFound',
        suggestion: expect.stringContaining('"production"'),
      });
    });

    test('are listed by tag, newest first, page by page', async () => {
      for (const name of ['a1', 'b1', 'c1']) {
        await makeWorkspace(state, name, { team: name === 'b1' ? 'red' : 'blue' });
      }
      const first = await state.workspaces.list({ tag: ['team=blue'] }, { count: 1 });
      const second = await state.workspaces.list({ tag: ['team=blue'] }, { count: 1, skipToken: first.skipToken });
      expect([first, second].map((page) => page.value.map(({ name }) => name))).toEqual([['c1'], ['a1']]);
      expect(second.skipToken).toBeUndefined();
      expect((await state.workspaces.list({ tag: ['team'] }, PAGE)).value).toHaveLength(3);
    });

    test('stay while there is something in them, and take their models with them', async () => {
      const { key } = await furnish(state);
      await expect(state.workspaces.delete(key)).rejects.toMatchObject({
        code: 'WorkspaceNotEmpty',
        message: expect.stringContaining('"myaks"'),
      });
      const [compute] = await state.computes.all();
      await state.computes.remove(compute?.id ?? '');
      await state.workspaces.delete(key);
      expect(await state.workspaces.find(REFERENCE)).toBeUndefined();
      expect(await state.referencedArtifacts()).toEqual(new Set());
    });

    test('a text that is changed leaves the others', async () => {
      const { key } = await makeWorkspace(state, 'ws', { a: '1' });
      await clock.advance(1000);
      const changed = await state.workspaces.update(key, { description: 'new' });
      expect(changed).toMatchObject({ description: 'new', tags: { a: '1' } });
      expect(changed.updatedTime > changed.createdTime).toBe(true);
    });
  });

  describe('models', () => {
    test('count their versions up, also past one that was deleted', async () => {
      const { key } = await makeWorkspace(state);
      await state.models.register(key, model('m'));
      await state.models.register(key, model('m'));
      await state.models.delete(key, { name: 'm', version: 2 });
      expect(await state.models.register(key, model('m'))).toMatchObject({ id: 'm:3', version: 3, size: 7 });
      expect((await state.models.latest(key, 'm'))?.version).toBe(3);
    });

    test('registered at once get versions of their own', async () => {
      const { key } = await makeWorkspace(state);
      const made = await Promise.all(Array.from({ length: 8 }, () => state.models.register(key, model('m'))));
      expect(made.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });

    test('are found by name, tag, property, framework and as the newest of each name', async () => {
      const { key } = await makeWorkspace(state);
      await state.models.register(key, model('a', { tags: { stage: 'test' }, framework: 'Onnx' }));
      await state.models.register(key, model('a', { tags: { stage: 'live' }, properties: { auc: '0.9' } }));
      await state.models.register(key, model('b', { tags: { stage: 'live' } }));
      const ids = async (filter: Parameters<State['models']['list']>[1]) =>
        (await state.models.list(key, filter, PAGE)).value.map(({ id }) => id);
      expect(await ids({})).toEqual(['b:1', 'a:2', 'a:1']);
      expect(await ids({ name: 'a' })).toEqual(['a:2', 'a:1']);
      expect(await ids({ tag: ['stage=live'] })).toEqual(['b:1', 'a:2']);
      expect(await ids({ tag: ['stage=live'], property: ['auc'] })).toEqual(['a:2']);
      expect(await ids({ framework: 'Onnx' })).toEqual(['a:1']);
      expect(await ids({ latest: true })).toEqual(['b:1', 'a:2']);
    });

    test('keep a property once it is set, and change their tags', async () => {
      const { key } = await makeWorkspace(state);
      await state.models.register(key, model('m', { tags: { a: '1', b: '2' }, properties: { p: '1' } }));
      const reference = { name: 'm', version: 1 };
      const changed = await state.models.update(key, reference, { addTags: { c: '3' }, removeTags: ['a'] });
      expect(changed.tags).toEqual({ b: '2', c: '3' });
      await expect(state.models.update(key, reference, { addProperties: { p: '2' } })).rejects.toMatchObject({
        code: 'BadArgument',
      });
      expect((await state.models.list(key, { tag: ['a'] }, PAGE)).value).toEqual([]);
    });

    test('are not deleted while a service uses them, now, to fall back or to be rolled back to', async () => {
      const { key } = await furnish(state);
      const { id } = await state.services.create(newService(key, 'svc'));
      await state.services.recordLastGood(id, { generation: 1, spec: spec() });
      await state.models.register(key, model('mymodel'));
      await state.services.change(id, { spec: spec({ models: ['mymodel:2'] }), operationId: randomUUID() });
      const first = { name: 'mymodel', version: 1 };
      await expect(state.models.delete(key, first)).rejects.toMatchObject({
        code: 'ModelInUse',
        message: expect.stringContaining('svc'),
      });
      await state.services.recordLastGood(id, { generation: 2, spec: spec({ models: ['mymodel:2'] }) });
      await expect(state.models.delete(key, first)).rejects.toMatchObject({ code: 'ModelInUse' });
      await state.services.recordLastGood(id, { generation: 3, spec: spec({ models: [] }) });
      await state.models.delete(key, first);
    });
  });

  describe('environments', () => {
    const definition = (changes: object = {}) => EnvironmentDefinition.parse({ name: 'env', ...changes });

    test('keep their version until the definition changes, and their digest while the packages do not', async () => {
      const { key } = await makeWorkspace(state);
      const first = await state.environments.register(key, definition());
      expect(await state.environments.register(key, definition())).toEqual(first);
      const second = await state.environments.register(key, definition({ environmentVariables: { A: '1' } }));
      expect([first.version, second.version]).toEqual(['1', '2']);
      expect(second.digest).toBe(first.digest);
      expect((await state.environments.get(key, 'env', '1')).definition.environmentVariables).toEqual({});
      expect((await state.environments.get(key, 'env')).version).toBe('2');
      expect((await state.environments.list(key, PAGE)).value.map(({ version }) => version)).toEqual(['2']);
      await expect(state.environments.get(key, 'env', '9')).rejects.toMatchObject({ code: 'EnvironmentNotFound' });
    });
  });

  describe('passwords of base image registries', () => {
    const registry = (password: string | null) => ({ address: 'registry.example', username: 'puller', password });
    const definition = (password: string | null) =>
      EnvironmentDefinition.parse({ name: 'env', docker: { baseImageRegistry: registry(password) } });

    test('are encrypted, in no definition, and make a version when they change', async () => {
      const { key } = await makeWorkspace(state);
      const open = await state.environments.register(key, definition(null));
      const first = await state.environments.register(key, definition('hunter-1'));
      expect(await state.environments.register(key, definition('hunter-1'))).toEqual(first);
      const second = await state.environments.register(key, definition('hunter-2'));
      expect([open, first, second].map(({ version }) => version)).toEqual(['1', '2', '3']);
      expect(second.digest).toBe(open.digest);
      expect(second.definition.docker.baseImageRegistry).toEqual(registry(null));
      const shown = [await state.environments.get(key, 'env'), await state.environments.list(key, PAGE), first];
      expect(JSON.stringify(shown)).not.toContain('hunter');
      const passwords = ['1', '2', '3'].map((version) => state.environments.registryPassword(key, 'env', version));
      expect(await Promise.all(passwords)).toEqual([null, 'hunter-1', 'hunter-2']);
      await expect(state.environments.registryPassword(key, 'env', '4')).rejects.toMatchObject({
        code: 'EnvironmentNotFound',
      });
      if (database.kind === 'sqlite') {
        const bytes = Buffer.concat([await readFile(database.path), await readFile(`${database.path}-wal`)]);
        expect(bytes.includes('puller')).toBe(true);
        expect(bytes.includes('hunter')).toBe(false);
      }
    });

    test('stay with a definition that comes back as it was shown, and only with that', async () => {
      const { key } = await makeWorkspace(state);
      const first = await state.environments.register(key, definition('hunter-1'));
      expect(await state.environments.register(key, first.definition)).toEqual(first);
      const changed = { ...first.definition, environmentVariables: { A: '1' } };
      expect((await state.environments.register(key, changed)).version).toBe('2');
      expect(await state.environments.registryPassword(key, 'env', '2')).toBeNull();
      expect((await state.environments.register(key, first.definition)).version).toBe('3');
      expect(await state.environments.registryPassword(key, 'env', '3')).toBe('hunter-1');
    });
  });

  describe('clusters and compute targets', () => {
    test('a cluster serves one compute target, and is kept while it does', async () => {
      const { key } = await makeWorkspace(state);
      await makeCompute(state, key);
      const resourceId = clusterId({ subscriptionId: 'SUB', resourceGroup: 'RG', cluster: 'MYAKS' });
      expect((await state.clusters.get(resourceId)).attachedTo?.compute).toBe('myaks');
      const again = newCompute(randomUUID(), key, 'other', resourceId);
      await expect(state.computes.create(again)).rejects.toMatchObject({ code: 'ClusterInUse' });
      await expect(state.clusters.remove(resourceId)).rejects.toMatchObject({ code: 'ClusterInUse' });
      await expect(state.clusters.add(resourceId, { kind: 'local', agentCount: 1, vmSize: 'x' })).rejects.toMatchObject(
        {
          code: 'ClusterAlreadyExists',
        },
      );
      await state.computes.remove((await state.computes.get(key, 'MyAks')).id);
      await state.clusters.remove(resourceId);
      expect((await state.clusters.list(PAGE)).value).toEqual([]);
    });

    test('a compute target stays while a service runs on it', async () => {
      const { key } = await furnish(state);
      const { id } = await state.computes.get(key, 'myaks');
      const service = await state.services.create(newService(key, 'svc'));
      await expect(state.computes.markDeleting(id, randomUUID())).rejects.toMatchObject({
        code: 'ComputeInUse',
        message: expect.stringContaining('"svc"'),
      });
      expect(await state.services.onCompute(id)).toEqual([service]);
      await state.services.remove(service.id);
      await state.computes.markDeleting(id, randomUUID());
      expect((await state.computes.byId(id))?.provisioningState).toBe('Deleting');
    });
  });

  describe('clusters that are a Kubernetes', () => {
    test('keep how to reach them sealed, bound to their id, and apart from what is shown', async () => {
      const resourceId = await makeKubernetes(state, 'kube');
      expect(await state.clusters.connection(resourceId.toUpperCase())).toBe('token-of-the-cluster');
      const shown = await state.clusters.get(resourceId);
      expect(shown).toMatchObject({ kind: 'kubernetes', agentCount: 2, vmSize: 'kubernetes', kubernetes: facts() });
      expect(JSON.stringify([shown, await state.clusters.list(PAGE)])).not.toContain('token-of-the-cluster');
      if (database.kind === 'sqlite') {
        const bytes = Buffer.concat([await readFile(database.path), await readFile(`${database.path}-wal`)]);
        expect(bytes.includes('kube.example')).toBe(true);
        expect(bytes.includes('token-of-the-cluster')).toBe(false);
      }
      await state.clusters.remove(resourceId);
      expect(await state.clusters.connection(resourceId)).toBeUndefined();
    });

    test('this machine has no connection, and takes none', async () => {
      const { key } = await makeWorkspace(state);
      await makeCompute(state, key);
      const resourceId = clusterId({ subscriptionId: 'Sub', resourceGroup: 'rg', cluster: 'myaks' });
      expect(await state.clusters.connection(resourceId)).toBeUndefined();
      const connected = { connection: 'token', facts: facts() };
      await expect(state.clusters.replaceConnection(resourceId, connected)).rejects.toMatchObject({
        code: 'ClusterAlreadyExists',
      });
      expect(await state.clusters.get(resourceId)).toMatchObject({ kind: 'local', kubernetes: null });
    });

    test('a credential is replaced while the cluster is attached, and its compute target told', async () => {
      const { key } = await makeWorkspace(state);
      const resourceId = await makeKubernetes(state, 'kube');
      const id = randomUUID();
      await state.computes.create(newCompute(id, key, 'kube', resourceId));
      changes.length = 0;
      const renewed = facts({ nodes: 3, instanceType: 'Standard_D3_v2' });
      await state.clusters.replaceConnection(resourceId, { connection: 'another-token', facts: renewed });
      expect(changes).toEqual([{ kind: 'compute', id }]);
      expect(await state.clusters.connection(resourceId)).toBe('another-token');
      expect(await state.computes.byId(id)).toMatchObject({
        clusterKind: 'kubernetes',
        agentCount: 3,
        vmSize: 'Standard_D3_v2',
        kubernetes: renewed,
      });
    });

    test('a credential of another cluster is refused while the first is attached', async () => {
      const { key } = await makeWorkspace(state);
      const resourceId = await makeKubernetes(state, 'kube');
      const other = { connection: 'other-token', facts: facts({ uid: 'uid-of-other', server: 'https://other' }) };
      await state.clusters.replaceConnection(resourceId, other);
      await state.clusters.replaceConnection(resourceId, { connection: 'token', facts: facts() });
      await state.computes.create(newCompute(randomUUID(), key, 'kube', resourceId));
      await expect(state.clusters.replaceConnection(resourceId, other)).rejects.toMatchObject({
        code: 'ClusterInUse',
        message: expect.stringContaining('https://other'),
      });
      expect(await state.clusters.connection(resourceId)).toBe('token');
      const unnamed = { connection: 'a-lesser-token', facts: facts({ uid: null }) };
      expect((await state.clusters.replaceConnection(resourceId, unnamed)).kubernetes?.uid).toBeNull();
    });

    test('one that is known by two names is attached once', async () => {
      const { key } = await makeWorkspace(state);
      const [one, two] = [await makeKubernetes(state, 'one'), await makeKubernetes(state, 'two')];
      await state.computes.create(newCompute(randomUUID(), key, 'first', one));
      const again = state.computes.create(newCompute(randomUUID(), key, 'second', two));
      await expect(again).rejects.toMatchObject({
        code: 'ClusterInUse',
        message: expect.stringMatching(/known also as .*managedClusters\/one.*workspaces\/ws.*"first"/),
      });
    });

    test('what was found anew is announced when it differs', async () => {
      const { key } = await makeWorkspace(state);
      const resourceId = await makeKubernetes(state, 'kube');
      const id = randomUUID();
      await state.computes.create(newCompute(id, key, 'kube', resourceId));
      changes.length = 0;
      await state.clusters.setFacts(resourceId, facts());
      await state.clusters.setFacts(`${resourceId}-gone`, facts());
      expect(changes).toEqual([]);
      await state.clusters.setFacts(resourceId, facts({ nodes: 0 }));
      expect(changes).toEqual([{ kind: 'compute', id }]);
      expect((await state.clusters.get(resourceId)).agentCount).toBe(0);
    });

    test('attached again is as it is said to be then, and tells its services', async () => {
      const { key } = await furnish(state);
      const id = randomUUID();
      await state.computes.create(newCompute(id, key, 'kube', await makeKubernetes(state, 'kube')));
      await state.services.create(newService(key, 'svc', { spec: spec({ computeName: 'kube' }) }));
      await state.services.create(newService(key, 'other'));
      await state.computes.setProvisioning(id, 'Failed', [{ code: 'Unavailable', message: 'away' }]);
      changes.length = 0;
      const said = {
        clusterPurpose: 'FastProd',
        loadBalancerType: 'PublicIp',
        loadBalancerSubnet: null,
        serviceType: 'NodePort',
        namespace: 'models',
        placement: { ...ANYWHERE, runtimeClassName: 'kata' },
        description: 'again',
        tags: { a: 'b' },
        operationId: randomUUID(),
      } as const;
      await state.computes.change(id, said);
      expect(await state.computes.byId(id)).toMatchObject({
        ...said,
        name: 'kube',
        provisioningState: 'Updating',
        provisioningErrors: [],
      });
      const service = await state.services.get(key, 'svc');
      expect(changes).toEqual([
        { kind: 'compute', id },
        { kind: 'service', id: service.id },
      ]);
    });

    test('where its router is reached is announced when it differs', async () => {
      const { key } = await makeWorkspace(state);
      const id = randomUUID();
      const placement = { ...ANYWHERE, nodeSelector: { pool: 'gpu' } };
      const asked = newCompute(id, key, 'kube', await makeKubernetes(state, 'kube'));
      expect((await state.computes.create({ ...asked, placement })).placement).toEqual(placement);
      changes.length = 0;
      await state.computes.setScoringUrl(id, 'http://10.0.0.1');
      await state.computes.setScoringUrl(id, 'http://10.0.0.1');
      expect(changes).toEqual([{ kind: 'compute', id }]);
      expect((await state.computes.get(key, 'kube')).scoringUrl).toBe('http://10.0.0.1');
    });

    test('names of services on them are free for this machine', async () => {
      const { key } = await furnish(state);
      await state.computes.create(newCompute(randomUUID(), key, 'kube', await makeKubernetes(state, 'kube')));
      await state.services.create(newService(key, 'svc', { spec: spec({ computeName: 'kube' }) }));
      expect(await state.services.nameTaken('svc', randomUUID())).toBe(false);
    });

    test('a secret is recognised by its fingerprint, under one key alone', async () => {
      expect(state.fingerprint('secret')).toMatch(/^[0-9a-f]{64}$/);
      expect(state.fingerprint('secret')).toBe(state.fingerprint('secret'));
      expect(state.fingerprint('secret')).not.toBe(state.fingerprint('secret '));
      await using other = await openState({ database, secretKey: Buffer.alloc(32, 2), clock });
      expect(other.fingerprint('secret')).not.toBe(state.fingerprint('secret'));
    });

    test('a record from before them is brought up to date with all it has', async () => {
      await state[Symbol.asyncDispose]();
      database = await makeDatabase();
      await writeOldRecord(database);
      state = await openState({ database, secretKey: SECRET, clock });
      expect(await state.computes.all()).toMatchObject([
        {
          name: 'old',
          clusterKind: 'local',
          kubernetes: null,
          agentCount: 3,
          vmSize: 'Standard_D3_v2',
          serviceType: 'LoadBalancer',
          loadBalancerSubnet: null,
          placement: null,
          scoringUrl: null,
        },
      ]);
    });
  });

  describe('services', () => {
    test('get a new generation with another spec, and when a failed one is tried again', async () => {
      const { key } = await furnish(state);
      const { id, status } = await state.services.create(newService(key, 'svc'));
      const change = async (changed: object) =>
        (await state.services.change(id, { operationId: randomUUID(), ...changed })).generation;
      expect(await change({ description: 'text' })).toBe(1);
      expect(await change({ spec: spec() })).toBe(1);
      expect(await change({ spec: spec({ entryScript: 'other.py' }) })).toBe(2);
      await state.services.recordStatus(id, { ...status, state: 'Failed', observedGeneration: 2 });
      expect(await change({ spec: spec({ entryScript: 'other.py' }) })).toBe(3);
    });

    test('announce a status only when it differs', async () => {
      const { key } = await furnish(state);
      const { id, status, updatedTime } = await state.services.create(newService(key, 'svc'));
      await clock.advance(1000);
      changes.length = 0;
      await state.services.recordStatus(id, status);
      expect(changes).toEqual([]);
      await state.services.recordStatus(id, { ...status, state: 'Healthy' });
      expect(changes).toEqual([{ kind: 'service', id }]);
      expect(await state.services.byId(id)).toMatchObject({ status: { state: 'Healthy' }, updatedTime });
    });

    test('are listed last changed first, by model, compute target and tag', async () => {
      const { key } = await furnish(state);
      await state.models.register(key, model('other'));
      const a = await state.services.create(newService(key, 'aaa', { tags: { t: '1' } }));
      await clock.advance(1000);
      await state.services.create(newService(key, 'bbb', { spec: spec({ models: ['other:1'] }) }));
      await clock.advance(1000);
      await state.services.change(a.id, { description: 'x', operationId: randomUUID() });
      const names = async (filter: Parameters<State['services']['list']>[1], page = PAGE) =>
        (await state.services.list(key, filter, page)).value.map(({ name }) => name);
      expect(await names({})).toEqual(['aaa', 'bbb']);
      expect(await names({ modelName: 'other' })).toEqual(['bbb']);
      expect(await names({ modelId: 'mymodel:1' })).toEqual(['aaa']);
      expect(await names({ modelId: 'mymodel:2' })).toEqual([]);
      expect(await names({ computeName: 'MYAKS', tag: ['t'] })).toEqual(['aaa']);
      const first = await state.services.list(key, {}, { count: 1 });
      const second = await state.services.list(key, {}, { count: 1, skipToken: first.skipToken });
      expect(second.value.map(({ name }) => name)).toEqual(['bbb']);
    });

    test('a name is known to be taken by another workspace', async () => {
      const { key } = await furnish(state);
      await state.services.create(newService(key, 'svc'));
      expect(await state.services.nameTaken('svc', key)).toBe(false);
      expect(await state.services.nameTaken('svc', randomUUID())).toBe(true);
      await expect(state.services.create(newService(key, 'svc'))).rejects.toMatchObject({
        code: 'ServiceAlreadyExists',
      });
    });

    test('remember what was good before, until something else is', async () => {
      const { key } = await furnish(state);
      const { id } = await state.services.create(newService(key, 'svc'));
      const good = async (generation: number, entryScript: string): Promise<unknown> => {
        await state.services.recordLastGood(id, { generation, spec: spec({ entryScript }) });
        return (await state.services.byId(id))?.previousGood;
      };
      expect(await good(1, 'a.py')).toBeNull();
      expect(await good(2, 'a.py')).toBeNull();
      expect(await good(3, 'b.py')).toMatchObject({ generation: 2, spec: { entryScript: 'a.py' } });
      expect(await good(4, 'b.py')).toMatchObject({ generation: 2, spec: { entryScript: 'a.py' } });
      expect(await good(5, 'a.py')).toMatchObject({ generation: 4, spec: { entryScript: 'b.py' } });
    });

    test('keep their files in use: those wanted, those to fall back to, and those to be rolled back to', async () => {
      const { key } = await furnish(state);
      const { id } = await state.services.create(newService(key, 'svc'));
      const old = { path: 'old.py', sha256: 'c'.repeat(64), size: 1 };
      await state.services.recordLastGood(id, { generation: 1, spec: spec({ source: [old] }) });
      expect(await state.referencedArtifacts()).toEqual(new Set([FILE.sha256, SOURCE.sha256, old.sha256]));
      const newer = { path: 'new.py', sha256: 'd'.repeat(64), size: 1 };
      await state.services.recordLastGood(id, { generation: 2, spec: spec({ source: [newer] }) });
      expect(await state.referencedArtifacts()).toContain(old.sha256);
      expect(await state.referencedArtifacts()).toContain(newer.sha256);
    });
  });

  describe('packages', () => {
    test('keep their files in use: what they are made from, then what was made for a Dockerfile', async () => {
      const { key } = await makeWorkspace(state);
      const { entryScript, source, environment } = spec();
      const code = { models: [], entryScript, source, environment };
      const made = { form: 'dockerfile', imageName: 'package', imageLabel: '1', ...code } as const;
      const id = randomUUID();
      changes.length = 0;
      const created = await state.packages.create({ id, workspaceId: key, spec: made });
      expect(created).toMatchObject({ id, spec: made, result: null });
      expect(changes).toEqual([{ kind: 'package', id }]);
      expect(await state.referencedArtifacts()).toEqual(new Set([SOURCE.sha256]));
      const files = [
        { ...SOURCE, path: 'source/score.py' },
        { path: 'Dockerfile', sha256: 'e'.repeat(64), size: 9 },
      ];
      await state.packages.recordResult(id, { location: null, digest: null, files });
      expect((await state.packages.get(key, id)).result?.files).toEqual(files);
      expect(await state.referencedArtifacts()).toEqual(new Set([SOURCE.sha256, 'e'.repeat(64)]));
      const other = state.packages.get(randomUUID(), id);
      await expect(other).rejects.toMatchObject({ code: 'PackageNotFound' });
    });
  });

  describe('tokens', () => {
    test('of a service are taken from a later second on with every revocation, even if the clock goes back', async () => {
      const { key } = await furnish(state);
      const service = await state.services.create(newService(key, 'svc'));
      expect(service.tokensNotBefore).toBe(0);
      const now = Math.floor(clock.now() / 1000);
      expect(await state.services.revokeTokens(service.id)).toBe(now + 1);
      expect(await state.services.revokeTokens(service.id)).toBe(now + 2);
      expect((await state.services.byId(service.id))?.tokensNotBefore).toBe(now + 2);
      expect(changes.at(-1)).toEqual({ kind: 'service', id: service.id });
    });

    test('are signed with keys that are kept sealed, newest first, and announced as they come and go', async () => {
      await state.signingKeys.add({ id: 'old', purpose: 'service', privateKey: 'first' });
      await clock.advance(1000);
      await state.signingKeys.add({ id: 'new', purpose: 'service', privateKey: 'second' });
      await state.signingKeys.add({ id: 'other', purpose: 'access', privateKey: 'third' });
      expect((await state.signingKeys.list('service')).map(({ id, privateKey }) => [id, privateKey])).toEqual([
        ['new', 'second'],
        ['old', 'first'],
      ]);
      await state.signingKeys.remove('old');
      expect((await state.signingKeys.list('service')).map(({ id }) => id)).toEqual(['new']);
      expect(changes.filter(({ kind }) => kind === 'signingKey').map(({ id }) => id)).toEqual([
        'old',
        'new',
        'other',
        'old',
      ]);
    });
  });

  describe('keys', () => {
    test('are encrypted, replaced one by one, and gone with their service', async () => {
      const { key } = await furnish(state);
      const { id } = await state.services.create(newService(key, 'svc'));
      await state.keys.set(id, { primaryKey: 'primary-secret', secondaryKey: 'secondary-secret' });
      changes.length = 0;
      const replaced = await state.keys.replace(id, 'primaryKey', 'another-secret');
      expect(replaced).toEqual({ primaryKey: 'another-secret', secondaryKey: 'secondary-secret' });
      expect(changes).toEqual([{ kind: 'service', id }]);
      if (database.kind === 'sqlite') {
        const bytes = Buffer.concat([await readFile(database.path), await readFile(`${database.path}-wal`)]);
        expect(bytes.includes('svc')).toBe(true);
        expect(bytes.includes('-secret')).toBe(false);
      }
      await state.services.remove(id);
      await expect(state.keys.get(id)).rejects.toMatchObject({ code: 'ServiceNotFound' });
    });
  });

  describe('operations', () => {
    const asked = (workspaceId: string, changed: object = {}) => ({
      workspaceId,
      kind: 'UpdateService' as const,
      targetType: 'service' as const,
      targetId: 'target',
      targetName: 'svc',
      requestDigest: 'digest',
      ...changed,
    });

    test('start once for an id, and one at a time for a target', async () => {
      const { key } = await makeWorkspace(state);
      const id = randomUUID();
      const first = await state.operations.start(asked(key, { id }));
      expect(first.existing).toBe(false);
      expect(await state.operations.start(asked(key, { id }))).toEqual({ ...first, existing: true });
      await expect(state.operations.start(asked(key, { id, requestDigest: 'x' }))).rejects.toMatchObject({
        code: 'OperationIdReused',
      });
      await expect(state.operations.start(asked(key))).rejects.toMatchObject({ code: 'OperationInProgress' });
      await state.operations.setState(id, 'Succeeded');
      await state.operations.start(asked(key));
      expect(await state.operations.running()).toHaveLength(1);
    });

    test('stay as they ended', async () => {
      const { key } = await makeWorkspace(state);
      const { operation } = await state.operations.start(asked(key));
      await state.operations.setState(operation.id, 'Running');
      const error = { code: 'Timeout', statusCode: 504, message: 'late', details: [] };
      await clock.advance(1000);
      await state.operations.setState(operation.id, 'Failed', error);
      await state.operations.setState(operation.id, 'Succeeded');
      await state.operations.requestCancel(operation.id);
      const ended = await state.operations.get(key, operation.id);
      expect(ended).toMatchObject({ state: 'Failed', error, cancelRequested: false });
      expect(Date.parse(ended.endTime ?? '') - Date.parse(ended.startTime ?? '')).toBe(1000);
    });

    test('have a log that is read on from where it was left', async () => {
      const { key } = await makeWorkspace(state);
      const { operation } = await state.operations.start(asked(key));
      const { id } = operation;
      await state.operations.appendLog(id, ['a', 'b']);
      await state.operations.appendLog(
        id,
        Array.from({ length: 1500 }, (_, index) => `line ${index}`),
      );
      await state.operations.setState(id, 'Succeeded');
      const first = await state.operations.log(id, 0);
      expect(first).toMatchObject({ next: 1000, state: 'Running' });
      const second = await state.operations.log(id, first.next);
      expect(second).toMatchObject({ next: 1502, state: 'Succeeded' });
      expect(second.lines.at(-1)?.text).toBe('line 1499');
    });
  });

  describe('a transaction', () => {
    test('leaves nothing when it fails, and announces nothing', async () => {
      const { key } = await furnish(state);
      changes.length = 0;
      const failed = state.transaction(async (stores) => {
        await stores.services.create(newService(key, 'svc'));
        throw new Error('changed my mind');
      });
      await expect(failed).rejects.toThrow('changed my mind');
      expect(await state.services.all()).toEqual([]);
      expect(changes).toEqual([]);
    });

    test('announces each change once, after its commit', async () => {
      const { key } = await furnish(state);
      changes.length = 0;
      const service = newService(key, 'svc');
      await state.transaction(async (stores) => {
        await stores.services.create(service);
        await stores.keys.set(service.id, { primaryKey: 'p', secondaryKey: 's' });
        expect(changes).toEqual([]);
      });
      expect(changes).toEqual([{ kind: 'service', id: service.id }]);
    });
  });

  test('a record that is opened again has everything, its secrets only with their key', async () => {
    const { key } = await furnish(state);
    const { id } = await state.services.create(newService(key, 'svc'));
    await state.keys.set(id, { primaryKey: 'p', secondaryKey: 's' });
    const before = await state.services.byId(id);
    await state[Symbol.asyncDispose]();
    state = await openState({ database, secretKey: SECRET, clock });
    expect(await state.services.byId(id)).toEqual(before);
    expect(await state.keys.get(id)).toEqual({ primaryKey: 'p', secondaryKey: 's' });
    await using other = await openState({ database, secretKey: Buffer.alloc(32, 2), clock });
    await expect(other.keys.get(id)).rejects.toMatchObject({ code: 'InternalError' });
  });
});
