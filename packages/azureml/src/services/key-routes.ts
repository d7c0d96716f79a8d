import { FarledError, parseOrThrow, routes } from '@farled/contract';
import { z } from 'zod';

import { json } from '../answer.ts';
import { endpointLogs } from '../endpoints/endpoint-logs.ts';
import { modelManagementPath } from '../operations/address.ts';
import { keyRegenerationId } from '../operations/key-regeneration.ts';
import { operationLines } from '../operations/operation-lines.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, MODEL_MANAGEMENT, SUPPORTED } from '../route.ts';
import { contextOf } from './asked.ts';

const SERVICE = `${MODEL_MANAGEMENT}/services/:service`;
const MOST_LINES = 50_000;
const DEFAULT_LINES = 5000;

/** The specification has numbers for the kinds of keys, the client has words. */
const KEY_TYPES: Readonly<Record<string, 'Primary' | 'Secondary'>> = {
  primary: 'Primary',
  secondary: 'Secondary',
  '0': 'Primary',
  '1': 'Secondary',
};
const Regenerate = z.object({
  keyType: z.union([z.string(), z.number()]).transform(String),
  keyValue: z.string().nullish(),
});

/** What is read of a service beside itself: its logs, its keys, its tokens. */
export function keyRoutes({ api, state, url, clock }: CompatibleParts): readonly CompatibleRoute[] {
  const at = ({ workspace, params }: CompatibleRequest) => ({
    params: { ...workspace, service: params['service'] ?? '' },
    query: undefined,
    body: undefined,
  });
  const endpointAt = async (request: CompatibleRequest) => {
    const { workspace, params } = request;
    const { key } = await state.workspaces.get(workspace);
    const name = params['service'] ?? '';
    const isEndpoint = (await state.endpoints.find(key, name)) !== undefined;
    return isEndpoint
      ? ({ params: { ...workspace, endpoint: name }, query: undefined, body: undefined } as const)
      : null;
  };
  const logs = async (request: CompatibleRequest) => {
    const { query } = request;
    const endpoint = await endpointAt(request);
    if (endpoint !== null) {
      return json({ content: await endpointLogs(api, endpoint, lineCount(query['tail']), contextOf(request)) });
    }
    const lines = lineCount(query['tail']);
    if (query['init']?.toLowerCase() === 'true') {
      // No container prepares replicas here: what does writes the log of the operation.
      const { operationId } = await api.call(routes.services.get, at(request), contextOf(request));
      const written = await operationLines(state, operationId);
      return json({ content: joined(written.map(({ text }) => text).slice(-lines)) });
    }
    const input = { ...at(request), query: { lines } };
    const read = await api.call(routes.services.logs, input, contextOf(request));
    return json({ content: joined(read.lines) });
  };
  const regenerate = async (request: CompatibleRequest) => {
    const { body, workspace, params } = request;
    const { keyType, keyValue } = parseOrThrow(Regenerate, body, 'The request');
    // Another word than those two the domain refuses.
    const asked = KEY_TYPES[keyType.toLowerCase()] ?? (keyType as 'Primary');
    const change = { keyType: asked, ...(keyValue ? { keyValue } : {}) };
    const endpoint = await endpointAt(request);
    const keys =
      endpoint === null
        ? await api.call(routes.services.regenerateKey, { ...at(request), body: change }, contextOf(request))
        : await api.call(routes.endpoints.regenerateKey, { ...endpoint, body: change }, contextOf(request));
    const id = keyRegenerationId(params['service'] ?? '', clock);
    return json(keys, 200, { 'operation-location': `${url()}${modelManagementPath(workspace)}/operations/${id}` });
  };
  const common = { support: SUPPORTED, dialect: 'modelManagement' } as const;
  return [
    {
      ...common,
      row: 'F9',
      method: 'GET',
      path: `${SERVICE}/logs`,
      client: 'service.get_logs',
      support: {
        kind: 'differs',
        why: 'With init=True it answers how the environment and the image were prepared: no init container does that.',
      },
      need: 'read',
      answer: logs,
    },
    {
      ...common,
      row: 'F10',
      method: 'POST',
      path: `${SERVICE}/listkeys`,
      client: 'service.get_keys, run',
      need: 'score',
      answer: async (request) => {
        const endpoint = await endpointAt(request);
        const context = contextOf(request);
        return json(
          endpoint === null
            ? await api.call(routes.services.listKeys, at(request), context)
            : await api.call(routes.endpoints.listKeys, endpoint, context),
        );
      },
    },
    {
      ...common,
      row: 'F11',
      method: 'POST',
      path: `${SERVICE}/regenerateKeys`,
      client: 'service.regen_key',
      need: 'write',
      answer: regenerate,
    },
    {
      ...common,
      row: 'F12',
      method: 'POST',
      path: `${SERVICE}/token`,
      client: 'service.get_token, get_access_token, run',
      need: 'score',
      answer: async (request) => {
        const endpoint = await endpointAt(request);
        const context = contextOf(request);
        return json(
          endpoint === null
            ? await api.call(routes.services.getToken, at(request), context)
            : await api.call(routes.endpoints.getToken, endpoint, context),
        );
      },
    },
  ];
}

/** @throws FarledError BadArgument. */
function lineCount(tail: string | undefined): number {
  if (tail === undefined || tail === '') {
    return DEFAULT_LINES;
  }
  if (!/^\d{1,9}$/.test(tail) || Number(tail) === 0) {
    throw new FarledError('BadArgument', `tail "${tail}" is not a number of lines, like 100.`);
  }
  return Math.min(Number(tail), MOST_LINES);
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
