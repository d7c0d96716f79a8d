/** What runs the replicas of a service. */
import type { Deployment } from '@farled/kubernetes';

import type { Workload } from '../workload.ts';
import { metadata, podSelector } from './labels.ts';
import { objectName } from './names.ts';
import { podTemplate } from './pod-template.ts';
import { startupSeconds } from './probes.ts';

/** anchors: a rollout that stands still this long has failed. */
const PROGRESS_SECONDS = 600;
/** For scheduling and image pull, beside the time that init() may take. */
const BESIDE_STARTUP_SECONDS = 300;

/**
 * It never names `replicas`: whoever applies a field owns it, and one that it stops to name goes back to its default,
 * here 1. See `replicasClaim`.
 */
export function deployment(workload: Workload): Deployment {
  const { service, settings, revision } = workload;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(workload, objectName(service.name)),
    spec: {
      selector: { matchLabels: podSelector(workload) },
      // An update never takes capacity away: an old replica goes when a new one is ready.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      minReadySeconds: 0,
      revisionHistoryLimit: 2,
      // A script that may take longer to start must not be called late before its time is over.
      progressDeadlineSeconds: Math.max(
        PROGRESS_SECONDS,
        startupSeconds(settings.livenessProbeRequirements) + BESIDE_STARTUP_SECONDS,
      ),
      template: podTemplate(workload, revision),
    },
  };
}
