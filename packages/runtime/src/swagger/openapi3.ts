/** OpenAPI 3.0 and 3.1 of a service. */
import {
  BEARER,
  ERROR_RESPONSE,
  FAILURE,
  HEALTH,
  info,
  PAYLOAD,
  SCORE,
  SECURITY,
  type ServiceInfo,
  SPECIFICATION,
  VERSIONS,
} from './parts.ts';

/** With the schemas of input and output as they are given: placeholders, in practice. */
export function openapi3(version: '3.0.3' | '3.1.0', service: ServiceInfo, input: unknown, output: unknown): object {
  return {
    openapi: version,
    info: info(service),
    security: SECURITY,
    paths: {
      [`${service.prefix}/`]: {
        get: {
          operationId: HEALTH.operationId,
          description: HEALTH.description,
          responses: responses(HEALTH.success, text({ type: 'string', example: 'Healthy' })),
        },
      },
      [`${service.prefix}/score`]: {
        post: {
          operationId: SCORE.operationId,
          description: SCORE.description,
          security: SECURITY,
          requestBody: { description: PAYLOAD, content: json('ServiceInput') },
          responses: responses(SCORE.success, json('ServiceOutput')),
        },
      },
      [`${service.prefix}/swagger.json`]: {
        get: {
          operationId: SPECIFICATION.operationId,
          description: SPECIFICATION.description,
          parameters: [{ name: 'version', in: 'query', required: false, schema: VERSIONS }],
          responses: responses(SPECIFICATION.success, text({ type: 'string' })),
        },
      },
    },
    components: {
      schemas: { ServiceInput: input, ServiceOutput: output, ErrorResponse: ERROR_RESPONSE },
      securitySchemes: { Bearer: BEARER },
    },
  };
}

function responses(description: string, content: object): object {
  return { 200: { description, content }, default: { description: FAILURE, content: json('ErrorResponse') } };
}

function json(schema: string): object {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } };
}

function text(schema: object): object {
  return { 'text/plain': { schema } };
}
