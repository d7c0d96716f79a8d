import { CLUSTER } from '@farled/contract';
import { KubernetesError, type KubernetesClient, type Permission } from '@farled/kubernetes';
import { expect, test } from 'vitest';

import { DEPLOYING_PERMISSIONS, INSTALLING_PERMISSIONS } from './permissions.ts';
import { routersOfAdministrator } from './rights.ts';

type Client = Pick<KubernetesClient, 'server' | 'missing' | 'get'>;

const OURS = 'abc';
const SIGNAL = new AbortController().signal;
const [DEPLOYING, INSTALLING] = [DEPLOYING_PERMISSIONS.slice(0, 1), INSTALLING_PERMISSIONS.slice(0, 1)];

/** A cluster where that much is not allowed, with routers of that installation. */
function cluster(lacking: readonly Permission[], installation: string | null | Error): Client {
  const found = {
    metadata: { name: CLUSTER.router, labels: { [CLUSTER.installationLabel]: installation } },
    spec: { template: { spec: { containers: [{ name: 'router', image: 'router:1' }] } } },
  };
  return {
    server: 'https://kube',
    missing: (asked) => Promise.resolve(asked.filter((one) => lacking.includes(one))),
    get: () =>
      installation instanceof Error
        ? Promise.reject(installation)
        : Promise.resolve(installation === null ? undefined : (found as never)),
  };
}

const decide = (lacking: readonly Permission[], installation: string | null | Error) =>
  routersOfAdministrator(cluster(lacking, installation), OURS, SIGNAL);

test('who may do everything installs routers, whoever did before', async () => {
  expect(await decide([], null)).toBeNull();
  expect(await decide([], OURS)).toBeNull();
});

test('who may only deploy services uses the routers that an administrator installed for it', async () => {
  expect(await decide(INSTALLING, OURS)).toEqual({ installation: OURS, image: 'router:1' });
});

test.each<[what: string, lacking: readonly Permission[], installation: string | null | Error, missing: number]>([
  ['no routers are there', INSTALLING, null, 1],
  ['those there are of another Farled', INSTALLING, 'helm', 1],
  ['they may not be looked at', [...INSTALLING, ...DEPLOYING], new KubernetesError('Forbidden', 'no'), 2],
  ['services could not be deployed', [...INSTALLING, ...DEPLOYING], OURS, 1],
  ['only services could not be deployed', DEPLOYING, null, 1],
])('it is refused with what is missing when %s', async (_what, lacking, installation, missing) => {
  const refused = { code: 'ClusterPermissionsMissing', details: { length: missing } };
  await expect(decide(lacking, installation)).rejects.toMatchObject(refused);
});

test('a cluster that is away is not taken for one without routers', async () => {
  const away = new KubernetesError('Unreachable', 'nobody answers');
  await expect(decide(INSTALLING, away)).rejects.toBe(away);
});
