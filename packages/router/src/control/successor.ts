/** The same program once more, as it is on disk now, on the same listening socket: nothing that comes in between is lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { FarledError } from '@farled/contract';

/** Resolves when it was started, not when it listens. @throws FarledError Unavailable. */
export async function startSuccessor(descriptor: number | undefined, control: string): Promise<void> {
  const [, program] = process.argv;
  if (descriptor === undefined || program === undefined) {
    throw new FarledError('Unavailable', 'This router has no listening socket that it could pass on.');
  }
  const child = spawn(process.execPath, [...process.execArgv, program], {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', descriptor],
    env: { ...process.env, FARLED_ROUTER_CONTROL: control, FARLED_ROUTER_PORT_USE: 'inherited' },
  });
  child.unref();
  await once(child, 'spawn');
}
