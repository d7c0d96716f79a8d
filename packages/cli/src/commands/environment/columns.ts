import type { EnvironmentDefinition } from '@farled/contract';
import type { Environment } from '@farled/sdk';

import type { Column } from '../../command.ts';

/** The definition with the version that it was registered as. */
export function environmentFields(environment: Environment): EnvironmentDefinition {
  return { ...environment.toDefinition(), version: environment.version };
}

export const ENVIRONMENT_COLUMNS: readonly Column<EnvironmentDefinition>[] = [
  ['Name', ({ name }) => name],
  ['Version', ({ version }) => version],
  ['Packages', ({ python }) => packagesOf(python.condaDependencies?.dependencies ?? [])],
];

function packagesOf(
  dependencies: NonNullable<EnvironmentDefinition['python']['condaDependencies']>['dependencies'],
): string {
  return dependencies.flatMap((entry) => (typeof entry === 'string' ? [entry] : entry.pip)).join(' ');
}
