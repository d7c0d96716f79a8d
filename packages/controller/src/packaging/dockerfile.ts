/** The Dockerfile that builds what Farled would build: the same places, the same variables. */
import { FarledError } from '@farled/contract';
import { NODE_IN_IMAGE, PROGRAM_FILE } from '@farled/image';

import { ENVIRONMENT_FOLDER } from '../environments/image/image-environment.ts';
import { RUNTIME_FOLDER } from '../serving-image/serving-image.ts';
import { APP_ROOT, MODELS, SOURCE, USER } from '../serving-image/serving-layers.ts';

/** Names of what it copies, beside it. */
export const CONTEXT = {
  runtime: 'runtime',
  models: 'azureml-models',
  source: 'source',
  requirements: 'requirements.txt',
} as const;

export interface DockerfileContent {
  readonly base: string;
  /** False when the environment's user manages it. */
  readonly hasRequirements: boolean;
  readonly hasModels: boolean;
  readonly nodeVersion: string;
  /** Those that the runtime finds its way by, and the environment's own. */
  readonly variables: Readonly<Record<string, string>>;
}

export function dockerfile(content: DockerfileContent): string {
  const { base, hasRequirements, hasModels, nodeVersion, variables } = content;
  const owner = `${USER}:${USER}`;
  const lines = [
    '# Build it with: docker build -t NAME .',
    '# Run it with:   docker run -p 6789:5001 NAME',
    `FROM docker.io/library/node:${nodeVersion}-bookworm-slim AS node`,
    '',
    `FROM ${base}`,
    'USER root',
    `COPY --from=node /usr/local/bin/node ${NODE_IN_IMAGE}`,
    ...(hasRequirements
      ? [
          `COPY ${CONTEXT.requirements} /opt/farled/${CONTEXT.requirements}`,
          `RUN python3 -m venv ${ENVIRONMENT_FOLDER} && ${ENVIRONMENT_FOLDER}/bin/pip install --no-cache-dir -r /opt/farled/${CONTEXT.requirements}`,
        ]
      : []),
    `COPY ${CONTEXT.runtime} ${RUNTIME_FOLDER}`,
    hasModels ? `COPY --chown=${owner} ${CONTEXT.models} ${MODELS}` : `RUN mkdir -p ${MODELS}`,
    `COPY --chown=${owner} ${CONTEXT.source} ${SOURCE}`,
    ...Object.entries(variables).map(environmentLine),
    `WORKDIR ${APP_ROOT}`,
    `USER ${owner}`,
    'EXPOSE 5001',
    `ENTRYPOINT ${JSON.stringify([NODE_IN_IMAGE, `${RUNTIME_FOLDER}/${PROGRAM_FILE}`])}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** In double quotes a backslash, a quote and a dollar mean something. */
function environmentLine([name, value]: readonly [string, string]): string {
  if (/[\r\n]/.test(value)) {
    throw new FarledError(
      'EnvironmentBuildFailed',
      `The variable ${name} has several lines, which no Dockerfile can say.`,
      {
        suggestion: 'Make an image in place of a Dockerfile, or set the variable where the image is run.',
      },
    );
  }
  return `ENV ${name}="${value.replaceAll(/[\\"$]/g, String.raw`\$&`)}"`;
}
