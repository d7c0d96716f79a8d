import type { Environment } from '@farled/contract';

/** Where Farled puts the interpreter into images of services and packages. */
const INTERPRETER = '/opt/farled/python/bin/python';

/**
 * What `get_image_details` answers. There is no image of an environment alone: services and packages have images that
 * hold it, between their base and their code. So it says what such a layer is made of.
 */
export function toWireImageDetails({ definition }: Environment) {
  const { python, docker } = definition;
  const { address } = docker.baseImageRegistry;
  return {
    imageExistsInRegistry: false,
    dockerImage: { name: null, registry: { address: null, username: null, password: null } },
    pythonEnvironment: {
      interpreterPath: python.userManagedDependencies ? python.interpreterPath : INTERPRETER,
      condaEnvironmentPath: null,
    },
    ingredients: {
      dockerfile: docker.baseDockerfile,
      baseImage: docker.baseImage,
      baseImageRegistry: { address },
      condaSpecification: python.userManagedDependencies ? null : python.condaDependencies,
    },
  };
}
