/** How long a client may take, in milliseconds. */
export interface ClientLimits {
  /** Over TLS, from the connection to the end of its handshake. */
  readonly handshakeMs: number;
  /** From the first byte of a head to its last. */
  readonly headMs: number;
  /** For a body that is held: it takes nobody's slot, but memory. */
  readonly heldBodyMs: number;
  /** Without a byte of the answer taken, or given by the replica, once it has begun. */
  readonly stalledMs: number;
  /** Between requests; told to clients in every answer: an idle connection is not closed earlier. */
  readonly keepAliveMs: number;
  /** From the last answer on a connection to its end. */
  readonly lingerMs: number;
  /** How often all of that is looked at. */
  readonly sweepMs: number;
}

export const CLIENT_LIMITS: ClientLimits = {
  handshakeMs: 10_000,
  headMs: 30_000,
  heldBodyMs: 60_000,
  stalledMs: 120_000,
  keepAliveMs: 75_000,
  lingerMs: 5000,
  sweepMs: 1000,
};
