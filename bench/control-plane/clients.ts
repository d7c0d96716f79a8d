/** Many clients that read at once, each on a connection of its own, with a moment of thought between its requests. */
import { request, Agent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ReadersOptions {
  /** Addresses on this machine that each client asks in turn; the system need not know the name in them. */
  readonly urls: readonly string[];
  readonly token: string;
  /** Certificate of the authority to trust, PEM. */
  readonly ca: string;
  readonly clients: number;
  readonly seconds: number;
  /** Between the answer to a request and the next one; 0 for as many as the server can answer. */
  readonly thinkMs: number;
}

export interface Readings {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
}

export async function readers(options: ReadersOptions): Promise<Readings> {
  const { urls, clients, seconds, thinkMs } = options;
  const took: number[] = [];
  let errors = 0;
  const until = performance.now() + seconds * 1000;
  const client = async (number: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: options.ca });
    // They do not all begin at the same moment.
    await sleep((thinkMs * number) / clients);
    // Opens the connection, which clients do once.
    await get(urls[0] ?? '', options.token, agent);
    for (let turn = number; performance.now() < until; turn += 1) {
      const began = performance.now();
      const status = await get(urls[turn % urls.length] ?? '', options.token, agent);
      took.push(performance.now() - began);
      errors += status === 200 ? 0 : 1;
      await sleep(thinkMs);
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  took.sort((one, other) => one - other);
  const at = (share: number): number => took[Math.floor(took.length * share)] ?? Number.NaN;
  return { requestsPerSecond: took.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), errors };
}

function get(url: string, token: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port, pathname, search } = new URL(url);
    const where = { host: '127.0.0.1', port, servername: hostname, path: `${pathname}${search}` };
    const sent = request({ ...where, agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', reject).end();
  });
}
