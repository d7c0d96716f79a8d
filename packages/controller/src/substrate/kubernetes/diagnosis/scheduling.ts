/** Why no node takes a pod: the scheduler's sentence taken apart, and kept. */
import type { ErrorBody, ErrorDetail } from '@farled/contract';
import type { Pod } from '@farled/kubernetes';

import { errorBody } from '../../../service/status.ts';
import { condition, isLeaving } from './pod.ts';

/** `nodes` of all nodes of the cluster have this against the pod. */
export interface NodeReason {
  readonly nodes: number;
  /** In the scheduler's words: `Insufficient cpu`, `node(s) were unschedulable`. */
  readonly text: string;
}

/** «0/3 nodes are available: 2 Insufficient cpu, 1 node(s) were unschedulable. preemption: ...» */
const SENTENCE =
  /^\d+\/(?<nodes>\d+) nodes are available: (?<reasons>.*?)(?:\.\s+(?:no new claims|preemption:).*|\.)?$/s;

export function nodeReasons(message: string): { readonly nodes: number; readonly reasons: readonly NodeReason[] } {
  const { nodes = '0', reasons = '' } = SENTENCE.exec(message.trim())?.groups ?? {};
  return {
    nodes: Number(nodes),
    reasons: reasons.split(/, (?=\d+ )/).flatMap((part) => {
      const match = /^(\d+) (.+)$/s.exec(part);
      return match === null ? [] : [{ nodes: Number(match[1]), text: match[2] ?? '' }];
    }),
  };
}

/** Of the first pod of the list that waits for a node. */
export function unschedulable(pods: readonly Pod[]): ErrorBody | null {
  for (const pod of pods) {
    const scheduled = condition(pod.status?.conditions, 'PodScheduled');
    if (!isLeaving(pod) && scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
      return explain(pod, scheduled.message ?? '');
    }
  }
  return null;
}

function explain(pod: Pod, message: string): ErrorBody {
  const { nodes, reasons } = nodeReasons(message);
  const listed = reasons.map((reason) => `${reason.nodes} ${inWords(reason)}`);
  const of = nodes === 1 ? 'of 1 node, ' : `of ${nodes} nodes, `;
  const error = errorBody(
    'Unschedulable',
    `No node of the cluster takes replica "${pod.metadata.name}" (${needsOf(pod)})${listed.length === 0 ? '' : `: ${of}${listed.join(', ')}`}. Kubernetes says: "${message}"`,
    [...new Set(reasons.map(({ text }) => suggestion(text)))].join(' ') ||
      'Add nodes to the cluster, or ask for less cpu, memory or devices.',
  );
  return { ...error, details: reasons.map((reason) => detail(reason, nodes)) };
}

function needsOf(pod: Pod): string {
  const needs = new Map<string, string>();
  for (const { resources } of pod.spec.containers) {
    // Of cpu and memory only what is reserved counts; devices are reserved by their limit.
    const devices = Object.entries(resources?.limits ?? {}).filter(([name]) => name.includes('/'));
    for (const [name, quantity] of [...Object.entries(resources?.requests ?? {}), ...devices]) {
      needs.set(name, quantity);
    }
  }
  return [...needs].map(([name, quantity]) => `${name} ${quantity}`).join(', ') || 'nothing reserved';
}

const INSUFFICIENT = /^Insufficient (.+)$/;
const TAINT = /untolerated taint(?:\(s\))?(?: (\{.*\}))?/;

function inWords({ nodes, text }: NodeReason): string {
  const many = nodes !== 1;
  const resource = INSUFFICIENT.exec(text)?.[1];
  if (resource !== undefined) {
    return `${many ? 'have' : 'has'} not enough ${resource} left`;
  }
  const taint = TAINT.exec(text);
  if (taint !== null) {
    return `${many ? 'have' : 'has'} a taint ${taint[1] === undefined ? '' : `${taint[1]} `}that the replica does not tolerate`;
  }
  if (text.includes('node affinity/selector')) {
    return `${many ? 'do' : 'does'} not match the node selector, operating system or architecture`;
  }
  if (text.includes('were unschedulable')) {
    return `${many ? 'are' : 'is'} cordoned`;
  }
  return `said "${text}"`;
}

function suggestion(text: string): string {
  const resource = INSUFFICIENT.exec(text)?.[1];
  if (resource === 'cpu' || resource === 'memory') {
    return 'Ask for less cpu or memory, delete a service, or add nodes.';
  }
  if (resource !== undefined) {
    return `Ask for fewer of ${resource}, or add nodes that offer it; a device plugin must announce it.`;
  }
  if (TAINT.test(text)) {
    return 'Give the compute target a toleration for the taint, or take the taint from a node.';
  }
  if (text.includes('node affinity/selector')) {
    return "Check the compute target's node selector, and that the image is built for the architecture of the nodes.";
  }
  if (text.includes('were unschedulable')) {
    return 'Uncordon a node (kubectl uncordon), or add one.';
  }
  return 'Add nodes to the cluster, or make room on those that it has.';
}

function detail({ nodes, text }: NodeReason, all: number): ErrorDetail {
  const resource = INSUFFICIENT.exec(text)?.[1];
  return {
    code: resource === undefined ? 'NodeNotSuitable' : 'Insufficient',
    message: `${nodes} of ${all} nodes: ${text}`,
    ...(resource === undefined ? {} : { target: resource }),
  };
}
