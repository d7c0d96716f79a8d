/** Why a container can't be made from its image. */
import type { Pod } from '@farled/kubernetes';

import { errorBody } from '../../../service/status.ts';
import type { Trouble } from './observation.ts';
import { ageMs, type PodContainer } from './pod.ts';

/** What is missing may be applied a moment later. */
const MOMENT_MS = 60_000;

const SUGGESTIONS: readonly (readonly [says: RegExp, suggestion: string])[] = [
  [/(?:secret|configmap) ".*" not found/, 'If it does not come back by itself, deploy again.'],
  [/run(?:ning)? as (?:root|non-root)|runAsNonRoot/i, 'Replicas run as user 1000: build the image so that it can.'],
];

export function waitingTrouble(pod: Pod, { status }: PodContainer, now: number): Trouble | null {
  const { reason = '', message = '' } = status.state?.waiting ?? {};
  if (!/^(?:Create|Run)Container.*Error$|HookError$/.test(reason)) {
    return null;
  }
  return {
    error: errorBody(
      'InvalidDeploymentSpec',
      `The container "${status.name}" of replica "${pod.metadata.name}" can't be made (${reason}): ${message}`,
      SUGGESTIONS.find(([says]) => says.test(message))?.[1],
    ),
    lasting: ageMs(pod, now) >= MOMENT_MS,
  };
}
