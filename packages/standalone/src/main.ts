/** The process `farled-server`: standalone Farled in the foreground, until it is told to stop. */
import { errorToWire, isFarledError } from '@farled/contract';

import { standaloneConfig } from './config.ts';
import { startStandalone } from './standalone.ts';

/** How long requests that were accepted may still take when the server is told to stop. */
const GRACE_MS = 10_000;

try {
  const config = standaloneConfig(process.env);
  const standalone = await startStandalone(config);
  process.stdout.write(
    `Farled is ready.\n  API      ${standalone.url}\n  Scoring  ${standalone.scoringUrl}\n  azureml  ${standalone.azuremlUrl}\n  Home     ${config.home}\n`,
  );
  if (standalone.tokenIsNew) {
    process.stdout.write(`  Token    ${standalone.ownerToken}  (shown once; kept in ${config.home}/owner-token)\n`);
  }
  const stop = (): void => {
    process.once('SIGINT', () => process.exit(1));
    standalone.stop(GRACE_MS).then(
      () => process.exit(0),
      (error: unknown) => {
        report(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
} catch (error) {
  report(error);
  process.exit(isFarledError(error) ? 2 : 1);
}

function report(error: unknown): void {
  const { message, suggestion } = isFarledError(error)
    ? errorToWire(error)
    : { message: String(error), suggestion: undefined };
  process.stderr.write(`farled-server: ${message}${suggestion === undefined ? '' : ` ${suggestion}`}\n`);
}
