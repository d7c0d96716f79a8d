/** Swagger 2.0 of a service. */
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
export function swagger2(service: ServiceInfo, input: unknown, output: unknown): object {
  return {
    swagger: '2.0',
    info: info(service),
    schemes: ['https'],
    consumes: ['application/json'],
    produces: ['application/json'],
    securityDefinitions: { Bearer: BEARER },
    paths: {
      [`${service.prefix}/`]: {
        get: {
          operationId: HEALTH.operationId,
          description: HEALTH.description,
          responses: responses(HEALTH.success, { type: 'string' }, { examples: { 'application/json': 'Healthy' } }),
        },
      },
      [`${service.prefix}/score`]: {
        post: {
          operationId: SCORE.operationId,
          description: SCORE.description,
          security: SECURITY,
          parameters: [
            {
              name: 'serviceInputPayload',
              in: 'body',
              description: PAYLOAD,
              schema: { $ref: '#/definitions/ServiceInput' },
            },
          ],
          responses: responses(SCORE.success, { $ref: '#/definitions/ServiceOutput' }),
        },
      },
      [`${service.prefix}/swagger.json`]: {
        get: {
          operationId: SPECIFICATION.operationId,
          description: SPECIFICATION.description,
          parameters: [{ name: 'version', in: 'query', required: false, ...VERSIONS }],
          responses: responses(SPECIFICATION.success, { type: 'string' }),
        },
      },
    },
    definitions: { ServiceInput: input, ServiceOutput: output, ErrorResponse: ERROR_RESPONSE },
  };
}

function responses(description: string, schema: object, more: object = {}): object {
  return {
    200: { description, schema, ...more },
    default: { description: FAILURE, schema: { $ref: '#/definitions/ErrorResponse' } },
  };
}
