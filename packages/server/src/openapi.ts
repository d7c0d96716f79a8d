/** The contract as an OpenAPI 3.1 document. */
import { BYTES, ErrorBody, PREFIX, type Route } from '@farled/contract';
import { z } from 'zod';

type Json = Record<string, unknown>;

export function openApiDocument(all: readonly Route[], version: string): Json {
  const components: Json = {};
  const schema = (of: z.ZodType, io: 'input' | 'output'): Json => hoist(of, io, components);
  const paths: Record<string, Json> = {};
  for (const one of all) {
    const path = `${PREFIX}${one.path.replaceAll(/:([A-Za-z0-9]+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: operation(one, schema) };
  }
  components['ErrorBody'] = schema(ErrorBody, 'output');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Farled',
      version,
      description: 'Registers models and deploys them as web services.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: { schemas: components, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

function operation(one: Route, schema: (of: z.ZodType, io: 'input' | 'output') => Json): Json {
  const content = (of: z.ZodType | typeof BYTES, io: 'input' | 'output'): Json =>
    of === BYTES ? { 'application/octet-stream': {} } : { 'application/json': { schema: schema(of, io) } };
  const parameters = [...parametersOf(one.params, 'path', schema), ...parametersOf(one.query, 'query', schema)];
  const answers = Object.entries(one.responses).map(([status, body]) => [
    status,
    { description: one.summary, ...(body === null ? {} : { content: content(body, 'output') }) },
  ]);
  const failure = {
    description: 'What happened, which value, what to do.',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorBody' } } },
  };
  return {
    operationId: one.operationId,
    summary: one.summary,
    tags: [one.tag],
    ...(one.open === true ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(one.body === undefined ? {} : { requestBody: { required: true, content: content(one.body, 'input') } }),
    responses: { ...Object.fromEntries(answers), default: failure },
  };
}

function parametersOf(
  fields: z.ZodObject | undefined,
  place: 'path' | 'query',
  schema: (of: z.ZodType, io: 'input' | 'output') => Json,
): Json[] {
  return Object.entries(fields?.shape ?? {}).map(([name, of]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: schema(of as z.ZodType, 'input'),
  }));
}

/** JSON Schema with its named parts moved to the document's components, where references find them. */
function hoist(of: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const suffix = io === 'input' ? 'Input' : '';
  const { $schema: _, $defs, ...rest } = z.toJSONSchema(of, { io, unrepresentable: 'any' }) as Json;
  const renamed = (value: Json): Json =>
    JSON.parse(JSON.stringify(value).replaceAll(/"#\/\$defs\/([^"]+)"/g, `"#/components/schemas/$1${suffix}"`)) as Json;
  for (const [name, part] of Object.entries(($defs ?? {}) as Json)) {
    components[`${name}${suffix}`] = renamed(part as Json);
  }
  return renamed(rest);
}
