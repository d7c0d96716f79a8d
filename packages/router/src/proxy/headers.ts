/** Which headers go on to a replica. */
import { FIELD_ID, passedFields, type RequestHead, withheldWith } from '@farled/http';

/** The key is the router's business, Expect was answered by it, and Farled's own headers are not a client's to set. */
const HIDDEN = withheldWith([FIELD_ID.host, FIELD_ID.authorization, FIELD_ID.expect, FIELD_ID.requestId]);

/** Lines for the replica; the length, the host and what the router adds are stated anew. */
export function toReplica(head: RequestHead): string {
  return passedFields(head, HIDDEN);
}
