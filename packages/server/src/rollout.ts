/** Starts and ends rollouts; the controller carries them on. */
import { changeTraffic, FarledError, requireVersion, type Rollout } from '@farled/contract';
import type { EndpointRecord } from '@farled/state';

import type { HandlersOf } from './handler.ts';
import { operate, type Target, toOperation } from './operate.ts';
import type { AppParts } from './parts.ts';

type RolloutHandlers = Pick<HandlersOf<'endpoints'>, 'rollOutEndpointVersion' | 'abortEndpointRollout'>;

interface RolloutTarget extends Target {
  readonly endpoint: EndpointRecord;
}

export function rolloutHandlers({ state }: Pick<AppParts, 'state'>): RolloutHandlers {
  return {
    rollOutEndpointVersion: async ({ params, body: { operationId, ...body } }) => {
      const workspace = await state.workspaces.get(params);
      const operation = await operate<RolloutTarget>(
        state,
        workspace,
        { operationId, request: { kind: 'RollOutVersion', params, body } },
        async (stores) => {
          const endpoint = await stores.endpoints.get(workspace.key, params.endpoint);
          const versions = await stores.services.ofEndpoint(endpoint.id);
          const service = versions.find(({ version }) => version?.name === body.version);
          refuseRollout(endpoint, body.version, body.steps);
          if ((service?.lastGood ?? null) === null) {
            throw new FarledError('BadArgument', `Version "${body.version}" was never healthy: it can't be tried.`, {
              suggestion: 'Wait until it is, or see in its logs why it is not.',
            });
          }
          return { kind: 'RollOutVersion', type: 'endpoint', id: endpoint.id, name: endpoint.name, endpoint };
        },
        async (stores, { id, endpoint }, operationOfIt) => {
          const { sharing } = endpoint;
          const [first = 0] = body.steps;
          const before = sharing.traffic.versions.find(({ name }) => name === body.version)?.trafficPercentile ?? 0;
          const rollout: Rollout = {
            ...body,
            operationId: operationOfIt,
            step: 0,
            state: 'Running',
            before,
            because: 'It begins.',
          };
          await stores.endpoints.change(id, {
            sharing: {
              ...sharing,
              traffic: changeTraffic(sharing.traffic, { percentiles: { [body.version]: first } }),
            },
            rollout: { ...rollout, observation: null },
            operationId: operationOfIt,
          });
        },
      );
      return [202, operation];
    },
    abortEndpointRollout: async ({ params }) => {
      const { key } = await state.workspaces.get(params);
      const { name, rollout } = await state.endpoints.get(key, params.endpoint);
      if (rollout?.state !== 'Running') {
        throw new FarledError('NoRollout', `No version of endpoint "${name}" is being rolled out.`, {
          suggestion: '`farled endpoint realtime show` tells how the latest rollout ended.',
        });
      }
      await state.operations.requestCancel(rollout.operationId);
      return [202, toOperation(await state.operations.get(key, rollout.operationId))];
    },
  };
}

/** @throws FarledError VersionNotFound, BadArgument */
function refuseRollout(
  { name, deleting, sharing: { traffic } }: EndpointRecord,
  version: string,
  steps: readonly number[],
): void {
  requireVersion(traffic, version);
  if (deleting) {
    throw new FarledError('OperationInProgress', `Endpoint "${name}" is being deleted.`);
  }
  if (version === traffic.controlVersion || version === traffic.defaultVersion) {
    const what = version === traffic.controlVersion ? 'the control' : 'the default version';
    throw new FarledError('BadArgument', `Version "${version}" is ${what}: it has nothing to be compared with.`, {
      suggestion: 'Roll out a treatment that is not the default version.',
    });
  }
  // What does not fit at the end is told at the beginning.
  changeTraffic(traffic, { percentiles: { [version]: Math.max(...steps) } });
}
