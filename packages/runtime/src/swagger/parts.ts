/** The parts that Swagger 2 and OpenAPI 3 share here; the texts are those of azureml-inference-server-http. */

export interface ServiceInfo {
  readonly name: string;
  readonly version: string;
  /** Before every path; empty, or with a slash in front and none behind. */
  readonly prefix: string;
}

export const BEARER = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  description: 'For example: Bearer abc123',
} as const;
export const SECURITY = [{ Bearer: [] }] as const;
export const ERROR_RESPONSE = { type: 'object', properties: { message: { type: 'string' } } } as const;
export const VERSIONS = { type: 'integer', enum: [2, 3] } as const;
export const FAILURE = 'The service failed to execute due to an error.';
export const PAYLOAD = 'The input payload for executing the real-time machine learning service.';

export const HEALTH = {
  operationId: 'ServiceHealthCheck',
  description: 'Simple health check endpoint to ensure the service is up at any given point.',
  success: "If service is up and running, this response will be returned with the content 'Healthy'",
} as const;
export const SCORE = {
  operationId: 'RunMLService',
  description: "Run web service's model and get the prediction output",
  success: 'The service processed the input correctly and provided a result prediction, if applicable.',
} as const;
export const SPECIFICATION = {
  operationId: 'GetSwaggerSpec',
  description: 'Get the Swagger specification.',
  success: 'The Swagger specification.',
} as const;

export function info({ name, version }: ServiceInfo): object {
  return { title: name, description: `API specification for the Azure Machine Learning service ${name}`, version };
}
