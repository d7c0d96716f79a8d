/** Kubeconfigs with a token, for the components and for the tests. */
import { readFile, writeFile } from 'node:fs/promises';

import type { Authority } from './certificates.ts';
import { apiServerUrl } from './control-plane.ts';
import type { Layout } from './layout.ts';
import type { User } from './state.ts';

export async function writeKubeconfig(
  file: string,
  { layout, authority, user }: { readonly layout: Layout; readonly authority: Authority; readonly user: User },
): Promise<void> {
  const name = `farled-test-cluster-${layout.number}`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: {
          server: apiServerUrl(layout),
          'certificate-authority-data': (await readFile(authority.certificate)).toString('base64'),
        },
      },
    ],
    users: [{ name: user.name, user: { token: user.token } }],
    contexts: [{ name, context: { cluster: name, user: user.name } }],
  };
  // JSON is YAML, and needs no library.
  await writeFile(file, JSON.stringify(config, undefined, 2), { mode: 0o600 });
}
