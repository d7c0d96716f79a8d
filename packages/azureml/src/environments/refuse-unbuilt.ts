import { FarledError } from '@farled/contract';

import type { WireDefinition } from './wire-definition.ts';

/** What a definition may ask for, and would silently be without. @throws FarledError NotSupportedYet, BadArgument. */
export function refuseUnbuilt({ docker, python, r }: WireDefinition): void {
  if (docker?.buildContext !== undefined) {
    throw new FarledError('NotSupportedYet', 'docker.buildContext: Farled builds no folders with a Dockerfile.', {
      suggestion:
        'Give the text of the Dockerfile as docker.base_dockerfile, or build the image and name it as docker.base_image.',
    });
  }
  if (docker?.baseImageRegistry?.registryIdentity !== undefined) {
    throw new FarledError(
      'NotSupportedYet',
      'docker.baseImageRegistry.registryIdentity: Farled has no managed identities of Azure.',
      { suggestion: 'Give the registry a username and a password.' },
    );
  }
  if (Object.values(r ?? {}).some((value) => !isEmpty(value))) {
    throw new FarledError('NotSupportedYet', 'r: Farled installs no packages of R.', {
      suggestion: 'Name a docker.base_image that has them, and leave the section of R out.',
    });
  }
  if (python?.condaDependenciesFile !== undefined && python.condaDependencies === undefined) {
    throw new FarledError('BadArgument', 'python.condaDependenciesFile names a file, and none was sent.', {
      suggestion: 'Send what is in it as python.condaDependencies.',
    });
  }
}

/** `false` too: azureml-core writes it for who said nothing. */
function isEmpty(value: unknown): boolean {
  return value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0);
}
