/** What lets nodes pull from a registry that asks who they are. */
import { CLUSTER } from '@farled/contract';
import { KINDS, type KubernetesClient, type Secret } from '@farled/kubernetes';

export interface RegistryLogin {
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

const PULL_SECRET = 'farled-registry';

/** Null when nodes pull without being asked who they are. */
export function pullSecretName(login: RegistryLogin | null): string | null {
  return login === null ? null : PULL_SECRET;
}

/** Makes the Secret in a namespace once, and again when this program starts anew; the password may have changed. */
export class PullSecrets {
  readonly #client: KubernetesClient;
  readonly #installation: string;
  readonly #login: RegistryLogin | null;
  readonly #made = new Map<string, Promise<void>>();

  constructor(client: KubernetesClient, installation: string, login: RegistryLogin | null) {
    this.#client = client;
    this.#installation = installation;
    this.#login = login;
  }

  /** Of the Secret, in every namespace; null when the registry is open. */
  get name(): string | null {
    return pullSecretName(this.#login);
  }

  /** Its name, once it is there. */
  async ensure(namespace: string, signal: AbortSignal): Promise<string | null> {
    if (this.#login === null) {
      return null;
    }
    const making = this.#made.get(namespace) ?? this.#make(namespace, this.#login, signal);
    this.#made.set(namespace, making);
    try {
      await making;
    } catch (error) {
      this.#made.delete(namespace);
      throw error;
    }
    return this.name;
  }

  async #make(namespace: string, { host, username, password }: RegistryLogin, signal: AbortSignal): Promise<void> {
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    const config = JSON.stringify({ auths: { [host]: { username, password, auth } } });
    const secret: Secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: PULL_SECRET,
        namespace,
        labels: { ...CLUSTER.managedBy, [CLUSTER.installationLabel]: this.#installation },
      },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': Buffer.from(config).toString('base64') },
    };
    await this.#client.apply(KINDS.secret, secret, signal);
  }
}
