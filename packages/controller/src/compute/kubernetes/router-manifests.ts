/** The objects of the routers for an administrator to read or to apply, and the chart's way to the same. Pure. */
import { toYaml } from '@farled/kubernetes';

import type { RouterInstallation } from './router-objects-options.ts';
import { routerObjects } from './router-objects.ts';

export function routerManifests(options: RouterInstallation): string {
  const lines = [
    `What attaching applies, for installation ${options.installation} of Farled. Who may not let Farled do it applies this,`,
    'or installs the chart, which does the same; attaching then needs only the rights that deploying services takes:',
    '',
    `  ${helmCommand(options)}`,
  ];
  return `${lines.map((line) => `# ${line}`.trimEnd()).join('\n')}\n${toYaml(routerObjects(options))}`;
}

function helmCommand(options: RouterInstallation): string {
  const { installation, image, replicas, serviceType, internalLoadBalancer, annotations, pullSecret } = options;
  const values = {
    installation,
    image,
    replicas,
    'service.type': serviceType,
    ...(internalLoadBalancer ? { 'service.internal': true } : {}),
    ...(pullSecret === null ? {} : { pullSecret }),
  };
  return [
    'helm install farled-router deploy/helm/farled-router',
    ...Object.entries(values).map(([name, value]) => `--set ${name}=${value}`),
    // Names of annotations have dots, which `--set` takes for levels.
    ...(Object.keys(annotations).length === 0
      ? []
      : [`--set-json 'service.annotations=${JSON.stringify(annotations)}'`]),
  ].join(' ');
}
