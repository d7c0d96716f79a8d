/** Why a node does not get the image of a container, in the registry's words and in ours. */
import type { Pod } from '@farled/kubernetes';

import { errorBody } from '../../../service/status.ts';
import type { Trouble } from './observation.ts';
import { ageMs, type PodContainer } from './pod.ts';

/** Reasons of the kubelet and of container runtimes for a container that waits for its image. */
const REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/** A registry may be away for a moment; after this time, and with it several attempts, it is not a moment. */
const MOMENT_MS = 60_000;
/**
 * A node that has just been given a pod may not yet be allowed to read the pod's Secret, and asks without it. By this
 * time it has tried again.
 */
const SECRET_MS = 30_000;

interface Cause {
  readonly says: RegExp;
  readonly suggestion: string;
  /** How long to hope that trying again helps. */
  readonly lastsAfterMs: number;
}

const CAUSES: readonly Cause[] = [
  {
    says: /no match for platform|no matching manifest/i,
    suggestion: 'The image is not built for the architecture of the node: deploy again, or choose other nodes.',
    lastsAfterMs: 0,
  },
  {
    says: /unauthorized|authentication required|authorization failed|access denied|forbidden|denied:|\b40[13]\b/i,
    suggestion: "Check the registry's user name and password in the compute target: nodes pull with them.",
    lastsAfterMs: SECRET_MS,
  },
  {
    says: /not found|manifest unknown|name unknown|does not exist/i,
    suggestion: 'Deploy again: the image is then built and pushed anew. Check that nobody cleans up the registry.',
    lastsAfterMs: 0,
  },
  {
    says: /invalid reference format|parse image name|InvalidImageName/i,
    suggestion: "Check the registry's name in the compute target: host, port and path in lowercase.",
    lastsAfterMs: 0,
  },
  {
    says: /x509|certificate|server gave HTTP response to HTTPS client|tls:/i,
    suggestion: "Let the nodes' container runtime trust the registry's certificate, or use one that it trusts.",
    lastsAfterMs: 0,
  },
  {
    says: /no space left on device/i,
    suggestion: "Free space on the node's disk, or use nodes with larger ones.",
    lastsAfterMs: MOMENT_MS,
  },
  {
    says: /toomanyrequests|\b429\b/i,
    suggestion: 'The registry limits how often it is asked: wait, or give the compute target an account for it.',
    lastsAfterMs: MOMENT_MS,
  },
  {
    says: /no such host|i\/o timeout|connection refused|no route to host|deadline exceeded|network is unreachable/i,
    suggestion: 'Check that the nodes of the cluster, not only this machine, reach the registry under this name.',
    lastsAfterMs: MOMENT_MS,
  },
];

const OTHER: Omit<Cause, 'says'> = {
  suggestion: 'Check that the nodes of the cluster reach the registry, and that the image is there.',
  lastsAfterMs: MOMENT_MS,
};

export function imageTrouble(pod: Pod, { spec, status }: PodContainer, now: number): Trouble | null {
  const waiting = status.state?.waiting;
  if (waiting?.reason === undefined || !REASONS.has(waiting.reason)) {
    return null;
  }
  const image = spec?.image ?? 'unknown';
  const said = withoutFrames(waiting.message ?? '', image);
  const cause = CAUSES.find(({ says }) => says.test(said) || says.test(waiting.reason ?? '')) ?? OTHER;
  const where = pod.spec.nodeName === undefined ? 'The node' : `Node "${pod.spec.nodeName}"`;
  return {
    error: errorBody(
      'ImagePullLoopBackOff',
      `${where} can't get the image ${image} of replica "${pod.metadata.name}": ${said === '' ? waiting.reason : said}`,
      cause.suggestion,
    ),
    lasting: cause.lastsAfterMs === 0 || ageMs(pod, now) >= cause.lastsAfterMs,
  };
}

/** What each layer on the way says around what the registry said. */
const FRAMES = [
  /^Back-off pulling image "[^"]*"(?:: )?/,
  /^(?:ErrImagePull|RegistryUnavailable|SignatureValidationFailed): /,
  /^rpc error: code = \w+ desc = /,
  /^(?:failed to pull and unpack image|failed to resolve reference|failed to resolve image|Failed to pull image) "[^"]*": /i,
  /^Failed to apply default image tag "[^"]*": /,
  /^failed to do request: /,
];

/** Other ports each time would make another text of the same failure. */
const CONNECTION = /\b(?:read|write) (?:tcp|udp) \S+->\S+: /g;

function withoutFrames(message: string, image: string): string {
  let rest = message.trim().replaceAll(CONNECTION, '');
  for (let before = ''; before !== rest;) {
    before = rest;
    for (const frame of FRAMES) {
      rest = rest.replace(frame, '');
    }
    if (rest.startsWith(`${image}: `)) {
      rest = rest.slice(image.length + 2);
    }
  }
  return rest;
}
