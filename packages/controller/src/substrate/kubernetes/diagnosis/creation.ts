/** Why the cluster does not let replicas come into being: quotas, limit ranges, Pod Security, admission webhooks. */
import type { ErrorCode } from '@farled/contract';
import type { Condition } from '@farled/kubernetes';

import { errorBody } from '../../../service/status.ts';
import { elapsedMs, isOfRevision, type Observation, revisionLabel, type Trouble } from './observation.ts';
import { condition } from './pod.ts';

/** Room in a quota may come when what is on its way out is gone; webhooks come back. */
const MOMENT_MS = 60_000;

interface Rule {
  readonly says: RegExp;
  readonly code: ErrorCode;
  readonly suggestion: string;
  /** Trying again does not help. */
  readonly isFinal: boolean;
}

const RULES: readonly Rule[] = [
  {
    says: /exceeded quota: /,
    code: 'OutOfQuota',
    suggestion: 'Ask for less cpu or memory or fewer replicas, delete a service, or raise the quota of the namespace.',
    isFinal: false,
  },
  {
    says: /failed quota: .*must specify/,
    code: 'InvalidDeploymentSpec',
    suggestion: 'The quota of the namespace wants a value for each of these: set cpuLimit and memoryInGBLimit.',
    isFinal: true,
  },
  {
    says: /violates PodSecurity/,
    code: 'InvalidDeploymentSpec',
    suggestion:
      "Replicas keep to «restricted» by themselves: check what the compute target's runtime class or an admission webhook adds.",
    isFinal: true,
  },
  {
    says: /(?:maximum|minimum) \S+ usage per|limit to request ratio/,
    code: 'InvalidDeploymentSpec',
    suggestion: 'Keep cpu, memory and their limits within the limit range of the namespace, or change that.',
    isFinal: true,
  },
  {
    says: /namespaces? "[^"]*" not found|it is being terminated/,
    code: 'NamespaceNotFound',
    suggestion: 'Create the namespace, or deploy to another one.',
    isFinal: true,
  },
  {
    says: /admission webhook ".*" denied|ValidatingAdmissionPolicy/,
    code: 'InvalidDeploymentSpec',
    suggestion: "Do as the rule says, or ask the cluster's administrators for an exception for this namespace.",
    isFinal: true,
  },
  {
    says: /failed calling webhook/,
    code: 'InvalidDeploymentSpec',
    suggestion: 'An admission webhook of the cluster does not answer: its administrators have to mend or remove it.',
    isFinal: false,
  },
];

const OTHER: Omit<Rule, 'says'> = {
  code: 'InvalidDeploymentSpec',
  suggestion: "See what the cluster's administrators say to this.",
  isFinal: false,
};

export function creationTrouble(observation: Observation, revision: string, now: number): Trouble | null {
  const refusal = refusalOf(observation, revision);
  if (refusal === undefined) {
    return null;
  }
  const message = refusal.message ?? refusal.reason ?? '';
  const { code, suggestion, isFinal } = RULES.find(({ says }) => says.test(message)) ?? OTHER;
  return {
    error: errorBody(code, `The cluster does not let a replica be: ${withoutPodName(message)}`, suggestion),
    lasting: isFinal || elapsedMs(refusal.lastTransitionTime, now) >= MOMENT_MS,
  };
}

/** The wanted ReplicaSet's; the Deployment says the same of its newest, perhaps before that one is seen here. */
function refusalOf({ deployment, replicaSets }: Observation, revision: string): Condition | undefined {
  const sources = [
    ...replicaSets.filter((each) => isOfRevision(each, revision)),
    ...(revisionLabel(deployment?.spec.template.metadata?.labels) === revision ? [deployment] : []),
  ];
  return sources
    .map((source) => condition(source?.status?.conditions, 'ReplicaFailure'))
    .find((each) => each?.status === 'True' && each.reason === 'FailedCreate');
}

/** Each attempt has another name for the pod, which would make another text of the same refusal. */
function withoutPodName(message: string): string {
  return message.replace(/^pods "[^"]*" is forbidden: /, '');
}
