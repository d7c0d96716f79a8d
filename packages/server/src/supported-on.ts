/** What the settings of a service ask for and a cluster of that kind can't give yet, each as part of a sentence. Pure. */
import type { ClusterKind, ServiceSettings } from '@farled/contract';

export interface Unsupported {
  /** Nothing gives it yet. */
  readonly anywhere: readonly string[];
  /** Others give it. */
  readonly here: readonly string[];
}

export function unsupportedOn(kind: ClusterKind, settings: ServiceSettings): Unsupported {
  const { appInsightsEnabled, dataCollection, containerResourceRequirements } = settings;
  return {
    anywhere: [
      ...(appInsightsEnabled ? ['appInsightsEnabled (Application Insights)'] : []),
      ...(dataCollection.storageEnabled ? ['dataCollection.storageEnabled (data collection)'] : []),
    ],
    here:
      kind === 'local' && containerResourceRequirements.gpu > 0
        ? ['containerResourceRequirements.gpu (GPUs) on this machine']
        : [],
  };
}
