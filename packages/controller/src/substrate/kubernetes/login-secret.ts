/** Logins for registries, as nodes and builders read them. Pure. */
import type { KubernetesObject, Secret } from '@farled/kubernetes';

export interface RegistryLogin {
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

interface SecretPlace {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** With which it goes. */
  readonly owner?: KubernetesObject;
}

export function loginSecret(
  { name, namespace, labels = {}, owner }: SecretPlace,
  logins: readonly RegistryLogin[],
): Secret {
  const auths = logins.map(({ host, username, password }) => {
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    return [host, { username, password, auth }] as const;
  });
  const config = JSON.stringify({ auths: Object.fromEntries(auths) });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      ...(owner === undefined ? {} : { ownerReferences: [ownerReference(owner)] }),
    },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(config).toString('base64') },
  };
}

function ownerReference({ apiVersion, kind, metadata: { name, uid = '' } }: KubernetesObject): {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
} {
  return { apiVersion, kind, name, uid };
}
