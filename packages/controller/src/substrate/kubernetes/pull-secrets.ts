/** What lets nodes pull from a registry that asks who they are. */
import { CLUSTER } from '@farled/contract';
import { KINDS, type KubernetesClient } from '@farled/kubernetes';

import { loginSecret, type RegistryLogin } from './login-secret.ts';

export type { RegistryLogin } from './login-secret.ts';

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

  async #make(namespace: string, login: RegistryLogin, signal: AbortSignal): Promise<void> {
    const labels = { ...CLUSTER.managedBy, [CLUSTER.installationLabel]: this.#installation };
    const secret = loginSecret({ name: PULL_SECRET, namespace, labels }, [login]);
    await this.#client.apply(KINDS.secret, secret, signal);
  }
}
