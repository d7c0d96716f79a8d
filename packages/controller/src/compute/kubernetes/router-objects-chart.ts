/** The same objects as a Helm chart, for those who install with their own rights and not with the server's. */
import type { KubernetesObject } from '@farled/kubernetes';

import type { RouterInstallation } from './router-objects-options.ts';
import { Template, writeYaml, type Yaml } from './router-objects-yaml.ts';
import { routerObjects } from './router-objects.ts';

const COMMAND = 'node --conditions=@farled/source tools/write-helm-chart.ts';

const CHART = {
  apiVersion: 'v2',
  name: 'farled-router',
  description: "Farled's inference router, and what it needs in a cluster",
  type: 'application',
  version: '0.1.0',
  kubeVersion: '>=1.30.0-0',
};

const VALUES = `# Reference of the router's image, best by digest.
image: ""
# Name of a Secret in farled-system with the registry's credentials.
pullSecret: ""
# 3 for production, 1 for development.
replicas: 3
# Which Farled the router belongs to: \`farled kubernetes manifests\` says it.
installation: helm
# The namespace farled-system; false when it is there already.
createNamespace: true
service:
  # LoadBalancer, NodePort or ClusterIP.
  type: LoadBalancer
  port: 80
  # Asks AKS, EKS and GKE for an address inside the network of the cluster.
  internal: false
  # What else the load balancer is told, as
  # service.beta.kubernetes.io/azure-load-balancer-internal-subnet: aks-subnet
  annotations: {}
`;

const NOTES = `The routers start in the namespace farled-system. Attach the cluster to a workspace with
\`farled computetarget attach\`; services then answer at /api/v1/service/<name>/score of the Service farled-router.
`;

/** Text of each file, by its path in the chart. */
export function routerChart(): Readonly<Record<string, string>> {
  return {
    'Chart.yaml': `${writeYaml(CHART)}\n`,
    'values.yaml': VALUES,
    'templates/NOTES.txt': NOTES,
    'templates/router.yaml': `# Written by \`${COMMAND}\`: change routerObjects, not this file.\n${templates()}`,
  };
}

const OPTIONS: RouterInstallation = {
  installation: '{{ .Values.installation | quote }}',
  image: '{{ required "image is needed: the reference of the router\'s image" .Values.image | quote }}',
  replicas: 3,
  serviceType: 'LoadBalancer',
  internalLoadBalancer: true,
  annotations: {},
  pullSecret: null,
  port: 80,
};

function templates(): string {
  return routerObjects(OPTIONS)
    .map((object) => {
      const text = `---\n${writeYaml(withValues(object))}\n`;
      const condition = CONDITIONS[object.kind];
      return condition === undefined ? text : `{{- if ${condition} }}\n${text}{{- end }}\n`;
    })
    .join('');
}

const CONDITIONS: Readonly<Record<string, string>> = {
  Namespace: '.Values.createNamespace',
  PodDisruptionBudget: 'gt (int .Values.replicas) 1',
};

/** Puts the chart's values where the object has an example of them. */
function withValues(object: KubernetesObject): Yaml {
  const manifest = structuredClone(object) as unknown as Editable;
  if (object.kind === 'Deployment') {
    manifest.spec.replicas = '{{ .Values.replicas }}';
    const { spec } = manifest.spec.template as { spec: Record<string, Yaml> };
    spec['imagePullSecrets'] =
      '{{ if .Values.pullSecret }}[{ name: {{ .Values.pullSecret | quote }} }]{{ else }}[]{{ end }}';
  }
  if (object.kind === 'Service' && manifest.spec.type !== undefined) {
    const [port] = manifest.spec.ports ?? [];
    manifest.spec.type = '{{ .Values.service.type }}';
    if (port !== undefined) {
      port['port'] = '{{ .Values.service.port }}';
    }
    manifest.metadata['annotations'] = annotations(manifest.metadata['annotations'] ?? {});
  }
  return manifest as unknown as Yaml;
}

/** As much of the objects as is changed here. */
interface Editable {
  readonly metadata: Record<string, Yaml>;
  readonly spec: { replicas?: Yaml; type?: Yaml; ports?: Record<string, Yaml>[]; template?: Yaml };
}

function annotations(internal: Yaml): Template {
  return new Template([
    '{{- if and .Values.service.internal (eq .Values.service.type "LoadBalancer") }}',
    ...writeYaml(internal).split('\n'),
    '{{- end }}',
    '{{- with .Values.service.annotations }}',
    '{{- toYaml . | nindent 4 }}',
    '{{- end }}',
  ]);
}
