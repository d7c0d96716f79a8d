/** What the credential may do, as the API server itself says. */
import { z } from 'zod';

import type { Permission } from './client.ts';
import { KubernetesError } from './error.ts';
import type { Requester } from './requester.ts';

const AT_ONCE = 8;

const Review = z.object({ status: z.object({ allowed: z.boolean() }) });

export async function missingPermissions(
  requester: Requester,
  permissions: readonly Permission[],
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const lacking = new Set<Permission>();
  const waiting = permissions.values();
  // Workers over one iterator: each takes the next when it is done with one.
  const work = async (): Promise<void> => {
    for (const permission of waiting) {
      if (!(await isAllowed(requester, permission, signal))) {
        lacking.add(permission);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, permissions.length) }, work));
  return permissions.filter((permission) => lacking.has(permission));
}

async function isAllowed(requester: Requester, permission: Permission, signal: AbortSignal): Promise<boolean> {
  const { verb, group, resource, subresource, namespace } = permission;
  const review = Review.safeParse(
    await requester.json(
      {
        verb: 'check',
        subject: `the permission to ${describePermission(permission)}`,
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: {
          type: 'application/json',
          value: {
            apiVersion: 'authorization.k8s.io/v1',
            kind: 'SelfSubjectAccessReview',
            spec: { resourceAttributes: { verb, group, resource, subresource, namespace } },
          },
        },
        // It is a question, whatever its method.
        repeatable: true,
      },
      signal,
    ),
  );
  if (!review.success) {
    throw new KubernetesError('NotUnderstood', 'The API server answered a SelfSubjectAccessReview without a status.');
  }
  return review.data.status.allowed;
}

/** As in «create deployments.apps in farled». */
export function describePermission({ verb, group, resource, subresource, namespace }: Permission): string {
  const what = `${resource}${subresource === undefined ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`;
  return `${verb} ${what}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
