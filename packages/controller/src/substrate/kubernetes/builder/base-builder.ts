/** Base images from the Dockerfiles of environments: built by a Job in the cluster, once for each text and architecture. */
import { createHash } from 'node:crypto';

import { FarledError } from '@farled/contract';
import { formatReference, joinPlatforms, parseReference, type Platform, type Reference } from '@farled/image';
import { isKubernetesError, type Job, KINDS, type KubernetesClient } from '@farled/kubernetes';
import type { Clock } from '@farled/service';

import type { BaseRequest } from '../../../serving-image/base-of.ts';
import { SharedWork } from '../../../shared-work.ts';
import { loginSecret, type RegistryLogin } from '../login-secret.ts';
import { buildJob, BUILDS_NAMESPACE, buildsNamespace } from './build-objects.ts';
import { type BuilderImageParts, makeBuilderImage } from './builder-image.ts';
import { followBuild } from './follow-build.ts';

export interface BaseBuilderParts extends BuilderImageParts {
  readonly client: KubernetesClient;
  readonly installation: string;
  /** Null when the registry asks nobody who they are. */
  readonly registryLogin: RegistryLogin | null;
  readonly clock: Clock;
}

type Tell = (line: string) => void;

const LAST_LINES = 20;
const REMOVE_MS = 15_000;

export class BaseBuilder {
  readonly #parts: BaseBuilderParts;
  readonly #builds = new SharedWork<Reference>();

  constructor(parts: BaseBuilderParts) {
    this.#parts = parts;
  }

  /** The image by its digest; an index when there are several platforms. @throws FarledError ImageBuildFailed. */
  async build({ platforms, log, signal, ...what }: BaseRequest): Promise<Reference> {
    const built: { readonly platform: Platform; readonly reference: Reference }[] = [];
    for (const platform of platforms) {
      const name = buildName(what.dockerfile, platform);
      const reference = await this.#builds.do(name, { tell: log, signal }, (tell, stop) =>
        this.#buildOne(name, what, platform, tell, stop),
      );
      built.push({ platform, reference });
    }
    return joinPlatforms(this.#parts.registry, built, signal);
  }

  async #buildOne(
    name: string,
    { dockerfile, user }: Pick<BaseRequest, 'dockerfile' | 'user'>,
    platform: Platform,
    tell: Tell,
    signal: AbortSignal,
  ): Promise<Reference> {
    const { registry, repository, registryLogin, installation, builder } = this.#parts;
    const target = { ...parseReference(repository), tag: name };
    const known = await registry.headManifest(target, signal);
    if (known !== null) {
      tell(`The base image of the Dockerfile is in the registry: ${formatReference(target)}`);
      return { ...target, tag: null, digest: known };
    }
    tell(`Building the Dockerfile in the cluster, as Job ${BUILDS_NAMESPACE}/${name}`);
    const builderImage = await makeBuilderImage(this.#parts, dockerfile, platform, tell, signal);
    const forPods = { ...target, host: builder.registryForPods ?? target.host };
    const logins = [
      ...(registryLogin === null ? [] : [registryLogin, { ...registryLogin, host: forPods.host }]),
      ...(user === null ? [] : [user]),
    ];
    const wanted = buildJob({
      name,
      installation,
      builderImage,
      architecture: platform.architecture,
      destination: formatReference(forPods),
      hasLogins: logins.length > 0,
    });
    await this.#run(wanted, logins, tell, signal);
    const digest = await registry.headManifest(target, signal);
    if (digest === null) {
      throw new FarledError(
        'ImageBuildFailed',
        `The build ended, and the registry has no ${formatReference(target)}.`,
        {
          suggestion: 'Builders push to the registry by the name that they know it by: FARLED_REGISTRY_FOR_PODS.',
        },
      );
    }
    return { ...target, tag: null, digest };
  }

  /** Whether it ends well or not, is given up or can't be followed any more: its Job goes. */
  async #run(wanted: Job, logins: readonly RegistryLogin[], tell: Tell, signal: AbortSignal): Promise<void> {
    const { client, clock, installation } = this.#parts;
    const last: string[] = [];
    const tellAndKeep: Tell = (line) => {
      last.push(line);
      last.splice(0, last.length - LAST_LINES);
      tell(line);
    };
    await makeNamespace(client, installation, signal);
    const job = await startOrFind(client, wanted, signal);
    try {
      if (logins.length > 0) {
        // Pods wait for it, and it goes with its owner.
        await client.apply(KINDS.secret, loginSecret({ ...wanted.metadata, owner: job }, logins), signal);
      }
      const state = await followBuild({ client, clock, tell: tellAndKeep }, job, signal);
      if (state.phase === 'failed') {
        const lines = last.map((line) => `\n${line}`).join('');
        throw new FarledError('ImageBuildFailed', `The Dockerfile could not be built: ${state.why}.${lines}`, {
          suggestion:
            'Its steps run in the cluster, as root, with the network that pods have; files to COPY there are none.',
        });
      }
    } finally {
      const { name, namespace } = wanted.metadata;
      // A Job that stays is ended by its own deadlines.
      await client.delete(KINDS.job, { name, namespace }, AbortSignal.timeout(REMOVE_MS)).catch(() => {});
    }
  }
}

/** The same for the same text, whoever asks. */
function buildName(dockerfile: string, { architecture }: Platform): string {
  const digest = createHash('sha256').update(dockerfile).digest('hex').slice(0, 32);
  return `base-${digest}-${architecture}`;
}

/** Where the credential may not make namespaces, an administrator may have made it. */
async function makeNamespace(client: KubernetesClient, installation: string, signal: AbortSignal): Promise<void> {
  try {
    await client.apply(KINDS.namespace, buildsNamespace(installation), signal);
  } catch (error) {
    if (!isKubernetesError(error, 'Forbidden')) {
      throw error;
    }
  }
}

/** One that is there was started before this program was: it is the same build. */
async function startOrFind(client: KubernetesClient, wanted: Job, signal: AbortSignal): Promise<Job> {
  try {
    return await client.create(KINDS.job, wanted, signal);
  } catch (error) {
    const { name, namespace } = wanted.metadata;
    if (isKubernetesError(error, 'NotFound', 'Forbidden')) {
      throw new FarledError('ImageBuildFailed', `The Job that builds the Dockerfile can't be made: ${error.message}`, {
        suggestion:
          'Let the credential make the namespace farled-builds and its Jobs, or have an administrator make it; docs/kubernetes.md says how.',
        cause: error,
      });
    }
    const found = isKubernetesError(error, 'AlreadyExists')
      ? await client.get(KINDS.job, { name, namespace }, signal)
      : undefined;
    if (found === undefined) {
      throw error;
    }
    return found;
  }
}
