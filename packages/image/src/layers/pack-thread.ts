/** The thread that packs one large layer, so that reading and hashing don't hold up the process it is made for. */
import { parentPort, workerData } from 'node:worker_threads';

import { errorToWire } from '@farled/contract';

import { packLayer, type PackRequest } from './pack.ts';

const abort = new AbortController();
parentPort?.once('message', () => abort.abort());
try {
  parentPort?.postMessage({ packed: await packLayer(workerData as PackRequest, abort.signal) }, []);
} catch (error) {
  parentPort?.postMessage({ failed: errorToWire(error), message: error instanceof Error ? error.message : '' }, []);
} finally {
  parentPort?.close();
}
