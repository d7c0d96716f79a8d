/** What can be said of a cluster without there being one; the rest is tested on a real one. */
import { KubernetesError } from '@farled/kubernetes';
import { silentLogger, systemClock } from '@farled/service';
import { describe, expect, test } from 'vitest';

import { clusterError } from './cluster-error.ts';
import { inspectCluster, type InspectionRequest } from './inspect.ts';

const SECRET = 'token-that-nobody-sees';

interface Given {
  readonly cluster?: Record<string, unknown>;
  readonly user?: Record<string, unknown>;
  readonly current?: string | null;
}

function kubeconfig({ cluster = {}, user = {}, current = 'a' }: Given = {}): string {
  return JSON.stringify({
    ...(current === null ? {} : { 'current-context': current }),
    contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1', 'insecure-skip-tls-verify': true, ...cluster } }],
    users: [{ name: 'u', user: { token: SECRET, ...user } }],
  });
}

const inspect = (request: InspectionRequest, environment: Record<string, string> = {}) =>
  inspectCluster(
    request,
    { clock: systemClock, log: silentLogger, environment, patienceMs: 300 },
    AbortSignal.timeout(30_000),
  );
const by = (text: string, context: string | null = null) => inspect({ kubeconfig: text, context });

describe('a cluster', () => {
  test.each<[what: string, text: string, context: string | null, says: string]>([
    ['no YAML', `users: [{ token: "${SECRET}`, null, 'not YAML'],
    ['a text', SECRET, null, 'kubeconfig'],
    ['nothing', '', null, 'kubeconfig'],
    ['a context that is not there', kubeconfig(), 'b', 'no context b'],
    ['no current context', kubeconfig({ current: null }), null, 'no current-context'],
    ['a program', kubeconfig({ user: { token: '', exec: { command: 'aws' } } }), null, 'program'],
    ['an auth-provider', kubeconfig({ user: { token: '', 'auth-provider': { name: 'gcp' } } }), null, 'auth-provider'],
    ['a token in a file', kubeconfig({ user: { token: '', tokenFile: '/etc/shadow' } }), null, 'tokenFile'],
    ['a key in a file', kubeconfig({ user: { token: '', 'client-certificate': '/x' } }), null, 'client-certificate'],
    ['no credential', kubeconfig({ user: { token: '' } }), null, 'no credential'],
    ['a token of two lines', kubeconfig({ user: { token: `${SECRET}\n${SECRET}` } }), null, 'characters'],
    ['a server in clear', kubeconfig({ cluster: { server: 'http://127.0.0.1' } }), null, 'https://'],
    ['a password in its address', kubeconfig({ cluster: { server: `https://x:${SECRET}@h` } }), null, 'host, port'],
    [
      'an authority that is none',
      kubeconfig({ cluster: { 'insecure-skip-tls-verify': false, 'certificate-authority-data': 'eA==' } }),
      null,
      'certificate',
    ],
  ])(
    'of a kubeconfig with %s can not be looked at, and the error keeps the secret',
    async (_what, text, context, says) => {
      const refused = by(text, context);
      await expect(refused).rejects.toMatchObject({
        code: 'KubeconfigUnusable',
        message: expect.stringContaining(says) as string,
        suggestion: expect.any(String) as string,
      });
      await expect(refused.catch((error: Error) => `${error.stack}${JSON.stringify(error)}`)).resolves.not.toContain(
        SECRET,
      );
    },
  );

  test('at which nothing listens says so, with its address', async () => {
    const refused = by(kubeconfig());
    await expect(refused).rejects.toMatchObject({
      code: 'KubernetesUnaccessible',
      message: expect.stringContaining('https://127.0.0.1:1') as string,
      suggestion: expect.any(String) as string,
    });
    await expect(refused.catch((error: Error) => `${error.stack}${JSON.stringify(error)}`)).resolves.not.toContain(
      SECRET,
    );
  });

  test('of its own is only for a server that runs in one', async () => {
    await expect(inspect({ inCluster: true })).rejects.toMatchObject({
      code: 'BadArgument',
      suggestion: expect.stringContaining('kubeconfig') as string,
    });
  });
});

describe('what the API server refuses', () => {
  test.each([
    ['Unauthorized', 'ClusterCredentialRefused', 'farled cluster add'],
    ['Forbidden', 'ClusterPermissionsMissing', 'docs/kubernetes.md'],
    ['Unreachable', 'KubernetesUnaccessible', 'Check'],
    ['TimedOut', 'KubernetesUnaccessible', 'Check'],
    ['NotUnderstood', 'KubernetesUnaccessible', 'Check'],
  ])('%s is %s', (given, code, suggestion) => {
    const error = clusterError(new KubernetesError(given, 'It did not.'), 'https://kube');
    expect(error).toMatchObject({ code, message: 'The cluster at https://kube: It did not.' });
    expect(error).toMatchObject({ suggestion: expect.stringContaining(suggestion) as string });
  });

  test('what is no refusal stays', () => {
    const aborted = new DOMException('gone', 'AbortError');
    expect(clusterError(aborted, 'https://kube')).toBe(aborted);
  });
});
