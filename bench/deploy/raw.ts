/** The raw cost: kubectl, and a Deployment that differs from Farled's only in its names. */
import type { Cluster } from '../../e2e/cluster/cluster.ts';

/** A Deployment as kubectl shows it. */
export interface Shape {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: { readonly containers: readonly { readonly image: string }[] };
    };
  };
}

const NAME = 'raw';
const LABELS = { app: NAME };

/** Seconds from `kubectl apply` until the rollout is complete; of a second shape over the first, when one is given. */
export async function applyRaw(
  cluster: Cluster,
  shape: Shape,
  update?: { readonly next: Shape; readonly forget: () => Promise<void> },
): Promise<number> {
  const apply = async (of: Shape): Promise<number> => {
    const began = performance.now();
    await cluster.kubectl(['apply', '--filename=-'], { input: JSON.stringify(rawDeployment(of)) });
    await cluster.kubectl(['rollout', 'status', `deployment/${NAME}`, '--timeout=120s']);
    return (performance.now() - began) / 1000;
  };
  try {
    const first = await apply(shape);
    if (update === undefined) {
      return first;
    }
    await update.forget();
    return await apply(update.next);
  } finally {
    await cluster.kubectl(['delete', 'deployment', NAME, '--wait=true', '--cascade=foreground', '--grace-period=1']);
  }
}

function rawDeployment({ spec }: Shape): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME },
    spec: {
      ...spec,
      replicas: 1,
      selector: { matchLabels: LABELS },
      template: { ...spec.template, metadata: { labels: LABELS } },
    },
  };
}
