/**
 * The process behind `npm start`: from nothing to a scored request, with the documentation's own sample, printing
 * each step. Every step takes what is there already, so that a second run only shows it.
 */
import { isFarledError } from '@farled/contract';
import { connect } from '@farled/sdk';

import { standaloneConfig } from './config.ts';
import { deploySample } from './quickstart/deploy.ts';
import { prepareSample } from './quickstart/sample.ts';
import { show, showFailure, showStep } from './quickstart/show.ts';
import { runningServer } from './server-info.ts';
import { startStandalone } from './standalone.ts';

const GRACE_MS = 10_000;

async function quickstart(options: { readonly once: boolean }): Promise<void> {
  const config = standaloneConfig(process.env);
  const running = await runningServer(config.home);
  showStep(running === undefined ? 'Starting Farled' : `Farled runs already, as process ${running.pid}`);
  const standalone = running === undefined ? await startStandalone(config) : undefined;
  const server = standalone ?? running;
  show(`API      ${server?.url}`);
  show(`Scoring  ${server?.scoringUrl}`);
  show(`Home     ${config.home}`);
  if (standalone?.tokenIsNew === true) {
    show(`Token    ${standalone.ownerToken}`);
    show(`         (shown once; kept in ${config.home}/owner-token, which only you can read)`);
  }
  const stop = async (): Promise<void> => {
    await standalone?.stop(GRACE_MS);
  };
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => resolve());
    }
  });
  try {
    const sample = await prepareSample(config);
    const answered = deploySample(connect({ url: server?.url ?? '' }), sample);
    await Promise.race([answered, interrupted]);
    if (!options.once && standalone !== undefined) {
      showStep('Farled stays up; Ctrl-C ends it. In another terminal: npx farled service list');
      await interrupted;
    }
  } finally {
    await stop();
  }
}

try {
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--once');
  if (unknown.length > 0) {
    process.stderr.write(`npm start takes only --once, not ${unknown.join(' ')}.\n`);
    process.exit(2);
  }
  await quickstart({ once: process.argv.includes('--once') });
  process.exit(0);
} catch (error) {
  showFailure(error);
  process.exit(isFarledError(error) ? 2 : 1);
}
