import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';

import { CLUSTER } from '@farled/contract';
import { ComputeTarget, KubernetesCompute, Model } from '@farled/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cluster } from '../cluster/cluster.ts';
import type { Registry } from '../cluster/registry.ts';
import { attachOrStart, START_TIMEOUT_MS, whyNoCluster } from '../cluster/shared-cluster.ts';
import { deployment, inference, temporaryFolder, type TemporaryFolder } from '../harness/sample.ts';
import { startServer } from '../harness/server.ts';
import { claimCluster, isExternal } from './claim.ts';
import { get, podsOf } from './objects.ts';
import { COMPUTE, expectNothingLeft, leaveCluster, registryVariables, startAttached } from './server.ts';

const LOGIN = { username: 'farled', password: 'open $esame' };
const SCRIPT = `def init():\n    pass\n\ndef run(raw):\n    return 'sealed'\n`;
/** Another registry can only be started beside a cluster of the tests' own. */
const impossible = whyNoCluster() !== undefined || isExternal(process.env);

describe.skipIf(impossible)('a registry with TLS and a password', () => {
  let cluster: Cluster;
  let parts: AsyncDisposableStack;
  let folder: TemporaryFolder;
  let registry: Registry;
  let authority: string;

  beforeAll(async () => {
    cluster = await attachOrStart();
    await using started = new AsyncDisposableStack();
    folder = started.use(await temporaryFolder());
    registry = await cluster.startRegistry({ tls: true, htpasswd: LOGIN });
    started.defer(() => registry.stop());
    authority = await readFile(registry.authority ?? '', 'utf8');
    parts = started.move();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await parts?.disposeAsync();
  });

  async function variables(password: string): Promise<Record<string, string>> {
    const file = join(folder.path, 'password');
    await writeFile(file, `${password}\n`);
    return {
      FARLED_REGISTRY: `${registry.host}/sealed`,
      FARLED_REGISTRY_USERNAME: LOGIN.username,
      FARLED_REGISTRY_PASSWORD_FILE: file,
      FARLED_REGISTRY_CA_FILE: registry.authority ?? '',
    };
  }

  function statusOf(path: string, auth?: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json';
      const options = { ca: authority, headers: { accept }, ...(auth === undefined ? {} : { auth }) };
      request(`https://${registry.host}/v2/${path}`, options, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
  }

  test('is pushed to, and nodes pull from it with a Secret that goes with the compute target', async () => {
    let installation: string;
    {
      await using attached = await startAttached(cluster, { variables: await variables(LOGIN.password) });
      ({ installation } = attached);
      const config = await inference(folder.path, 'sealed', SCRIPT);
      const settings = deployment({ numReplicas: 1 });
      const service = await Model.deploy(attached.server.workspace, 'sealed', [], config, settings, COMPUTE);
      await service.waitForDeployment();
      expect(await service.run('{}')).toBe('sealed');

      const [pod] = await podsOf(cluster, 'sealed');
      expect(pod?.spec.imagePullSecrets).toEqual([{ name: 'farled-registry' }]);
      const [, repository, digest] = /^[^/]+\/(.+)@(.+)$/.exec(pod?.spec.containers[0].image) ?? [];
      expect(await statusOf(`${repository}/manifests/${digest}`)).toBe(401);
      expect(await statusOf(`${repository}/manifests/${digest}`, `${LOGIN.username}:${LOGIN.password}`)).toBe(200);
      for (const namespace of ['default', CLUSTER.systemNamespace]) {
        const secret = await get(cluster, 'secret', 'farled-registry', `--namespace=${namespace}`);
        const text = Buffer.from(secret?.data?.['.dockerconfigjson'] ?? '', 'base64').toString();
        expect(JSON.parse(text)).toEqual({
          auths: {
            [registry.host]: {
              ...LOGIN,
              auth: Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64'),
            },
          },
        });
      }
    }
    await expectNothingLeft(cluster, installation);
  }, 180_000);

  test('refuses a wrong password, which is said when the cluster is attached', async () => {
    await using _claim = await claimCluster(cluster);
    await using server = await startServer({ ...registryVariables(cluster), ...(await variables('wrong')) });
    const { kubeconfig: kubeconfigPath } = cluster;
    const configuration = KubernetesCompute.attachConfiguration({ kubeconfigPath, clusterPurpose: 'DevTest' });
    const target = await ComputeTarget.attach(server.workspace, COMPUTE, configuration);
    await expect(target.waitForCompletion()).rejects.toMatchObject({
      code: 'RegistryUnavailable',
      message: expect.stringContaining(registry.host),
      suggestion: expect.stringContaining('user name and password'),
    });
    expect(await get(cluster, 'namespace', CLUSTER.systemNamespace)).toBeUndefined();
    await leaveCluster(server);
  }, 120_000);
});
