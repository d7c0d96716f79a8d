/** What the way through the router adds to an answer's time, at a fixed rate. */
import { loadPaced, type PacedResult } from '../harness/paced.ts';

export interface AddedOptions {
  readonly direct: number;
  readonly proxied: number;
  /** Bytes of a request. */
  readonly request: Buffer;
  readonly perSecond: number;
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
}

/** Of the best round of each: whatever else the machine does only ever adds. */
export async function measureAdded(options: AddedOptions): Promise<PacedResult> {
  const { direct, proxied, rounds, ...load } = options;
  const [without, through]: [PacedResult[], PacedResult[]] = [[], []];
  // One more, which warms.
  for (let round = 0; round <= rounds; round += 1) {
    without.push(await loadPaced({ ...load, port: direct }));
    through.push(await loadPaced({ ...load, port: proxied }));
  }
  const added = (read: (result: PacedResult) => number): number =>
    Math.min(...through.map(read)) - Math.min(...without.map(read));
  return { meanMs: added(({ meanMs }) => meanMs), p99Ms: added(({ p99Ms }) => p99Ms) };
}
