/** Kubeconfigs with a token, for the components and for the tests. */
import { readFile, writeFile } from 'node:fs/promises';

import { authorityIn } from './certificates.ts';
import type { Layout } from './layout.ts';
import type { User } from './state.ts';

export async function writeKubeconfig(layout: Layout, file: string, user: User): Promise<void> {
  const name = `farled-test-cluster-${layout.number}`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: {
          server: layout.apiServer.url,
          'certificate-authority-data': (await readFile(authorityIn(layout.secrets).certificate)).toString('base64'),
        },
      },
    ],
    users: [{ name: user.name, user: { token: user.token } }],
    contexts: [{ name, context: { cluster: name, user: user.name } }],
  };
  // JSON is YAML, and needs no library.
  await writeFile(file, JSON.stringify(config, undefined, 2), { mode: 0o600 });
}
