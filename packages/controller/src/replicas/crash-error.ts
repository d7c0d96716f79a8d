/** What is wrong with replicas that end by themselves, in the words of the last one's report. */
import type { ErrorBody } from '@farled/contract';

import { errorBody } from '../service/status.ts';
import type { CrashHistory } from './crash-history.ts';

export function crashError(crashes: CrashHistory): ErrorBody {
  const { last } = crashes;
  const count =
    crashes.inARow === 1
      ? 'A replica ended by itself'
      : `Replicas ended by themselves ${crashes.inARow} times in a row`;
  if (last?.failure) {
    const { code, message, traceback } = last.failure;
    return errorBody(code, `${count}: ${message}${traceback === '' ? '' : `\n${traceback}`}`);
  }
  const how = last?.signal ? `signal ${last.signal}` : `exit code ${last?.code ?? 'unknown'}`;
  return errorBody(
    'DeploymentCrashLoopBackOff',
    `${count}, the last with ${how}. The service's logs say what it printed.`,
  );
}
