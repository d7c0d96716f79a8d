/** The API server's version. */
import { z } from 'zod';

import { KubernetesError } from './error.ts';
import type { Requester } from './requester.ts';

/** Some vendors write «30+» as minor version. */
const Version = z.object({
  major: z
    .string()
    .transform((text) => Number.parseInt(text, 10))
    .pipe(z.int()),
  minor: z
    .string()
    .transform((text) => Number.parseInt(text, 10))
    .pipe(z.int()),
  gitVersion: z.string(),
});
export type Version = z.output<typeof Version>;

export async function readVersion(requester: Requester, signal: AbortSignal): Promise<Version> {
  const answer = Version.safeParse(
    await requester.json(
      { verb: 'read', subject: 'the version of the API server', method: 'GET', path: '/version', repeatable: true },
      signal,
    ),
  );
  if (!answer.success) {
    throw new KubernetesError('NotUnderstood', 'What answers under /version does not do so as Kubernetes does.', {
      suggestion: 'Check that the address is that of a Kubernetes API server, and what stands in front of it.',
    });
  }
  return answer.data;
}
