/** Where a cluster's API server is and who we are to it. */
import { z } from 'zod';

/** Holds credentials: it is kept encrypted, and never logged. */
export const Connection = z.object({
  /** https://host:port, perhaps with a path. */
  server: z.url(),
  /** Certificate authorities in PEM; null trusts those of the system. */
  certificateAuthority: z.string().nullable(),
  /** For clusters whose certificate can't be checked. */
  skipTlsVerify: z.boolean(),
  /** Name to ask for and to check in the server's certificate when it is not the server's host. */
  tlsServerName: z.string().nullable(),
  credential: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('token'), token: z.string() }),
    z.object({ kind: z.literal('certificate'), certificate: z.string(), key: z.string() }),
    z.object({ kind: z.literal('basic'), username: z.string(), password: z.string() }),
    /** A file that is read again whenever it may have changed: the token of a pod's service account. */
    z.object({ kind: z.literal('tokenFile'), path: z.string() }),
    z.object({ kind: z.literal('none') }),
  ]),
});
export type Connection = z.infer<typeof Connection>;
