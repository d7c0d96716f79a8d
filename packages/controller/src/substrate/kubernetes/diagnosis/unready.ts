/** Replicas that were ready and take no requests any more, though nothing ended. */
import type { Pod } from '@farled/kubernetes';

import { errorBody } from '../../../service/status.ts';
import type { Trouble } from './observation.ts';
import { containersOf, stoppedAnswering } from './pod.ts';

export function unreadyTrouble(pod: Pod): Trouble | null {
  const score = containersOf(pod).filter(({ isInit }) => !isInit);
  if (!stoppedAnswering(pod)) {
    return null;
  }
  // What a node said last still stands when it is gone; Kubernetes then takes back only what it says of the pod.
  const nodeIsSilent = score.every(({ status }) => status.ready);
  const replica = `Replica "${pod.metadata.name}"`;
  return {
    error: nodeIsSilent
      ? errorBody(
          'Unavailable',
          `${replica} is on node "${pod.spec.nodeName ?? 'unknown'}", which does not answer Kubernetes.`,
          'Kubernetes starts another one elsewhere after about 5 minutes; to have it sooner, delete the node.',
        )
      : errorBody(
          'Unavailable',
          `${replica} does not answer its readiness probe any more (GET ${score[0]?.spec?.readinessProbe?.httpGet?.path ?? '/'}).`,
          'It gets no requests until it does again. If that lasts, give it more cpu.',
        ),
    lasting: false,
  };
}
