/** A replica as a pod. It passes Kubernetes' Pod Security standard «restricted», whatever its entry script is. */
import { createHash } from 'node:crypto';

import { CLUSTER } from '@farled/contract';
import type { PodTemplate } from '@farled/kubernetes';

import type { PodSource } from '../workload.ts';
import { scoreContainer } from './container.ts';
import { graceSeconds } from './ending.ts';
import { ownerLabels } from './labels.ts';
import { podPlacement } from './placement.ts';

/** The user that images are built for; any image that knows no users will do with it. */
const USER = 1000;

export function podTemplate(source: PodSource, revision: string): PodTemplate {
  const template = unnamedTemplate(source);
  return { ...template, metadata: { labels: { ...template.metadata.labels, [CLUSTER.revisionLabel]: revision } } };
}

/**
 * Says which replicas are interchangeable: a digest of exactly what would make the Deployment replace its pods. Keys,
 * queue, scaling and everything else that only the routers need to know is not among it.
 */
export function templateRevision(source: PodSource): string {
  return createHash('sha256')
    .update(JSON.stringify(unnamedTemplate(source)))
    .digest('hex')
    .slice(0, 16);
}

function unnamedTemplate(source: PodSource) {
  return {
    metadata: { labels: ownerLabels(source) },
    spec: {
      containers: [scoreContainer(source)],
      ...(source.pullSecret === null ? {} : { imagePullSecrets: [{ name: source.pullSecret }] }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      // An entry script has no business with the API server, nor with the addresses of other services.
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: graceSeconds(source.settings),
      volumes: [{ name: 'tmp', emptyDir: {} }],
      ...podPlacement(source),
    },
  } satisfies PodTemplate;
}
