/** What a resource may be called. Messages name the rule, because the rule is what the caller needs. */
import { z } from 'zod';

const name = (pattern: RegExp, rule: string) =>
  z.string({ error: `must be text: ${rule}` }).regex(pattern, { error: rule });

/** anchors: Azure ML v1, service names (R SDK `deploy_model`). */
export const ServiceName = name(
  /^[a-z][a-z0-9-]{2,31}$/,
  'must be 3 to 32 lowercase letters, digits and dashes, and start with a letter',
);

/** anchors: Azure ML v1, compute names. */
export const ComputeName = name(
  /^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/,
  'must be 3 to 24 letters, digits and dashes, start with a letter and end with a letter or digit',
);

export const ModelName = name(
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/,
  'must be 1 to 255 letters, digits, dashes, underscores and dots, and start with a letter or digit',
);

export const EnvironmentName = name(
  /^(?!microsoft|azureml)[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/i,
  'must be 1 to 255 letters, digits, dashes, underscores and dots, start with a letter or digit, and not start with "Microsoft" or "AzureML"',
);

/** Of environments that deployments bring along: those of Microsoft too, under whose names nobody registers one. */
export const DeployedEnvironmentName = name(
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/,
  'must be 1 to 255 letters, digits, dashes, underscores and dots, and start with a letter or digit',
);

export const WorkspaceName = name(
  /^[A-Za-z0-9][A-Za-z0-9_-]{1,32}$/,
  'must be 2 to 33 letters, digits, dashes and underscores, and start with a letter or digit',
);

export const ResourceGroupName = name(
  /^[A-Za-z0-9_()][A-Za-z0-9_().-]{0,88}(?<!\.)$/,
  'must be 1 to 89 letters, digits, underscores, parentheses, dashes and dots, and not end with a dot',
);

export const SubscriptionId = name(
  /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/,
  'must be a subscription id, like 00000000-0000-0000-0000-000000000000',
);

export const ClusterName = name(
  /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/,
  'must be 1 to 63 letters, digits, dashes and underscores, and start and end with a letter or digit',
);

export const KubernetesNamespace = name(
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  'must be 1 to 63 lowercase letters, digits and dashes, and neither start nor end with a dash',
);

/** «name:version», version a positive whole number without leading zeros. */
export const ModelId = name(
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}:[1-9][0-9]{0,14}$/,
  'must be name:version, like mymodel:1',
);

export interface ModelReference {
  readonly name: string;
  readonly version: number;
}

/** Takes a valid {@link ModelId} apart. */
export function parseModelId(id: string): ModelReference {
  const at = id.lastIndexOf(':');
  return { name: id.slice(0, at), version: Number(id.slice(at + 1)) };
}
