/** HTTP/1.1 and HTTP/2 over sockets, for those who answer requests and for those who pass them on. */
export type { Fault } from './http1/faults.ts';
export { FIELD_ID, fieldName } from './http1/field-ids.ts';
export { FRAMING } from './http1/framing.ts';
export { hasNoBody } from './server/answers.ts';
export { MessageReader } from './http1/message-reader.ts';
export type { Head, MessageSink } from './http1/message-reader.ts';
export { passedFields, withheldWith } from './http1/passed-fields.ts';
export { RequestHead } from './http1/request-head.ts';
export { ResponseHead } from './http1/response-head.ts';
export type { AnswerSink } from './server/answer-sink.ts';
export type { Client } from './server/client.ts';
export { ClientConnections } from './server/client-connections.ts';
export type { Exchange, Handler } from './server/exchange.ts';
export { CLIENT_LIMITS } from './server/limits.ts';
export type { ClientLimits } from './server/limits.ts';
