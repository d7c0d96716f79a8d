/** On which nodes of a Kubernetes services may run, in Kubernetes' own words and by its own rules. */
import { z } from 'zod';

const MAXIMUM_ENTRIES = 32;
/** A resource quota puts `requests.` before the name, and that must still be a name. */
const LONGEST_RESOURCE_PREFIX = 253 - 'requests.'.length;

const LABEL_PART = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

const PART_RULE = '1 to 63 letters, digits, dashes, underscores and dots, with a letter or digit at both ends';
const SUBDOMAIN_RULE = 'lowercase letters, digits, dashes and dots, with a letter or digit at both ends of each part';

function isSubdomain(text: string): boolean {
  return text.length <= 253 && SUBDOMAIN.test(text);
}

/** «name» or «prefix/name». */
function isLabelKey(text: string): boolean {
  const [name = '', prefix, ...more] = text.split('/').toReversed();
  return more.length === 0 && LABEL_PART.test(name) && (prefix === undefined || isSubdomain(prefix));
}

/**
 * What a device plugin may call its devices: Kubernetes keeps names without a prefix, and its own prefixes, to itself.
 *
 * source: Kubernetes, `IsExtendedResourceName`.
 */
function isDeviceName(text: string): boolean {
  const prefix = text.slice(0, Math.max(0, text.indexOf('/')));
  return (
    isLabelKey(text) &&
    prefix !== '' &&
    prefix.length <= LONGEST_RESOURCE_PREFIX &&
    !prefix.endsWith('kubernetes.io') &&
    !prefix.startsWith('requests.')
  );
}

const KEY_RULE = `must be a label's key, name or prefix/name: the name ${PART_RULE}, the prefix ${SUBDOMAIN_RULE}`;
const LabelKey = z.string().refine(isLabelKey, { error: KEY_RULE });
const LabelValue = z.string().refine((text) => text === '' || LABEL_PART.test(text), {
  error: `must be a label's value: empty, or ${PART_RULE}`,
});

const NodeSelector = z.record(z.string(), LabelValue).superRefine((labels, issues) => {
  const keys = Object.keys(labels);
  if (keys.length > MAXIMUM_ENTRIES) {
    issues.addIssue({ code: 'custom', message: `must not have more than ${MAXIMUM_ENTRIES} labels` });
  }
  for (const key of keys.filter((one) => !isLabelKey(one))) {
    issues.addIssue({ code: 'custom', message: KEY_RULE, path: [key] });
  }
});

export const TOLERATION_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

/** source: Kubernetes, `ValidateTolerations`. */
const Toleration = z
  .strictObject({
    /** Of the taint; left out, with the operator Exists: every taint. */
    key: LabelKey.optional(),
    operator: z.enum(['Exists', 'Equal'], { error: 'must be one of Exists, Equal' }).optional(),
    value: LabelValue.optional(),
    /** Left out: every effect. */
    effect: z.enum(TOLERATION_EFFECTS, { error: `must be one of ${TOLERATION_EFFECTS.join(', ')}` }).optional(),
    /** How long replicas stay on a node after it got the taint; left out: for ever. */
    tolerationSeconds: z.int().min(0).optional(),
  })
  .superRefine(({ key, operator, value, effect, tolerationSeconds }, issues) => {
    const fault = (message: string, path: string): void => {
      issues.addIssue({ code: 'custom', message, path: [path] });
    };
    if (key === undefined && operator !== 'Exists') {
      fault('must be Exists where no key is given', 'operator');
    }
    if (operator === 'Exists' && value !== undefined && value !== '') {
      fault('must be left out where the operator is Exists', 'value');
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      fault('must be NoExecute where tolerationSeconds is given', 'effect');
    }
  });

export const Placement = z
  .strictObject({
    /** Labels that a node must have. */
    nodeSelector: NodeSelector.default({}),
    /** Taints that do not keep replicas away. */
    tolerations: z.array(Toleration).max(MAXIMUM_ENTRIES).default([]),
    runtimeClassName: z
      .string()
      .refine(isSubdomain, { error: `must be the name of a RuntimeClass: ${SUBDOMAIN_RULE}` })
      .nullable()
      .default(null),
    /** What `gpu` of a service counts; device plugins of FPGAs have names of their own for theirs. */
    acceleratorResource: z
      .string()
      .refine(isDeviceName, {
        error:
          'must be the name of a device plugin\'s resource, with a prefix that is not Kubernetes\' own, like "nvidia.com/gpu"',
      })
      .default('nvidia.com/gpu'),
  })
  .meta({ id: 'Placement', description: 'On which nodes of a Kubernetes services may run, and what counts as GPU.' });
export type Placement = z.output<typeof Placement>;

/** Where services go as long as nothing is said. */
export const ANYWHERE: Placement = Placement.parse({});
