/** A workload as the sample's would be, with what a test wants to be different. */
import { DEFAULT_SETTINGS, mergeSettings, type ServiceSettingsInput } from '@farled/contract';

import type { Workload } from '../../workload.ts';

export function exampleWorkload(
  different: Partial<Omit<Workload, 'settings'>> = {},
  settings: ServiceSettingsInput = {},
): Workload {
  return {
    service: { id: '3f0f3b52-7d2e-4a43-9a7e-0a4d5f0b6f11', name: 'diabetes', workspace: 'ml' },
    installation: 'b0c9f9a2-51a4-4c5e-8f16-1f2d3c4b5a69',
    namespace: 'scoring',
    revision: '0123456789abcdef',
    image: `registry.example/farled/diabetes@sha256:${'a'.repeat(64)}`,
    pullSecret: null,
    environmentVariables: {},
    settings: mergeSettings(DEFAULT_SETTINGS, settings),
    runtimeVariables: { AZUREML_ENTRY_SCRIPT: 'score.py', AZUREML_MODEL_DIR: '/var/azureml-app/azureml-models/m/1' },
    keyDigests: ['d'.repeat(64)],
    tokens: null,
    placement: { nodeSelector: {}, tolerations: [], runtimeClassName: null, acceleratorResource: 'nvidia.com/gpu' },
    architecture: ['amd64'],
    ...different,
  };
}
